"""Plans of re-reviews with their progress, and the forms in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.evaluation.access import permitted
from services.evaluation.domain.draws import rank_key
from services.evaluation.domain.sampling import METHODS, REASONS
from services.evaluation.queries.reach import PLAN_OF, open_contracts
from services.evaluation.queries.rechecks import REVIEWERS, reviewer_of
from services.evaluation.schemas.recheck_plans import (
    RecheckPlanCandidateOut,
    RecheckPlanOut,
    RecheckPlanSummary,
)
from shared.auth import Caller
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest

BUDGET_SCOPE = "各级资金（中央、自治区、市、本级）的全年预算数，以自评报送时为准"
STATUSES = {
    "waiting": "待复审",
    "returned": "未在报送状态",
    "done": "已复审",
    "passed_on": "已转由其他方案或他人复审",
    "not_drawn": "未选中",
}

#: Candidate `c` of plan `p` with its form `s` and re-review `k`; a form may have moved on since.
_STATUS = f"""
    case when not c.drawn then 'not_drawn'
         when k.plan_id = c.plan_id then 'done'
         when k.self_evaluation_id is not null or {PLAN_OF} <> c.plan_id then 'passed_on'
         when s.status <> 'submitted' then 'returned'
         else 'waiting' end
"""

_WITH_FORMS = """
    recheck_plan_candidate c
    join self_evaluation s on s.region_code = c.region_code and s.id = c.self_evaluation_id
    left join recheck k on k.region_code = c.region_code
                       and k.self_evaluation_id = c.self_evaluation_id
"""

_PLANS = f"""
    select p.id, p.fiscal_year, p.title, p.engagement_id, a.name as agency_name, e.contract_no,
           p.method, p.share, p.algorithm, p.seed, p.candidates_digest, p.due_on, p.planned_by,
           p.planned_at, n.*
    from recheck_plan p
    left join engagement e on e.region_code = p.region_code and e.id = p.engagement_id
    left join agency a on a.region_code = e.region_code and a.id = e.agency_id
    cross join lateral (
        select count(*) filter (where why <> 'recused') as candidate_count,
               coalesce(sum(budget) filter (where why <> 'recused'), 0) as candidate_budget,
               count(*) filter (where drawn) as drawn_count,
               coalesce(sum(budget) filter (where drawn), 0) as drawn_budget,
               count(*) filter (where status = 'waiting') as waiting_count,
               count(*) filter (where status = 'returned') as returned_count,
               count(*) filter (where status = 'done') as done_count,
               count(*) filter (where status = 'passed_on') as passed_on_count
        from (select c.why, c.drawn, c.budget_full_year as budget, {_STATUS} as status
              from {_WITH_FORMS}
              where c.region_code = p.region_code and c.plan_id = p.id) each) n
    where p.region_code = $1
"""

_CANDIDATES = f"""
    select * from (
        select c.plan_id, p.title as plan_title, c.position, c.self_evaluation_id, s.project_code,
               s.project_name, s.unit_code, s.unit_name, c.budget_full_year, c.drawn, c.why,
               c.reason, p.method, p.seed, {_STATUS} as status, c.form_version,
               k.self_evaluation_id is null and s.row_version <> c.form_version as form_changed,
               p.due_on, p.fiscal_year, p.engagement_id, p.planned_by
        from {_WITH_FORMS}
        join recheck_plan p on p.region_code = c.region_code and p.id = c.plan_id
        where c.region_code = $1) each
    where true
"""


@dataclass(frozen=True)
class CandidatesAsked:
    """Which candidates a list shows; what is None leaves none out."""

    fiscal_year: int | None = None
    plan_id: UUID | None = None
    drawn: bool | None = None
    status: str | None = None
    to_review: bool = False


async def list_plans(
    reads: Reads, caller: Caller, paging: PageRequest, *, fiscal_year: int | None
) -> Page[RecheckPlanSummary]:
    """Plans, oldest first; an agency's are those of its open contracts."""
    where = (
        (await _reached(reads, caller, "p.engagement_id"))
        .add("p.fiscal_year = {}", fiscal_year)
        .add_after("p.id > {}", paging.after(UUID))
    )
    sql = f"{_PLANS}{where} order by p.id{where.limit(paging.limit + 1)}"
    rows = await reads.all(sql, *where.arguments)
    return paging.page(
        rows,
        lambda row: RecheckPlanSummary.model_validate(_described(row)),
        lambda row: [row["id"]],
    )


