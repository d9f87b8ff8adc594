"""结束独立评分: the bureau closes scoring, and the sheets of each group become one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.merging import MergedRow, MergeImpossible, MergeRule, merge_row
from services.evaluation.domain.procedure import procedure
from services.evaluation.domain.rules import Rules
from services.evaluation.errors import ScoringNotClosable
from services.evaluation.schemas.evaluators import ClosureIn
from services.evaluation.tables import (
    EvaluationGroup,
    Evaluator,
    EvaluatorSheet,
    FrameworkRow,
)
from services.evaluation.usecases.blind_scoring import evaluators_of, sheets_of_round
from services.evaluation.usecases.evaluation_steps import groups_of
from services.evaluation.usecases.scoring import adopt, framework_rows, sheet_row
from services.evaluation.usecases.steps import lock_evaluation, record
from shared.auth import Caller
from shared.clock import business_day
from shared.etags import Expected


async def close_scoring(
    session: AsyncSession,
    evaluation_id: UUID,
    order: ClosureIn,
    *,
    expected: Expected,
    rules: Rules,
    by: Caller,
    at: datetime,
) -> None:
    """Merge the sheets of every group, all or none. Raises ScoringNotClosable."""
    action = "evaluation.close_scoring"
    evaluation = await lock_evaluation(
        session, evaluation_id, action=action, expected=expected, by=by
    )
    groups = await groups_of(session, evaluation)
    evaluators = await evaluators_of(session, evaluation)
    _require_open(evaluators, groups)
    sheets = await sheets_of_round(session, evaluation)
    counted = _counted(evaluators, order)
    _require_complete(counted, groups, sheets)
    merge = procedure().merge_rule(order.merge or str(evaluation.merge), business_day(at))
    evaluation.merge = merge.code
    for number, group in groups.items():
        own = [sheet for sheet in sheets[number] if sheet.subject in counted]
        merged = await _merge(session, group, own, merge, counted)
        scores = [str(row.score) for row in merged.values()]
        total = sum((row.score for row in merged.values()), Decimal("0.00"))
        arithmetic = f"{' + '.join(scores)} = {total}"
        adopt(group, total, arithmetic, rules, evaluation, by=by, at=at)
    details = {"merge": merge.code, "counted": sorted(counted), "left_out": order.leave_out}
    record(session, evaluation, action, by=by, at=at, reason=order.reason, details=details)


def _require_open(evaluators: Sequence[Evaluator], groups: Mapping[int, EvaluationGroup]) -> None:
    if not evaluators:
        raise ScoringNotClosable("这项评价没有指定评价人员，由机构直接报送评分表")
    if any(group.score is not None for group in groups.values()):
        raise ScoringNotClosable("独立评分已经结束")


def _counted(evaluators: Sequence[Evaluator], order: ClosureIn) -> dict[str, Evaluator]:
    """Whose sheets count: everybody's but those who keep away and those left out."""
    named = {each.subject for each in evaluators}
    unknown = sorted(set(order.leave_out) - named)
    if unknown:
        raise ScoringNotClosable(f"评价人员中没有 {'、'.join(unknown)}")
    return {
        each.subject: each
        for each in evaluators
        if not each.has_interest and each.subject not in order.leave_out
    }


def _require_complete(
    counted: Mapping[str, Evaluator],
    groups: Mapping[int, EvaluationGroup],
    sheets: Mapping[int, Sequence[EvaluatorSheet]],
) -> None:
    missing = [
        f"{each.name}（第 {number} 组）"
        for number in groups
        for subject, each in counted.items()
        if subject not in {sheet.subject for sheet in sheets.get(number, [])}
    ]
    if missing or not counted:
        waiting = "、".join(missing[:20]) or "没有可计入的评分"
        raise ScoringNotClosable(f"尚未报送：{waiting}。可说明理由后不计入其评分（leave_out）")


async def _merge(
    session: AsyncSession,
    group: EvaluationGroup,
    sheets: Sequence[EvaluatorSheet],
    rule: MergeRule,
    counted: Mapping[str, Evaluator],
) -> dict[int, MergedRow]:
    lead = next((each.subject for each in counted.values() if each.is_lead), None)
    merged = {}
    for position, row in (await framework_rows(session, group)).items():
        found = {sheet.subject: _row_at(sheet, position) for sheet in sheets}
        scores = {subject: Decimal(given["score"]) for subject, given in found.items()}
        merged[position] = _merged(row, scores, rule, lead)
        basis = "；".join(f"{counted[who].name}：{given['basis']}" for who, given in found.items())
        session.add(
            sheet_row(
                row,
                actual_value=None,
                points_met=None,
                band=None,
                basis=basis,
                score=merged[position].score,
                receipt=merged[position].receipt.as_dict(),
            )
        )
    return merged


def _merged(
    row: FrameworkRow, scores: Mapping[str, Decimal], rule: MergeRule, lead: str | None
) -> MergedRow:
    try:
        return merge_row(scores, row.weight, rule, lead=lead)
    except MergeImpossible as error:
        raise ScoringNotClosable(f"{error}；可改用其他合并办法并说明理由") from error


def _row_at(sheet: EvaluatorSheet, position: int) -> dict[str, str]:
    return next(row for row in sheet.rows if row["position"] == position)
