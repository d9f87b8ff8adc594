"""One self-evaluation whole: what is filled in, and for an open form what a submission would say."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from services.evaluation.domain.indicators import IndicatorRow
from services.evaluation.domain.previews import Funds
from services.evaluation.domain.profiles import Operator, ScoringProfile
from services.evaluation.domain.rules import Rules
from services.evaluation.domain.self_evaluation import execution_line, indicator_lines
from services.evaluation.domain.self_evaluation_forms import (
    FilledForm,
    FundKind,
    asked,
    examine,
    settled,
)
from services.evaluation.domain.vocabulary import FUND_KINDS, FUND_LEVELS, LEVEL1, LEVEL2
from services.evaluation.domain.year_rules import profile_of
from services.evaluation.queries.labels import labelled
from services.evaluation.queries.reach import reach
from services.evaluation.queries.rechecks import RECHECK_JSON, recheck_of
from services.evaluation.queries.self_evaluation_money import (
    FROZEN_FUNDS,
    FROZEN_KINDS,
    LIVE_FUNDS,
    LIVE_KINDS,
)
from services.evaluation.queries.self_evaluations import FROM, SUMMARY, described
from services.evaluation.schemas.self_evaluations import ReturnsOut, SelfEvaluationOut
from shared.auth import Caller
from shared.db import Reads

_FUNDS = """
    select json_agg(json_build_object('fund_level', fund_level,
               'budget_initial', budget_initial::text,
               'budget_full_year', budget_full_year::text, 'executed', executed::text)
           order by array_position(array['central', 'provincial', 'municipal', 'county'],
                                   fund_level))::text
"""
_KINDS = """
    select json_agg(json_build_object('kind', kind, 'budget_initial', budget_initial::text,
               'budget_full_year', budget_full_year::text, 'executed', executed::text)
           order by array_position(array['current_appropriation', 'carry_over', 'other'],
                                   kind))::text
"""

#: What the project's last monitoring form said of row `r`, while self-evaluation `s` is open.
_LAST_MONITORED = """
    select m.period_to, i.actual_to_date, i.band
    from (select f.period_to, f.rows from monitored_form f
          where f.region_code = s.region_code and f.project_code = s.project_code
            and f.fiscal_year = s.fiscal_year and s.status = 'open'
          order by f.period_to desc, f.form_id desc limit 1) m,
         jsonb_to_recordset(m.rows) as i(name text, level2 text, unit_of_measure text,
                                         actual_to_date numeric, band text)
    where i.name = r.name and i.level2 = r.level2
      and i.unit_of_measure is not distinct from r.unit_of_measure
      and num_nonnulls(i.actual_to_date, i.band) > 0
    limit 1
"""

_FORM = f"""
    select {SUMMARY}, s.goal_id, s.goal_version, s.annual_goal, s.goal_actual, s.exec_reason,
           s.weights_reason, s.conclusion, s.problems, s.measures, s.project_lead, s.finance_lead,
           s.other_notes, s.exec_weight, s.exec_score, s.exec_receipt::text as exec_receipt,
           s.total_arithmetic, s.grade_receipt::text as grade_receipt, s.filled_by,
           s.submitted_by, s.submitted_at,
           (select g.version from approved_goal g
            where g.region_code = s.region_code and g.goal_id = s.goal_id) as newest_goal_version,
           case when s.status = 'open' then ({_FUNDS} from ({LIVE_FUNDS}) live)
                else ({_FUNDS} from ({FROZEN_FUNDS}) frozen) end as funds,
           case when s.status = 'open' then ({_KINDS} from ({LIVE_KINDS}) live)
                else ({_KINDS} from ({FROZEN_KINDS}) frozen) end as fund_kinds,
           (select json_agg(json_build_object(
                'position', r.position, 'level1', r.level1, 'level2', r.level2, 'name', r.name,
                'operator', r.operator, 'target_value', trim_scale(r.target_value)::text,
                'target_text', r.target_text, 'unit_of_measure', r.unit_of_measure,
                'weight', trim_scale(r.weight)::text,
                'actual_value', trim_scale(r.actual_value)::text, 'band', r.band,
                'self_score', r.self_score::text, 'reason', r.reason,
                'improvement', r.improvement,
                'rule_score', r.rule_score::text, 'score', r.score::text, 'receipt', r.receipt,
                'review_score', r.review_score::text, 'review_note', r.review_note,
                'suggested_actual', trim_scale(w.actual_to_date)::text,
                'suggested_band', w.band, 'suggested_as_of', w.period_to
            ) order by r.position)::text
            from self_evaluation_row r left join lateral ({_LAST_MONITORED}) w on true
            where r.region_code = s.region_code and r.self_evaluation_id = s.id) as rows,
           {RECHECK_JSON} as recheck
    {FROM}
"""

_RETURNS = """
    select position, reason, total, grade, submitted_by, submitted_at, returned_by, returned_at
    from self_evaluation_return where region_code = $1 and self_evaluation_id = $2
    order by position
