"""Submitting a self-evaluation (自评报送): money is frozen, scores and grade are set by rule."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.grading import grade
from services.evaluation.domain.indicators import IndicatorRow
from services.evaluation.domain.numbers import trimmed
from services.evaluation.domain.previews import Funds
from services.evaluation.domain.profiles import Operator, ScoringProfile
from services.evaluation.domain.rules import Rules
from services.evaluation.domain.self_evaluation import execution_line, indicator_lines
from services.evaluation.domain.self_evaluation_forms import FilledForm, FundKind, examine
from services.evaluation.domain.sheets import Sheet
from services.evaluation.domain.year_rules import profile_of, scale_of
from services.evaluation.errors import FourEyes, SelfEvaluationNotSubmittable
from services.evaluation.schemas.events import SelfEvaluatedRow, SelfEvaluationSubmitted
from services.evaluation.tables import ApprovedGoal, SelfEvaluation, SelfEvaluationRow
from services.evaluation.usecases.findings import blocking_errors, cited
from services.evaluation.usecases.self_evaluation_money import freeze_money
from services.evaluation.usecases.self_evaluations import lock_form, rows_of, touch
from shared.auth import Caller
from shared.etags import Expected
from shared.feed import publish


async def submit(
    session: AsyncSession,
    self_evaluation_id: UUID,
    *,
    expected: Expected,
    rules: Rules,
    by: Caller,
    at: datetime,
) -> None:
    """The unit's approver sends the form in. Raises FourEyes, SelfEvaluationNotSubmittable."""
    form = await lock_form(
        session, self_evaluation_id, action="self_evaluation.submit", expected=expected, by=by
    )
    if form.filled_by == by.subject:
        raise FourEyes("填报人不能自己审核报送")
    rows = await rows_of(session, form)
    kinds = await freeze_money(session, form)
    newest = await _newest_goal_version(session, form)
    profile = profile_of(rules, form.region_code, form.fiscal_year)
    sheet = _scored(_filled(form, rows, kinds, newest), profile)
    _keep_scores(form, rows, sheet, profile)
    if sheet.gradable:
        graded = grade(sheet.total, scale_of(rules, profile, form.fiscal_year))
        form.grade, form.grade_receipt = graded.code, graded.receipt.as_dict()
    form.status = "submitted"
    form.submitted_by, form.submitted_at = by.subject, at
    touch(form, at)
    await publish(session, form.region_code, _submitted(form, rows, sheet), at=at)


async def _newest_goal_version(session: AsyncSession, form: SelfEvaluation) -> int | None:
    return await session.scalar(
        select(ApprovedGoal.version).where(
            ApprovedGoal.region_code == form.region_code, ApprovedGoal.goal_id == form.goal_id
        )
    )


def _filled(
    form: SelfEvaluation,
    rows: Sequence[SelfEvaluationRow],
    kinds: Sequence[FundKind],
    newest_goal_version: int | None,
) -> FilledForm:
    return FilledForm(
        rows=[_indicator(row) for row in rows],
        funds=Funds(form.budget_initial, form.budget_full_year, form.executed),
        kinds=kinds,
        goal_version=form.goal_version,
        newest_goal_version=newest_goal_version,
        goal_actual=form.goal_actual,
        exec_reason=form.exec_reason,
        weights_reason=form.weights_reason,
    )


def _scored(form: FilledForm, profile: ScoringProfile) -> Sheet:
    sheet = examine(form, profile)
    errors = blocking_errors(sheet.findings)
    if errors:
        raise SelfEvaluationNotSubmittable(
            f"有 {len(errors)} 处须先修改", errors=errors[:50], rule=cited(profile.citation)
        )
    return sheet


def _keep_scores(
    form: SelfEvaluation, rows: Sequence[SelfEvaluationRow], sheet: Sheet, profile: ScoringProfile
) -> None:
    execution = execution_line(sheet, profile)
    if execution is not None:
        form.exec_weight, form.exec_score = execution.weight, execution.score
        form.exec_receipt = execution.receipt.as_dict()
    form.total, form.total_arithmetic = sheet.total, sheet.arithmetic
    for row, line in zip(rows, indicator_lines(sheet, profile), strict=True):
        row.rule_score, row.score = line.rule_score, line.score
        row.receipt = line.receipt.as_dict()


def _submitted(
    form: SelfEvaluation, rows: Sequence[SelfEvaluationRow], sheet: Sheet
) -> SelfEvaluationSubmitted:
    return SelfEvaluationSubmitted(
        self_evaluation_id=form.id,
        version=form.row_version,
        project_code=form.project_code,
        unit_code=form.unit_code,
        fiscal_year=form.fiscal_year,
        total=sheet.total,
        grade=form.grade,
        rows=[_achieved(row) for row in rows],
    )


def _achieved(row: SelfEvaluationRow) -> SelfEvaluatedRow:
    return SelfEvaluatedRow(
        name=row.name,
        level1=row.level1,
        level2=row.level2,
        operator=row.operator,
        target_value=trimmed(row.target_value),
        actual_value=trimmed(row.actual_value),
        unit_of_measure=row.unit_of_measure,
    )


def _indicator(row: SelfEvaluationRow) -> IndicatorRow:
    return IndicatorRow(
        level1=row.level1,
        name=row.name,
        operator=Operator(row.operator),
        weight=row.weight,
        target_value=row.target_value,
        target_text=row.target_text,
        actual_value=row.actual_value,
        band=row.band,
        self_score=row.self_score,
        reason=row.reason,
    )
