"""评分: a group of an evaluation is scored against its framework; the rule does the arithmetic."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.grading import grade
from services.evaluation.domain.ratios import Ratio
from services.evaluation.domain.rules import Rules
from services.evaluation.domain.sheets import Sheet
from services.evaluation.domain.year_rules import grades_of
from services.evaluation.errors import GroupScored
from services.evaluation.schemas.evaluations import ScoringSheetIn
from services.evaluation.tables import Evaluation, EvaluationGroup, FrameworkRow, SheetRow
from services.evaluation.usecases.base_data import ratios_of_group
from services.evaluation.usecases.blind_scoring import acting_evaluator, keep_blind
from services.evaluation.usecases.frameworks import judged
from services.evaluation.usecases.steps import lock_evaluation, record
from shared.auth import Caller
from shared.etags import Expected
from shared.problems import FieldError, InvalidPayload

_OF_ROW = (
    "level1", "level2", "name", "weight", "method", "operator", "target_value", "points_total",
    "ratio_code",
)  # fmt: skip


async def score_group(
    session: AsyncSession,
    evaluation_id: UUID,
    sent: ScoringSheetIn,
    *,
    expected: Expected,
    rules: Rules,
    by: Caller,
    at: datetime,
) -> None:
    """Score one group; where evaluators are named, what one of them sends stays hidden."""
    action = "evaluation.score"
    evaluation = await lock_evaluation(
        session, evaluation_id, action=action, expected=expected, by=by
    )
    evaluator = await acting_evaluator(session, evaluation, by)
    group = await _unscored_group(session, evaluation, sent.group_no)
    framework = await framework_rows(session, group)
    ratios: Mapping[str, Ratio] = {}
    if any(row.ratio_code for row in framework.values()):
        ratios = await ratios_of_group(session, evaluation, group.group_no, rules)
    sent, sheet = judged(evaluation, group, framework, sent, rules, ratios=ratios)
    if evaluator is not None:
        await keep_blind(session, evaluation, evaluator, sent, sheet, at=at)
        return
    adopt(group, sheet.total, sheet.arithmetic, rules, evaluation, by=by, at=at)
    session.add_all(_rows(framework, sent, sheet))
    details = {"group_no": group.group_no, "score": str(group.score)}
    record(session, evaluation, action, by=by, at=at, details=details)


def adopt(
    group: EvaluationGroup,
    total: Decimal,
    arithmetic: str,
    rules: Rules,
    evaluation: Evaluation,
    *,
    by: Caller,
    at: datetime,
) -> None:
    """Give the group its score and its grade."""
    graded = grade(total, grades_of(rules, evaluation.fiscal_year))
    group.score, group.score_arithmetic = graded.score, arithmetic
    group.grade, group.grade_receipt = graded.code, graded.receipt.as_dict()
    group.scored_by, group.scored_at = by.subject, at


async def framework_rows(session: AsyncSession, group: EvaluationGroup) -> dict[int, FrameworkRow]:
    """The rows a group is scored by, by position."""
    rows = await session.scalars(
        select(FrameworkRow)
        .filter_by(
            region_code=group.region_code,
            evaluation_id=group.evaluation_id,
            group_no=group.group_no,
        )
        .order_by(FrameworkRow.position)
    )
    return {row.position: row for row in rows}


def sheet_row(row: FrameworkRow, **found: Any) -> SheetRow:
    """A row of the adopted sheet: what the framework asks, and what was found."""
    return SheetRow(
        region_code=row.region_code,
        evaluation_id=row.evaluation_id,
        group_no=row.group_no,
        position=row.position,
        **{name: getattr(row, name) for name in _OF_ROW},
        **found,
    )


async def _unscored_group(
    session: AsyncSession, evaluation: Evaluation, group_no: int
) -> EvaluationGroup:
    key = (evaluation.region_code, evaluation.id, group_no)
    group = await session.get(EvaluationGroup, key)
    if group is None:
        raise InvalidPayload(errors=[_GROUP_UNKNOWN])
    if group.score is not None:
        raise GroupScored(f"第 {group_no} 组已有得分 {group.score}")
    return group


_GROUP_UNKNOWN = FieldError(
    pointer="/group_no",
    code="group_unknown",
    detail="评价没有这个组号",
    mend="请使用评价中列出的 group_no",
)


def _rows(
    framework: Mapping[int, FrameworkRow], sent: ScoringSheetIn, sheet: Sheet
) -> list[SheetRow]:
    return [
        sheet_row(
            framework[row.position],
            actual_value=row.actual_value,
            points_met=row.points_met,
            band=row.band,
            basis=row.basis,
            score=line.score,
            receipt=line.receipt.as_dict(),
        )
        for row, line in zip(sent.rows, sheet.lines, strict=True)
    ]
