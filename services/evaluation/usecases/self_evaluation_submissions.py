"""Submitting self-evaluations (自评报送): money is frozen, scores and grade are set by rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.grading import grade
from services.evaluation.domain.indicators import IndicatorRow
from services.evaluation.domain.lines import Line
from services.evaluation.domain.numbers import trimmed
from services.evaluation.domain.previews import Funds
from services.evaluation.domain.profiles import Operator, ScoringProfile
from services.evaluation.domain.rules import Rules
from services.evaluation.domain.self_evaluation import execution_line, indicator_lines
from services.evaluation.domain.self_evaluation_forms import FilledForm, examine
from services.evaluation.domain.sheets import Sheet
from services.evaluation.domain.states import SELF_EVALUATION, ActionRefused
from services.evaluation.domain.year_rules import profile_of, scale_of
from services.evaluation.errors import (
    FourEyes,
    SelfEvaluationNotSubmittable,
    SelfEvaluationStateForbids,
)
from services.evaluation.schemas.events import SelfEvaluatedRow, SelfEvaluationSubmitted
from services.evaluation.schemas.self_evaluations import FormAsRead
from services.evaluation.tables import ApprovedGoal, SelfEvaluation, SelfEvaluationRow
from services.evaluation.usecases.findings import blocking_errors, cited
from services.evaluation.usecases.self_evaluation_money import Money, freeze_money, live_money
from services.evaluation.usecases.self_evaluations import lock_form, touch
from shared.auth import Caller
from shared.db import within
from shared.etags import Expected
from shared.feed import publish
from shared.problems import NotFound, PreconditionFailed, Problem

_ACTION = "self_evaluation.submit"
_STORE = text("""
    update self_evaluation_row r
    set rule_score = n.rule_score, score = n.score, receipt = cast(n.receipt as jsonb)
    from unnest(cast(:forms as uuid[]), cast(:positions as int[]), cast(:rule_scores as numeric[]),
                cast(:scores as numeric[]), cast(:receipts as text[]))
        as n(form_id, position, rule_score, score, receipt)
    where r.region_code = :region_code and r.self_evaluation_id = n.form_id
      and r.position = n.position
