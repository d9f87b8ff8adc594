"""Self-evaluations as forms and in lists."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from services.evaluation.access import allowed
from services.evaluation.domain.rules import Rules
from services.evaluation.domain.states import SELF_EVALUATION
from services.evaluation.domain.vocabulary import FUND_LEVELS, GRADES, LEVEL1, LEVEL2
from services.evaluation.domain.year_rules import profile_of
from services.evaluation.queries.labels import label, labelled
from services.evaluation.queries.reach import TO_RECHECK, reach
from services.evaluation.queries.rechecks import RECHECK_JSON, recheck_of
from services.evaluation.schemas.self_evaluations import (
    BatchOut,
    SelfEvaluationOut,
    SelfEvaluationSummary,
)
from shared.auth import Caller
from shared.db import Reads
from shared.pages import Page, PageRequest

#: Budget and execution of the project of self-evaluation `s` by fund level, as they stand now.
LIVE_FUNDS = """
    select fund_level, sum(budget) as budget_full_year, sum(paid) as executed
    from (select f.fund_level, f.amount as budget, 0.00 as paid from approved_fund f
          where f.region_code = s.region_code and f.goal_id = s.goal_id
          union all
          select p.fund_level, 0.00, p.amount from execution_paid p
          where p.region_code = s.region_code and p.project_code = s.project_code
            and p.fiscal_year = s.fiscal_year) money
    group by fund_level
"""

#: Rows the caller reaches: $1 the region, $2 the units or null, $3 the agency's open
#: contracts or null.
REACHED = f"""
    s.region_code = $1 and ($2::text[] is null or s.unit_code = any ($2))
    and ($3::uuid[] is null or {TO_RECHECK})
"""

_SUMMARY = """
    s.id, s.project_code, s.project_name, s.unit_code, s.unit_name, s.fiscal_year, s.status,
    s.due_on, s.amount, s.total, s.grade, c.review_total, c.rectification_advised,
    s.row_version as version, s.updated_at
"""

_FROM = f"""
    from self_evaluation s
    left join recheck c on c.region_code = s.region_code and c.self_evaluation_id = s.id
    where {REACHED}
"""

#: 复审建议整改, no request sent yet.
_WAITS_FOR_LETTER = """
    (coalesce(c.rectification_advised, false) and not exists (
        select from rectification_source r
        where r.region_code = s.region_code and r.self_evaluation_id = s.id))
"""

_LIST = f"""
    select {_SUMMARY} {_FROM}
      and ($4::int is null or s.fiscal_year = $4)
      and ($5::text is null or s.unit_code = $5)
      and ($6::text[] is null or s.status = any ($6))
      and ($7::text is null or s.grade = $7)
      and ($8::boolean is null or {_WAITS_FOR_LETTER} = $8)
      and ($9::uuid is null or s.id > $9)
    order by s.id limit $10
"""

_OF_PROJECT = f"select {_SUMMARY} {_FROM} and s.project_code = $4 and s.fiscal_year = $5"

_FUNDS_JSON = """
    select json_agg(json_build_object('fund_level', fund_level,
               'budget_full_year', budget_full_year::text, 'executed', executed::text)
           order by array_position(array['central', 'provincial', 'municipal', 'county'],
                                   fund_level))::text
"""

_ONE = f"""
    select {_SUMMARY}, s.goal_id, s.annual_goal, s.goal_actual, s.exec_reason, s.exec_weight,
           s.exec_score, s.exec_receipt::text as exec_receipt, s.total_arithmetic,
           s.grade_receipt::text as grade_receipt, s.filled_by, s.submitted_by, s.submitted_at,
           case when s.status = 'open' then ({_FUNDS_JSON} from ({LIVE_FUNDS}) live)
                else ({_FUNDS_JSON} from self_evaluation_fund f
                      where f.region_code = s.region_code and f.self_evaluation_id = s.id)
           end as funds,
           (select json_agg(json_build_object(
                'position', r.position, 'level1', r.level1, 'level2', r.level2, 'name', r.name,
                'operator', r.operator, 'target_value', trim_scale(r.target_value)::text,
                'target_text', r.target_text, 'unit_of_measure', r.unit_of_measure,
                'weight', trim_scale(r.weight)::text,
                'actual_value', trim_scale(r.actual_value)::text, 'band', r.band,
                'self_score', r.self_score::text, 'reason', r.reason,
                'rule_score', r.rule_score::text, 'score', r.score::text, 'receipt', r.receipt,
                'review_score', r.review_score::text, 'review_note', r.review_note
            ) order by r.position)::text
            from self_evaluation_row r
            where r.region_code = s.region_code and r.self_evaluation_id = s.id) as rows,
           {RECHECK_JSON} as recheck
    {_FROM} and s.id = $4
