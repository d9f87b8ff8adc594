"""独立评分: evaluators declare their interests and send in sheets nobody else sees until closing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.procedure import procedure
from services.evaluation.domain.sheets import Sheet
from services.evaluation.errors import (
    EvaluatorDeclared,
    EvaluatorRecused,
    GroupScored,
    RecusalNotDeclared,
    ScoringOpen,
)
from services.evaluation.schemas.evaluations import EvaluationIn, ScoringSheetIn
from services.evaluation.schemas.evaluators import DeclarationIn, DissentIn
from services.evaluation.tables import (
    Dissent,
    Evaluation,
    EvaluationGroup,
    Evaluator,
    EvaluatorSheet,
)
from services.evaluation.usecases.steps import lock_evaluation, record
from shared.auth import Caller
from shared.clock import business_day
from shared.etags import Expected
from shared.ids import new_id
from shared.problems import InvalidPayload, NotFound


def require_mergeable(order: EvaluationIn, at: datetime) -> None:
    """Raise InvalidPayload unless the evaluators planned are enough for the way of merging."""
    names = [each.subject for each in order.evaluators]
    leads = sum(each.is_lead for each in order.evaluators)
    if len(set(names)) != len(names) or leads > 1:
        raise InvalidPayload("评价人员（subject）不得重复，主评人至多一名")
    if (order.merge is None) != (not names):
        raise InvalidPayload("指定评价人员时须说明合并办法（merge），不指定时不填")
    if order.merge is None:
        return
    rule = procedure().merge_rule(order.merge, business_day(at))
    if len(names) < rule.at_least or (order.merge == "lead" and not leads):
        raise InvalidPayload(f"“{rule.label}”至少需要 {rule.at_least} 名评价人员（或一名主评人）")


async def declare(
    session: AsyncSession,
    evaluation_id: UUID,
    said: DeclarationIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Keep what the evaluator declared; it is said once."""
    action = "evaluation.declare"
    evaluation = await lock_evaluation(
        session, evaluation_id, action=action, expected=expected, by=by
    )
    evaluator = await _named(session, evaluation, by)
    if evaluator is None:
        raise NotFound("您不在这项评价的评价人员之列")
    if evaluator.has_interest is not None:
        raise EvaluatorDeclared("回避声明只作一次；情况有变请告知财政业务室")
    evaluator.has_interest, evaluator.interest = said.has_interest, said.interest
    evaluator.declared_at = at
    told = {"has_interest": said.has_interest}
    record(session, evaluation, action, by=by, at=at, details=told)


async def acting_evaluator(
    session: AsyncSession, evaluation: Evaluation, by: Caller
) -> Evaluator | None:
    """The caller as evaluator; None where none are named and the agency scores as one.

    Raises NotFound for anybody not named, RecusalNotDeclared, EvaluatorRecused.
    """
    if evaluation.merge is None:
        return None
    evaluator = await impartial_evaluator(session, evaluation, by)
    if evaluator is None:
        raise NotFound("您不在这项评价的评价人员之列")
    return evaluator


async def impartial_evaluator(
    session: AsyncSession, evaluation: Evaluation, by: Caller
) -> Evaluator | None:
    """The caller as evaluator, None for anybody not named.

    Raises RecusalNotDeclared, EvaluatorRecused.
    """
    evaluator = await _named(session, evaluation, by)
    if evaluator is None:
        return None
    if evaluator.has_interest is None:
        raise RecusalNotDeclared("请先提交回避声明（declarations），说明与评价对象有无利害关系")
    if evaluator.has_interest:
        raise EvaluatorRecused("您已声明有利害关系，不参加评分，也不查阅材料")
    return evaluator


async def keep_blind(
    session: AsyncSession,
    evaluation: Evaluation,
    evaluator: Evaluator,
    sent: ScoringSheetIn,
    sheet: Sheet,
    *,
    at: datetime,
) -> None:
    """Keep the sheet where only its author finds it: the evaluation stays the version it was."""
    own = {
        "region_code": evaluation.region_code,
        "evaluation_id": evaluation.id,
        "scoring_round": evaluation.scoring_round,
        "group_no": sent.group_no,
        "subject": evaluator.subject,
    }
    if await session.get(EvaluatorSheet, tuple(own.values())) is not None:
        raise GroupScored(f"您已报送第 {sent.group_no} 组的评分表")
    rows = [
        {
            **row.model_dump(mode="json"),
            "score": str(line.score),
            "receipt": line.receipt.as_dict(),
        }
        for row, line in zip(sent.rows, sheet.lines, strict=True)
    ]
    session.add(EvaluatorSheet(**own, rows=rows, total=sheet.total, submitted_at=at))


async def dissent(
    session: AsyncSession,
    evaluation_id: UUID,
    said: DissentIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Keep an evaluator's own view beside the merged score."""
    action = "evaluation.dissent"
    evaluation = await lock_evaluation(
        session, evaluation_id, action=action, expected=expected, by=by
    )
    evaluator = await acting_evaluator(session, evaluation, by)
    key = (evaluation.region_code, evaluation.id, said.group_no)
    group = await session.get(EvaluationGroup, key)
    if evaluator is None or group is None:
        raise NotFound("保留意见由参加独立评分的人员就所评的组提出")
    if group.score is None:
        raise ScoringOpen("结束独立评分后才能提出保留意见")
    session.add(
        Dissent(
            region_code=evaluation.region_code,
            id=new_id(),
            evaluation_id=evaluation.id,
            scoring_round=evaluation.scoring_round,
            subject=evaluator.subject,
            said_at=at,
            **said.model_dump(),
        )
    )
    record(session, evaluation, action, by=by, at=at, details={"group_no": said.group_no})


async def sheets_of_round(
    session: AsyncSession, evaluation: Evaluation
) -> Mapping[int, Sequence[EvaluatorSheet]]:
    """What has been sent in in the present round, by group."""
    rows = await session.scalars(
        select(EvaluatorSheet)
        .filter_by(
            region_code=evaluation.region_code,
            evaluation_id=evaluation.id,
            scoring_round=evaluation.scoring_round,
        )
        .order_by(EvaluatorSheet.group_no, EvaluatorSheet.subject)
    )
    sheets: dict[int, list[EvaluatorSheet]] = {}
    for row in rows:
        sheets.setdefault(row.group_no, []).append(row)
    return sheets


async def evaluators_of(session: AsyncSession, evaluation: Evaluation) -> Sequence[Evaluator]:
    """Who is named on the evaluation."""
    own: dict[str, Any] = {"region_code": evaluation.region_code, "evaluation_id": evaluation.id}
    found = await session.scalars(select(Evaluator).filter_by(**own).order_by(Evaluator.subject))
    return found.all()


async def _named(session: AsyncSession, evaluation: Evaluation, by: Caller) -> Evaluator | None:
    return await session.get(Evaluator, (evaluation.region_code, evaluation.id, by.subject))
