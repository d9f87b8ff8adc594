"""A form drawn up anew: sent back by the bureau, or brought up to the goal's newest version."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.schemas.events import SelfEvaluationReturned
from services.evaluation.schemas.self_evaluations import ReturnIn
from services.evaluation.tables import (
    ApprovedGoal,
    SelfEvaluation,
    SelfEvaluationReturn,
    SelfEvaluationRow,
)
from services.evaluation.usecases.self_evaluation_batches import prefill
from services.evaluation.usecases.self_evaluation_money import thaw_money
from services.evaluation.usecases.self_evaluations import lock_form, rows_of, touch
from shared.auth import Caller
from shared.etags import Expected
from shared.feed import publish

_TYPED = ("actual_value", "band", "self_score", "reason", "improvement")


async def return_form(
    session: AsyncSession,
    self_evaluation_id: UUID,
    order: ReturnIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """退回: the form is open again, what it said stays on record, whoever was told is told."""
    form = await lock_form(
        session, self_evaluation_id, action="self_evaluation.return", expected=expected, by=by
    )
    rows = await rows_of(session, form)
    session.add(await _record(session, form, rows, order, by=by, at=at))
    for row in rows:
        row.rule_score = row.score = row.receipt = None
    form.exec_weight = form.exec_score = form.exec_receipt = None
    form.total = form.total_arithmetic = form.grade = form.grade_receipt = None
    form.submitted_by = form.submitted_at = None
    form.status = "open"
    await thaw_money(session, form)
    touch(form, at)
    fact = SelfEvaluationReturned(
        self_evaluation_id=form.id,
        version=form.row_version,
        project_code=form.project_code,
        unit_code=form.unit_code,
        fiscal_year=form.fiscal_year,
    )
    await publish(session, form.region_code, fact, at=at)


async def refresh_form(
    session: AsyncSession, self_evaluation_id: UUID, *, expected: Expected, by: Caller, at: datetime
) -> None:
    """The goal's newest rows; what was typed for an indicator that is still there stays."""
    form = await lock_form(
        session, self_evaluation_id, action="self_evaluation.refresh", expected=expected, by=by
    )
    old = await rows_of(session, form)
    typed = {_same(row): [getattr(row, cell) for cell in _TYPED] for row in old}
    for row in old:
        await session.delete(row)
    goal = await session.get_one(ApprovedGoal, (by.region_code, form.goal_id))
    form.goal_version, form.annual_goal = goal.version, goal.annual_goal
    form.project_name, form.unit_name = goal.project_name, goal.unit_name
    form.filled_by = by.subject
    touch(form, at)
    await session.flush()
    await prefill(session, form.region_code, [form.id])
    for row in await rows_of(session, form):
        for cell, value in zip(_TYPED, typed.get(_same(row), ()), strict=False):
            setattr(row, cell, value)


def _same(row: SelfEvaluationRow) -> tuple[str, str, str, bool]:
    """What makes an indicator the same one: its place and name, and how it is measured."""
    return row.level1, row.level2, row.name, row.operator == "qualitative"


async def _record(
    session: AsyncSession,
    form: SelfEvaluation,
    rows: Any,
    order: ReturnIn,
    *,
    by: Caller,
    at: datetime,
) -> SelfEvaluationReturn:
    own = {"region_code": form.region_code, "self_evaluation_id": form.id}
    before = await session.scalar(
        select(func.count()).select_from(SelfEvaluationReturn).filter_by(**own)
    )
    return SelfEvaluationReturn(
        **own,
        position=(before or 0) + 1,
        reason=order.reason,
        total=form.total,
        grade=form.grade,
        scores=[
            {"name": row.name, "score": str(row.score), "receipt": row.receipt} for row in rows
        ],
        submitted_by=form.submitted_by,
        submitted_at=form.submitted_at,
        returned_by=by.subject,
        returned_at=at,
    )