"""

_BATCH = """
    select id, fiscal_year, due_on, created from self_evaluation_batch
    where region_code = $1 and id = $2
"""

AMOUNT_SCOPE = "本级资金（当年批复预算）"


@dataclass(frozen=True)
class Filter:
    """What a list is limited to; None is no limit. The order is that of the statement."""

    fiscal_year: int | None = None
    unit_code: str | None = None
    statuses: Sequence[str] | None = None
    grade: str | None = None
    waits_for_letter: bool | None = None


async def list_self_evaluations(
    reads: Reads, caller: Caller, paging: PageRequest, chosen: Filter
) -> Page[SelfEvaluationSummary]:
    """Self-evaluations, oldest first."""
    rows = await reads.all(
        _LIST, *await reach(reads, caller), *astuple(chosen), *paging.after(UUID), paging.limit + 1
    )
    return paging.page(rows, lambda row: _summary(row, caller), lambda row: [row["id"]])


async def self_evaluation(
    reads: Reads, caller: Caller, self_evaluation_id: UUID, rules: Rules
) -> SelfEvaluationOut:
    """One form, whole. Raises NotFound."""
    row = await reads.one(_ONE, *await reach(reads, caller), self_evaluation_id)
    bands = {
        band.code: band.label
        for band in profile_of(rules, caller.region_code, row["fiscal_year"]).bands
    }
    rows = labelled(row["rows"], level1=LEVEL1, level2=LEVEL2, band=bands)
    return SelfEvaluationOut.model_validate(
        {
            **row,
            **_described(row, caller),
            **_money(row["funds"]),
            "rows": rows,
            "recheck": recheck_of(row["recheck"]),
        }
    )


async def of_project(
    reads: Reads, caller: Caller, *, project_code: str, fiscal_year: int
) -> SelfEvaluationSummary | None:
    """The self-evaluation of a project's year, if the caller reaches one."""
    row = await reads.maybe(_OF_PROJECT, *await reach(reads, caller), project_code, fiscal_year)
    return None if row is None else _summary(row, caller)


async def batch(reads: Reads, caller: Caller, batch_id: UUID) -> BatchOut:
    """One batch. Raises NotFound."""
    row = await reads.one(_BATCH, caller.region_code, batch_id)
    return BatchOut.model_validate({**row, "allowed_actions": []})


def _summary(row: Mapping[str, Any], caller: Caller) -> SelfEvaluationSummary:
    return SelfEvaluationSummary.model_validate({**row, **_described(row, caller)})


def _described(row: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    return {
        "status_label": SELF_EVALUATION.labels[row["status"]],
        "grade_label": label(row["grade"], GRADES),
        "allowed_actions": allowed(caller.principal, SELF_EVALUATION, row["status"]),
    }


def _money(text: str | None) -> dict[str, Any]:
    """Funds by level and their sums; the county's own share is the amount the form counts for."""
    funds = labelled(text, fund_level=FUND_LEVELS)
    budget = sum((Decimal(fund["budget_full_year"]) for fund in funds), Decimal("0.00"))
    executed = sum((Decimal(fund["executed"]) for fund in funds), Decimal("0.00"))
    county = [fund["budget_full_year"] for fund in funds if fund["fund_level"] == "county"]
    return {
        "funds": funds,
        "budget_full_year": budget,
        "executed": executed,
        "exec_rate": _per_cent(executed, budget),
        "amount": county[0] if county else "0.00",
        "amount_scope": AMOUNT_SCOPE,
    }


def _per_cent(part: Decimal, whole: Decimal) -> Decimal | None:
    if whole <= 0:
        return None
    return (100 * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)
