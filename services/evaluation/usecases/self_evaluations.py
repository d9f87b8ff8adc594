"""Opening, filling in and submitting self-evaluations (自评的布置、填报、报送)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.findings import blank, cell_missing
from services.evaluation.domain.grading import grade
from services.evaluation.domain.indicators import IndicatorRow
from services.evaluation.domain.numbers import trimmed
from services.evaluation.domain.profiles import Operator, ScoringProfile
from services.evaluation.domain.rules import Rules
from services.evaluation.domain.self_evaluation import (
    execution_line,
    indicator_lines,
    score_self_evaluation,
)
from services.evaluation.domain.sheets import Sheet
from services.evaluation.domain.states import SELF_EVALUATION, ActionRefused
from services.evaluation.domain.year_rules import profile_of, scale_of
from services.evaluation.errors import (
    FourEyes,
    NothingToSelfEvaluate,
    RuleNotInForce,
    SelfEvaluationNotSubmittable,
    SelfEvaluationStateForbids,
)
from services.evaluation.queries.self_evaluations import LIVE_FUNDS
from services.evaluation.schemas.events import SelfEvaluatedRow, SelfEvaluationSubmitted
from services.evaluation.schemas.self_evaluations import BatchIn, SelfEvaluationPatch
from services.evaluation.tables import SelfEvaluation, SelfEvaluationBatch, SelfEvaluationRow
from services.evaluation.usecases.engagements import engaged_to_recheck
from services.evaluation.usecases.findings import blocking_errors, cited
from shared.auth import Caller
from shared.db import lock_one, within
from shared.etags import Expected
from shared.feed import publish
from shared.ids import new_id
from shared.problems import FieldError, InvalidPayload
from shared.rulebook import NoRuleInForce

_WAITING = text("""
    select goal_id from approved_goal g
    where region_code = :region_code and fiscal_year = :fiscal_year
      and not exists (select from self_evaluation s where s.region_code = g.region_code
                      and s.project_code = g.project_code and s.fiscal_year = g.fiscal_year)
    order by project_code
""")

_OPEN = text("""
    insert into self_evaluation (region_code, id, batch_id, goal_id, goal_version, project_code,
        project_name, unit_code, unit_name, fiscal_year, due_on, status, annual_goal,
        row_version, updated_at)
    select g.region_code, n.id, :batch_id, g.goal_id, g.version, g.project_code, g.project_name,
           g.unit_code, g.unit_name, g.fiscal_year, :due_on, 'open', g.annual_goal, 1, :at
    from unnest(cast(:ids as uuid[]), cast(:goal_ids as uuid[])) as n(id, goal_id)
    join approved_goal g on g.region_code = :region_code and g.goal_id = n.goal_id
    on conflict (region_code, project_code, fiscal_year) do nothing
    returning id
""")

_PREFILL = text("""
    insert into self_evaluation_row (region_code, self_evaluation_id, position, level1, level2,
        name, operator, target_value, target_text, unit_of_measure, weight)
    select s.region_code, s.id, i.position, i.level1, i.level2, i.name, i.operator,
           i.target_value, i.target_text, i.unit_of_measure, i.weight
    from self_evaluation s
    join approved_goal g on g.region_code = s.region_code and g.goal_id = s.goal_id,
         jsonb_to_recordset(g.indicators) as i(position int, level1 text, level2 text, name text,
             operator text, target_value numeric, target_text text, unit_of_measure text,
             weight numeric)
    where s.region_code = :region_code and s.batch_id = :batch_id
""")

_FREEZE = text(f"""
    insert into self_evaluation_fund (region_code, self_evaluation_id, fund_level,
                                      budget_full_year, executed)
    select s.region_code, s.id, live.* from self_evaluation s, lateral ({LIVE_FUNDS}) live
    where s.region_code = :region_code and s.id = :id
    returning fund_level, budget_full_year, executed