async def plan(reads: Reads, caller: Caller, plan_id: UUID) -> RecheckPlanOut:
    """One plan with the forms drawn. Raises NotFound."""
    where = (await _reached(reads, caller, "p.engagement_id")).add("p.id = {}", plan_id)
    row = await reads.one(f"{_PLANS}{where}", *where.arguments)
    drawn = Where(caller.region_code).add("plan_id = {}", plan_id).add_fixed("drawn", when=True)
    items = await reads.all(f"{_CANDIDATES}{drawn} order by position", *drawn.arguments)
    return RecheckPlanOut.model_validate(
        {
            **_described(row),
            "budget_scope": BUDGET_SCOPE,
            "proof": {**row, "how": _HOW[row["method"]].format(share=row["share"])},
            "items": [_candidate(each, caller) for each in items],
        }
    )


async def list_candidates(
    reads: Reads, caller: Caller, paging: PageRequest, asked: CandidatesAsked
) -> Page[RecheckPlanCandidateOut]:
    """The candidates of plans in their order; an agency sees what its own plans drew."""
    where = (
        (await _reached(reads, caller, "engagement_id"))
        .add_fixed("drawn", when=caller.agency is not None)
        .add("fiscal_year = {}", asked.fiscal_year)
        .add("plan_id = {}", asked.plan_id)
        .add("drawn = {}", asked.drawn)
        .add("status = {}", asked.status)
        .add_fixed("status = 'waiting'", when=asked.to_review)
        .add_fixed("engagement_id is null", when=asked.to_review and caller.agency is None)
        .add("planned_by <> {}", caller.subject if asked.to_review else None)
        .add_after("(plan_id, position) > ({}, {})", paging.after(UUID, int))
    )
    sql = f"{_CANDIDATES}{where} order by plan_id, position{where.limit(paging.limit + 1)}"
    rows = await reads.all(sql, *where.arguments)
    return paging.page(
        rows, lambda row: _candidate(row, caller), lambda row: [row["plan_id"], row["position"]]
    )


async def _reached(reads: Reads, caller: Caller, column: str) -> Where:
    contracts = await open_contracts(reads, caller)
    return Where(caller.region_code).add(f"{column} = any ({{}}::uuid[])", contracts)


def _described(row: Mapping[str, Any]) -> dict[str, Any]:
    reviewer = reviewer_of(row)
    return {
        **row,
        "reviewer": reviewer,
        "reviewer_label": REVIEWERS[reviewer],
        "method_label": METHODS[row["method"]],
        "allowed_actions": [],
    }


def _candidate(row: Mapping[str, Any], caller: Caller) -> RecheckPlanCandidateOut:
    by_lot = row["why"] in ("random", "not_drawn") and row["seed"] is not None
    side = caller.agency is not None or row["engagement_id"] is None
    to_review = row["status"] == "waiting" and side and row["planned_by"] != caller.subject
    return RecheckPlanCandidateOut.model_validate(
        {
            **row,
            "why_label": REASONS[row["why"]],
            "status_label": STATUSES[row["status"]],
            "rank_key": rank_key(row["seed"], str(row["self_evaluation_id"])) if by_lot else None,
            "allowed_actions": permitted(
                caller.principal, ["self_evaluation.recheck"] if to_review else []
            ),
        }
    )


_DIGEST = (
    "候选名单为 recheck-plan-candidates 中除回避以外的各行：每行写“self_evaluation_id 空格 "
    "budget_full_year（两位小数）”，按文本排序，以换行相连，其 SHA-256 即 candidates_digest；"
    "指定的项目在抽样之外。"
)
_HOW = {
    "all": _DIGEST + "其余全部复审。",
    "picks": _DIGEST + "只复审指定的项目。",
    "amount": _DIGEST + "其余按 budget_full_year 由大到小（相同的按 self_evaluation_id）依次选取，"
    "直至合计达到其余各项合计的 {share}%。",
    "random": _DIGEST
    + "其余按“seed|self_evaluation_id”的 SHA-256 由小到大排列，取前 {share}%（张数向上取整）。",
}
