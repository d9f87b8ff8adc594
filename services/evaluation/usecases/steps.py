"""What every step of an evaluation shares: find it locked, write down what was done, move on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.states import EVALUATION, ActionRefused
from services.evaluation.errors import EvaluationStateForbids
from services.evaluation.tables import (
    Engagement,
    Evaluation,
    EvaluationEvent,
    EvaluationStep,
    Evaluator,
)
from services.evaluation.usecases.engagements import runs_today
from shared.auth import Caller
from shared.db import lock_one
from shared.etags import Expected
from shared.ids import new_id


async def lock_evaluation(
    session: AsyncSession, evaluation_id: UUID, *, action: str, expected: Expected, by: Caller
) -> Evaluation:
    """The evaluation, locked; NotFound (also for another agency's), 412 or 409."""
    evaluation = await lock_reached(session, evaluation_id, by)
    expected.check(evaluation.row_version)
    require_open(evaluation, action)
    return evaluation


async def lock_reached(session: AsyncSession, evaluation_id: UUID, by: Caller) -> Evaluation:
    """The evaluation, locked, whatever its version and state. Raises NotFound."""
    statement = select(Evaluation).where(
        Evaluation.region_code == by.region_code, Evaluation.id == evaluation_id
    )
    if by.agency is not None:
        statement = statement.where(_is_own(by.agency, by))
    return await lock_one(session, statement)


def require_open(evaluation: Evaluation, action: str) -> None:
    """Raise EvaluationStateForbids unless the evaluation's state allows the action."""
    try:
        EVALUATION.require(evaluation.status, action)
    except ActionRefused as error:
        raise EvaluationStateForbids(str(error)) from error


async def take_step(
    session: AsyncSession,
    evaluation: Evaluation,
    action: str,
    to: str,
    *,
    by: Caller,
    at: datetime,
    details: Mapping[str, Any],
) -> None:
    """Move on to a step and write down what it came with."""
    step = await session.get(EvaluationStep, (evaluation.region_code, evaluation.id, to))
    if step is not None:
        step.done_at, step.done_by, step.details = at, by.subject, dict(details)
    record(session, evaluation, action, by=by, at=at, to=to, details=details)
    evaluation.status = to


async def take_back(session: AsyncSession, evaluation: Evaluation, *steps: str) -> None:
    """The steps wait again; what they came with stays in the history."""
    await session.execute(
        update(EvaluationStep)
        .where(
            EvaluationStep.region_code == evaluation.region_code,
            EvaluationStep.evaluation_id == evaluation.id,
            EvaluationStep.step.in_(steps),
        )
        .values(done_at=None, done_by=None, details={})
    )


def record(
    session: AsyncSession,
    evaluation: Evaluation,
    action: str,
    *,
    by: Caller,
    at: datetime,
    to: str | None = None,
    reason: str | None = None,
    details: Mapping[str, Any],
) -> None:
    """Add to the history; the evaluation is a new version of itself."""
    session.add(
        EvaluationEvent(
            region_code=evaluation.region_code,
            id=new_id(),
            evaluation_id=evaluation.id,
            action=action,
            from_status=evaluation.status,
            to_status=to or evaluation.status,
            reason=reason,
            details=dict(details),
            done_by=by.subject,
            done_at=at,
        )
    )
    evaluation.row_version += 1
    evaluation.updated_at = at


def _is_own(agency: str, by: Caller) -> ColumnElement[bool]:
    """Under a contract of the agency that runs today, or named on it as an expert."""
    engaged = select(Engagement.id).where(
        Engagement.region_code == by.region_code, runs_today(agency)
    )
    named = select(Evaluator.evaluation_id).where(
        Evaluator.region_code == by.region_code,
        Evaluator.subject == by.subject,
        Evaluator.kind == "expert",
    )
    return Evaluation.engagement_id.in_(engaged) | Evaluation.id.in_(named)