""")


async def open_batch(
    session: AsyncSession, order: BatchIn, *, rules: Rules, by: Caller, at: datetime
) -> UUID:
    """Open a form for each approved goal of the year that has none, prefilled from the goal."""
    try:
        profile_of(rules, by.region_code, order.fiscal_year)
    except NoRuleInForce as error:
        raise RuleNotInForce(f"{order.fiscal_year} 年没有适用的自评计分规则") from error
    year = {"region_code": by.region_code, "fiscal_year": order.fiscal_year}
    goal_ids = list(await session.scalars(_WAITING, year))
    batch = SelfEvaluationBatch(
        region_code=by.region_code,
        id=new_id(),
        **order.model_dump(),
        created=0,
        opened_by=by.subject,
        opened_at=at,
    )
    session.add(batch)
    await session.flush()
    values = {"region_code": by.region_code, "batch_id": batch.id}
    ids = [new_id() for _ in goal_ids]
    opened = await session.execute(
        _OPEN, {**values, "due_on": order.due_on, "at": at, "ids": ids, "goal_ids": goal_ids}
    )
    batch.created = len(opened.all())
    if not batch.created:
        raise NothingToSelfEvaluate(f"{order.fiscal_year} 年没有批复的目标，或都已布置")
    await session.execute(_PREFILL, values)
    return batch.id


async def fill(
    session: AsyncSession,
    self_evaluation_id: UUID,
    patch: SelfEvaluationPatch,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Change an open form."""
    form = await lock_form(
        session, self_evaluation_id, action="self_evaluation.fill", expected=expected, by=by
    )
    for field in patch.model_fields_set - {"rows"}:
        setattr(form, field, getattr(patch, field))
    rows = {row.position: row for row in await rows_of(session, form)}
    for index, sent in enumerate(patch.rows):
        if sent.position not in rows:
            raise InvalidPayload(errors=[unknown_row(index, sent.position)])
        for field in sent.model_fields_set - {"position"}:
            setattr(rows[sent.position], field, getattr(sent, field))
    form.filled_by = by.subject
    touch(form, at)


async def submit(
    session: AsyncSession,
    self_evaluation_id: UUID,
    *,
    expected: Expected,
    rules: Rules,
    by: Caller,
    at: datetime,
) -> None:
    """The unit's approver sends the form in: money is frozen, scores and grade are set by rule."""
    form = await lock_form(
        session, self_evaluation_id, action="self_evaluation.submit", expected=expected, by=by
    )
    if form.filled_by == by.subject:
        raise FourEyes("填报人不能自己审核报送")
    rows = await rows_of(session, form)
    await _freeze_money(session, form)
    profile = profile_of(rules, form.region_code, form.fiscal_year)
    sheet = _scored(form, rows, profile)
    _keep_scores(form, rows, sheet, profile)
    if sheet.gradable:
        graded = grade(sheet.total, scale_of(rules, profile, form.fiscal_year))
        form.grade, form.grade_receipt = graded.code, graded.receipt.as_dict()
    form.status = "submitted"
    form.submitted_by, form.submitted_at = by.subject, at
    touch(form, at)
    await publish(session, form.region_code, _submitted(form, rows, sheet), at=at)


async def lock_form(
    session: AsyncSession, self_evaluation_id: UUID, *, action: str, expected: Expected, by: Caller
) -> SelfEvaluation:
    """The form, locked; NotFound, 412 or SelfEvaluationStateForbids."""
    statement = within(select(SelfEvaluation), SelfEvaluation, by)
    if by.agency is not None:
        statement = statement.where(engaged_to_recheck(by.agency))
    form = await lock_one(session, statement.where(SelfEvaluation.id == self_evaluation_id))
    expected.check(form.row_version)
    try:
        SELF_EVALUATION.require(form.status, action)
    except ActionRefused as error:
        raise SelfEvaluationStateForbids(str(error)) from error
    return form


async def rows_of(session: AsyncSession, form: SelfEvaluation) -> Sequence[SelfEvaluationRow]:
    """The form's rows in their order."""
    rows = await session.scalars(
        select(SelfEvaluationRow)
        .where(
            SelfEvaluationRow.region_code == form.region_code,
            SelfEvaluationRow.self_evaluation_id == form.id,
        )
        .order_by(SelfEvaluationRow.position)
    )
    return rows.all()


def touch(form: SelfEvaluation, at: datetime) -> None:
    """Count the form's version up."""
    form.row_version += 1
    form.updated_at = at


def unknown_row(index: int, position: int) -> FieldError:
    """The error for a row sent that the form does not have."""
    return FieldError(
        pointer=f"/rows/{index}/position",
        code="row_unknown",
        detail=f"自评表没有第 {position} 行",
        mend="请使用自评表中的 position",
    )


async def _freeze_money(session: AsyncSession, form: SelfEvaluation) -> None:
    frozen = await session.execute(_FREEZE, {"region_code": form.region_code, "id": form.id})
    funds = frozen.all()
    form.budget_full_year = sum((fund.budget_full_year for fund in funds), Decimal(0))
    form.executed = sum((fund.executed for fund in funds), Decimal(0))
    county = (fund.budget_full_year for fund in funds if fund.fund_level == "county")
    form.amount = next(county, Decimal(0))


def _scored(
    form: SelfEvaluation, rows: Sequence[SelfEvaluationRow], profile: ScoringProfile
) -> Sheet:
    sheet = score_self_evaluation(
        [_indicator(row) for row in rows],
        profile,
        budget_full_year=form.budget_full_year or Decimal(0),
        executed=form.executed or Decimal(0),
        exec_reason=form.exec_reason,
    )
    missing = [cell_missing("goal_actual")] if blank(form.goal_actual) else []
    errors = blocking_errors([*sheet.findings, *missing])
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
