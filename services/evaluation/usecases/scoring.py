"""评分: an agency scores a group of its evaluation; the rule does the arithmetic."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.grading import grade
from services.evaluation.domain.profiles import Operator
from services.evaluation.domain.rules import Rules
from services.evaluation.domain.scoring_sheets import Method, ScoringRow, score_sheet
from services.evaluation.domain.sheets import Sheet
from services.evaluation.domain.year_rules import framework_of, grades_of
from services.evaluation.errors import GroupScored, SheetNotAcceptable
from services.evaluation.schemas.evaluations import ScoringSheetIn, SheetRowIn
from services.evaluation.tables import Evaluation, EvaluationGroup, SheetRow
from services.evaluation.usecases.evaluations import lock_evaluation
from services.evaluation.usecases.findings import blocking_errors, cited
from shared.auth import Caller
from shared.etags import Expected
from shared.problems import FieldError, InvalidPayload


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
    """Score one group; the evaluation is scored when its last group is."""
    evaluation = await lock_evaluation(
        session, evaluation_id, action="evaluation.score", expected=expected, by=by
    )
    group = await _unscored_group(session, evaluation, sent.group_no)
    scored = _scored(evaluation, sent, rules)
    graded = grade(scored.total, grades_of(rules, evaluation.fiscal_year))
    group.score, group.score_arithmetic = graded.score, scored.arithmetic
    group.grade, group.grade_receipt = graded.code, graded.receipt.as_dict()
    group.weight_reason = sent.weight_reason
    group.scored_by, group.scored_at = by.subject, at
    key = {"region_code": group.region_code, "evaluation_id": group.evaluation_id}
    session.add_all(_rows({**key, "group_no": group.group_no}, sent.rows, scored))
    await session.flush()
    if not await _unscored_count(session, evaluation):
        evaluation.status = "scored"
    evaluation.row_version += 1
    evaluation.updated_at = at


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


def _scored(evaluation: Evaluation, sent: ScoringSheetIn, rules: Rules) -> Sheet:
    framework = framework_of(rules, evaluation.kind, evaluation.fiscal_year)
    rows = [_row(row) for row in sent.rows]
    scored = score_sheet(rows, framework, weight_reason=sent.weight_reason)
    errors = blocking_errors(scored.findings)
    if errors:
        raise SheetNotAcceptable(
            f"有 {len(errors)} 处须先修改", errors=errors[:50], rule=cited(framework.citation)
        )
    return scored


def _row(row: SheetRowIn) -> ScoringRow:
    return ScoringRow(
        level1=row.level1,
        name=row.name,
        weight=row.weight,
        method=Method(row.method),
        basis=row.basis,
        operator=None if row.operator is None else Operator(row.operator),
        target_value=row.target_value,
        actual_value=row.actual_value,
        points_met=row.points_met,
        points_total=row.points_total,
    )


def _rows(key: Mapping[str, Any], sent: Sequence[SheetRowIn], scored: Sheet) -> list[SheetRow]:
    return [
        SheetRow(
            **key,
            position=position,
            **row.model_dump(),
            score=line.score,
            receipt=line.receipt.as_dict(),
        )
        for position, (row, line) in enumerate(zip(sent, scored.lines, strict=True), start=1)
    ]


async def _unscored_count(session: AsyncSession, evaluation: Evaluation) -> int:
    return (
        await session.scalar(
            select(func.count())
            .select_from(EvaluationGroup)
            .where(
                EvaluationGroup.region_code == evaluation.region_code,
                EvaluationGroup.evaluation_id == evaluation.id,
                EvaluationGroup.score.is_(None),
            )
        )
        or 0
    )