"""

AMOUNT_SCOPE = "本级资金（当年批复预算）"
_NOTHING = Decimal("0.00")


async def self_evaluation(
    reads: Reads, caller: Caller, self_evaluation_id: UUID, rules: Rules
) -> SelfEvaluationOut:
    """One form, whole. Raises NotFound."""
    sql = f"{_FORM} and s.id = $4"
    row = await reads.one(sql, *await reach(reads, caller), self_evaluation_id)
    profile = profile_of(rules, caller.region_code, row["fiscal_year"])
    return _whole(row, caller, profile)


async def self_evaluations_of(
    reads: Reads, caller: Caller, form_ids: Sequence[UUID], rules: Rules
) -> list[SelfEvaluationOut]:
    """These forms whole, those the caller reaches, by unit and project."""
    sql = f"{_FORM} and s.id = any ($4::uuid[]) order by s.unit_code, s.project_code"
    rows = await reads.all(sql, *await reach(reads, caller), list(form_ids))
    years = {row["fiscal_year"] for row in rows}
    profiles = {year: profile_of(rules, caller.region_code, year) for year in years}
    return [_whole(row, caller, profiles[row["fiscal_year"]]) for row in rows]


def _whole(row: Mapping[str, Any], caller: Caller, profile: ScoringProfile) -> SelfEvaluationOut:
    bands = {band.code: band.label for band in profile.bands}
    form = {
        **row,
        **described(row, caller),
        **_money(row["funds"], row["fund_kinds"]),
        "rows": labelled(
            row["rows"], level1=LEVEL1, level2=LEVEL2, band=bands, suggested_band=bands
        ),
        "recheck": recheck_of(row["recheck"]),
        "preview_total": None,
        "asked": [],
        "findings": [],
    }
    if row["status"] == "open":
        form |= _previewed(form, profile)
    return SelfEvaluationOut.model_validate(form)


async def returns(reads: Reads, caller: Caller, self_evaluation_id: UUID) -> ReturnsOut:
    """How often the form was sent back, when and why. Raises NotFound."""
    await reads.one(
        f"select 1 {FROM} and s.id = $4", *await reach(reads, caller), self_evaluation_id
    )
    rows = await reads.all(_RETURNS, caller.region_code, self_evaluation_id)
    return ReturnsOut.model_validate({"items": [dict(row) for row in rows]})


def _money(funds_text: str | None, kinds_text: str | None) -> dict[str, Any]:
    """Funds by level and kind; the county's own share is the amount the form counts for."""
    funds = labelled(funds_text, fund_level=FUND_LEVELS)
    budget, executed = (_sum(funds, "budget_full_year"), _sum(funds, "executed"))
    initial = [fund["budget_initial"] for fund in funds]
    county = [fund["budget_full_year"] for fund in funds if fund["fund_level"] == "county"]
    kinds = labelled(kinds_text, kind=FUND_KINDS)
    if len(kinds) == 1:
        kinds[0]["executed"] = str(executed)
    return {
        "funds": funds,
        "fund_kinds": kinds,
        "budget_initial": None if None in initial else _sum(funds, "budget_initial"),
        "budget_full_year": budget,
        "executed": executed,
        "exec_rate": _per_cent(executed, budget),
        "amount": county[0] if county else "0.00",
        "amount_scope": AMOUNT_SCOPE,
    }


def _previewed(form: Mapping[str, Any], profile: ScoringProfile) -> dict[str, Any]:
    """The rule's scores as they would be today, what is missing and what is wrong."""
    filled = _filled(form)
    sheet = examine(filled, profile)
    execution = execution_line(sheet, profile)
    rows = [
        {**row, "rule_score": line.rule_score, "receipt": line.receipt.as_dict()}
        for row, line in zip(form["rows"], indicator_lines(sheet, profile), strict=True)
    ]
    line = (
        {}
        if execution is None
        else {
            "exec_weight": execution.weight,
            "exec_score": execution.score,
            "exec_receipt": execution.receipt.as_dict(),
        }
    )
    return {
        "rows": rows,
        **line,
        "preview_total": sheet.total,
        "asked": asked(sheet.findings, filled),
        "findings": sheet.findings,
    }


def _filled(form: Mapping[str, Any]) -> FilledForm:
    kinds = [
        FundKind(
            kind["kind"],
            _number(kind["budget_initial"]),
            Decimal(kind["budget_full_year"]),
            _number(kind["executed"]),
        )
        for kind in form["fund_kinds"]
    ]
    return FilledForm(
        rows=[_indicator(row) for row in form["rows"]],
        funds=Funds(form["budget_initial"], form["budget_full_year"], form["executed"]),
        kinds=settled(kinds, form["executed"]),
        goal_version=form["goal_version"],
        newest_goal_version=form["newest_goal_version"],
        goal_actual=form["goal_actual"],
        exec_reason=form["exec_reason"],
        weights_reason=form["weights_reason"],
    )


def _indicator(row: Mapping[str, Any]) -> IndicatorRow:
    return IndicatorRow(
        level1=row["level1"],
        name=row["name"],
        operator=Operator(row["operator"]),
        weight=Decimal(row["weight"]),
        target_value=_number(row["target_value"]),
        target_text=row["target_text"],
        actual_value=_number(row["actual_value"]),
        band=row["band"],
        self_score=_number(row["self_score"]),
        reason=row["reason"],
    )


def _sum(funds: Sequence[Mapping[str, Any]], column: str) -> Decimal:
    return sum((Decimal(fund[column]) for fund in funds), _NOTHING)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _per_cent(part: Decimal, whole: Decimal) -> Decimal | None:
    if whole <= 0:
        return None
    return (100 * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)