""")


@dataclass(frozen=True)
class Outcome:
    """What became of one form of several: submitted, or the problem that kept it back."""

    form_id: UUID
    form: SelfEvaluation | None
    refused: Problem | None


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
    form = await lock_form(session, self_evaluation_id, action=_ACTION, expected=expected, by=by)
    _require_other_filler(form, by)
    refused = await _send_in(session, [form], rules=rules, by=by, at=at)
    if refused:
        raise refused[form.id]


async def submit_several(
    session: AsyncSession, asked: Sequence[FormAsRead], *, rules: Rules, by: Caller, at: datetime
) -> list[Outcome]:
    """Each form by itself, in the order asked: what is fit goes out, the others say why not."""
    ids = [each.id for each in asked]
    statement = within(select(SelfEvaluation), SelfEvaluation, by)
    rows = await session.scalars(
        statement.where(SelfEvaluation.id.in_(ids)).order_by(SelfEvaluation.id).with_for_update()
    )
    found = {form.id: form for form in rows}
    refused: dict[UUID, Problem] = {}
    for each in asked:
        try:
            _require_ready(found.get(each.id), each, by)
        except Problem as problem:
            refused[each.id] = problem
    ready = [form for form in found.values() if form.id not in refused]
    refused |= await _send_in(session, ready, rules=rules, by=by, at=at)
    return [Outcome(each, found.get(each), refused.get(each)) for each in ids]


def _require_ready(form: SelfEvaluation | None, read: FormAsRead, by: Caller) -> None:
    if form is None:
        raise NotFound
    if form.row_version != read.version:
        raise PreconditionFailed
    try:
        SELF_EVALUATION.require(form.status, _ACTION)
    except ActionRefused as error:
        raise SelfEvaluationStateForbids(str(error)) from error
    _require_other_filler(form, by)


def _require_other_filler(form: SelfEvaluation, by: Caller) -> None:
    if form.filled_by == by.subject:
        raise FourEyes("填报人不能自己审核报送")


async def _send_in(
    session: AsyncSession,
    forms: Sequence[SelfEvaluation],
    *,
    rules: Rules,
    by: Caller,
    at: datetime,
) -> dict[UUID, Problem]:
    """Score the forms and send in those without a blocking finding; the problems of the others."""
    ids = [form.id for form in forms]
    rows = await _rows_of(session, by.region_code, ids)
    money = await live_money(session, by.region_code, ids)
    newest = await _newest_goal_versions(session, by.region_code, forms)
    years = {form.fiscal_year for form in forms}
    profiles = {year: profile_of(rules, by.region_code, year) for year in years}
    sheets: dict[UUID, Sheet] = {}
    refused: dict[UUID, Problem] = {}
    for form in forms:
        profile = profiles[form.fiscal_year]
        sheet = examine(_filled(form, rows[form.id], money[form.id], newest), profile)
        errors = blocking_errors(sheet.findings)
        if errors:
            refused[form.id] = SelfEvaluationNotSubmittable(
                f"有 {len(errors)} 处须先修改", errors=errors[:50], rule=cited(profile.citation)
            )
            continue
        sheets[form.id] = sheet
        _keep(form, sheet, profile, rules)
        form.status, form.submitted_by, form.submitted_at = "submitted", by.subject, at
        touch(form, at)
    sent = [form for form in forms if form.id in sheets]
    await freeze_money(session, sent, money)
    lines = {f.id: indicator_lines(sheets[f.id], profiles[f.fiscal_year]) for f in sent}
    await _store_lines(session, by.region_code, rows, lines)
    facts = [_submitted(form, rows[form.id], sheets[form.id]) for form in sent]
    await publish(session, by.region_code, *facts, at=at)
    return refused


async def _rows_of(
    session: AsyncSession, region_code: str, form_ids: Sequence[UUID]
) -> Mapping[UUID, list[Any]]:
    table = SelfEvaluationRow
    found = await session.execute(
        select(
            table.self_evaluation_id, table.position, table.level1, table.level2, table.name,
            table.operator, table.weight, table.target_value, table.target_text,
            table.unit_of_measure, table.actual_value, table.band, table.self_score, table.reason,
        )
        .where(table.region_code == region_code, table.self_evaluation_id.in_(form_ids))
        .order_by(table.self_evaluation_id, table.position)
    )  # fmt: skip
    rows: dict[UUID, list[Any]] = {form_id: [] for form_id in form_ids}
    for row in found:
        rows[row.self_evaluation_id].append(row)
    return rows


async def _newest_goal_versions(
    session: AsyncSession, region_code: str, forms: Sequence[SelfEvaluation]
) -> Mapping[UUID, int]:
    found = await session.execute(
        select(ApprovedGoal.goal_id, ApprovedGoal.version).where(
            ApprovedGoal.region_code == region_code,
            ApprovedGoal.goal_id.in_([form.goal_id for form in forms]),
        )
    )
    return dict(found.tuples().all())


def _filled(
    form: SelfEvaluation, rows: Sequence[Any], money: Money, newest: Mapping[UUID, int]
) -> FilledForm:
    return FilledForm(
        rows=[_indicator(row) for row in rows],
        funds=Funds(money.budget_initial, money.budget_full_year, money.executed),
        kinds=money.kinds,
        goal_version=form.goal_version,
        newest_goal_version=newest.get(form.goal_id),
        goal_actual=form.goal_actual,
        exec_reason=form.exec_reason,
        weights_reason=form.weights_reason,
    )


def _keep(form: SelfEvaluation, sheet: Sheet, profile: ScoringProfile, rules: Rules) -> None:
    execution = execution_line(sheet, profile)
    if execution is not None:
        form.exec_weight, form.exec_score = execution.weight, execution.score
        form.exec_receipt = execution.receipt.as_dict()
    form.total, form.total_arithmetic = sheet.total, sheet.arithmetic
    if sheet.gradable:
        graded = grade(sheet.total, scale_of(rules, profile, form.fiscal_year))
        form.grade, form.grade_receipt = graded.code, graded.receipt.as_dict()


async def _store_lines(
    session: AsyncSession,
    region_code: str,
    rows: Mapping[UUID, Sequence[Any]],
    lines: Mapping[UUID, Sequence[Line]],
) -> None:
    kept = [
        (form_id, row.position, line)
        for form_id, own in lines.items()
        for row, line in zip(rows[form_id], own, strict=True)
    ]
    if not kept:
        return
    await session.execute(
        _STORE,
        {
            "region_code": region_code,
            "forms": [form_id for form_id, _, _ in kept],
            "positions": [position for _, position, _ in kept],
            "rule_scores": [line.rule_score for _, _, line in kept],
            "scores": [line.score for _, _, line in kept],
            "receipts": [orjson.dumps(line.receipt.as_dict()).decode() for _, _, line in kept],
        },
    )


def _submitted(form: SelfEvaluation, rows: Sequence[Any], sheet: Sheet) -> SelfEvaluationSubmitted:
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


def _achieved(row: Any) -> SelfEvaluatedRow:
    return SelfEvaluatedRow(
        name=row.name,
        level1=row.level1,
        level2=row.level2,
        operator=row.operator,
        target_value=trimmed(row.target_value),
        actual_value=trimmed(row.actual_value),
        unit_of_measure=row.unit_of_measure,
    )


def _indicator(row: Any) -> IndicatorRow:
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
