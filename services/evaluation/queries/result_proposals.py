"""Proposals from results, their decisions, and how many were followed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from services.evaluation.access import allowed
from services.evaluation.domain.rules import Rules
from services.evaluation.domain.states import RESULT_PROPOSAL
from services.evaluation.domain.vocabulary import GRADES
from services.evaluation.domain.year_rules import policy_of
from services.evaluation.schemas.result_proposals import (
    AppliedCount,
    AppliedStatistics,
    ProposalOut,
)
from shared.auth import Caller
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest

_PROPOSALS = """
    select p.id, p.scope, p.project_code, p.project_name, p.unit_code, p.unit_name, p.fiscal_year,
           p.score, p.grade, p.action, p.receipt::text as receipt, p.evaluation_id, p.group_no,
           p.self_evaluation_id,
           p.status, p.proposed_by, p.proposed_at, p.row_version as version, p.updated_at,
           (select coalesce(json_agg(json_build_object('number', d.number, 'action', d.action,
                'pct', d.pct::text, 'amount', d.amount::text, 'fund_level', d.fund_level,
                'reason', d.reason, 'decided_by', d.decided_by, 'decided_at', d.decided_at)
                order by d.number desc), '[]')
            from result_decision d
            where d.region_code = p.region_code and d.proposal_id = p.id)::text as decisions
    from result_proposal p
    where p.region_code = $1 and ($2::text[] is null or p.unit_code = any ($2))
"""

_STATISTICS = """
    select grade, action, count(*) filter (where status = 'proposed') as proposed,
           count(*) filter (where status = 'adopted') as adopted,
           count(*) filter (where status = 'departed') as departed
    from result_proposal where region_code = $1 and fiscal_year = $2 group by grade, action
"""


@dataclass(frozen=True)
class ProposalsAsked:
    """What a list is limited to; None is no limit."""

    fiscal_year: int | None
    status: str | None
    grade: str | None
    unit_code: str | None


async def list_proposals(
    reads: Reads, caller: Caller, paging: PageRequest, asked: ProposalsAsked, rules: Rules
) -> Page[ProposalOut]:
    """Proposals, oldest first."""
    where = (
        Where(caller.region_code, caller.units)
        .add("p.fiscal_year = {}", asked.fiscal_year)
        .add("p.status = {}", asked.status)
        .add("p.grade = {}", asked.grade)
        .add("p.unit_code = {}", asked.unit_code)
        .add_after("p.id > {}", paging.after(UUID))
    )
    order = f"order by p.id {where.limit(paging.limit + 1)}"
    rows = await reads.all(f"{_PROPOSALS} {where} {order}", *where.arguments)
    labels = {year: policy_of(rules, year).actions for year in {r["fiscal_year"] for r in rows}}
    return paging.page(
        rows, lambda row: _out(row, caller, labels[row["fiscal_year"]]), lambda row: [row["id"]]
    )


async def proposal(reads: Reads, caller: Caller, proposal_id: UUID, rules: Rules) -> ProposalOut:
    """One proposal. Raises NotFound."""
    row = await reads.one(
        f"{_PROPOSALS} and p.id = $3", caller.region_code, caller.units, proposal_id
    )
    return _out(row, caller, policy_of(rules, row["fiscal_year"]).actions)


async def statistics(
    reads: Reads, caller: Caller, fiscal_year: int, rules: Rules
) -> AppliedStatistics:
    """How the year's proposals were decided, by grade and proposed action."""
    actions = policy_of(rules, fiscal_year).actions
    rows = await reads.all(_STATISTICS, caller.region_code, fiscal_year)
    ordered = sorted(rows, key=lambda row: (list(GRADES).index(row["grade"]), row["action"]))
    return AppliedStatistics(
        fiscal_year=fiscal_year,
        scope="已审定评价结果与所选自评的应用建议，一个对象一条",
        items=[
            AppliedCount.model_validate(
                {
                    **row,
                    "grade_label": GRADES[row["grade"]],
                    "action_label": actions.get(row["action"], row["action"]),
                }
            )
            for row in ordered
        ],
    )


def _out(row: Mapping[str, Any], caller: Caller, actions: Mapping[str, str]) -> ProposalOut:
    decisions = [
        {**one, "action_label": actions.get(one["action"], one["action"])}
        for one in orjson.loads(row["decisions"])
    ]
    sheet = f"evaluations/{row['evaluation_id']}/scoring-sheets/{row['group_no']}"
    form = f"self-evaluations/{row['self_evaluation_id']}"
    return ProposalOut.model_validate(
        {
            **row,
            "grade_label": GRADES[row["grade"]],
            "action_label": actions.get(row["action"], row["action"]),
            "receipt_href": f"/api/v1/evaluation/{form if row['self_evaluation_id'] else sheet}",
            "status_label": RESULT_PROPOSAL.labels[row["status"]],
            "decisions": decisions,
            "allowed_actions": allowed(caller.principal, RESULT_PROPOSAL, row["status"]),
        }
    )
