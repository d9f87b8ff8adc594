"""Engagements."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from services.evaluation.access import permitted
from services.evaluation.domain.contract_terms import STATUSES, TERMS, status_on
from services.evaluation.domain.rules import Rules
from services.evaluation.schemas.engagements import EngagementOut
from shared.auth import Caller
from shared.clock import business_day, now
from shared.db import Reads
from shared.pages import Page, PageRequest

AMEND = "engagement.amend"
_CONTENTS = ("staff", "deliverables", "instalments")

_ENGAGEMENTS = """
    select n.id, n.agency_id, a.name as agency_name, n.scope, n.fiscal_year, n.contract_no,
           n.title, n.starts_on, n.ends_on, n.contract_amount, n.fund_level, n.fee_basis,
           n.terminated_on, n.row_version as version, n.updated_at, n.entrusted_by, n.unit_codes,
           n.project_codes, n.no_subcontracting, n.confidentiality,
           (select coalesce(json_agg(json_build_object('staff_id', s.id, 'name', s.name)
                order by s.id), '[]')
            from engagement_staff e
            join agency_staff s on s.region_code = e.region_code and s.id = e.staff_id
            where e.region_code = n.region_code and e.engagement_id = n.id)::text as staff,
           (select coalesce(json_agg(json_build_object('position', d.position, 'name', d.name,
                'due_on', d.due_on) order by d.position), '[]')
            from engagement_deliverable d
            where d.region_code = n.region_code and d.engagement_id = n.id)::text as deliverables,
           (select coalesce(json_agg(json_build_object('position', i.position,
                'amount', i.amount::text, 'fund_level', i.fund_level, 'due_on', i.due_on,
                'deliverable', i.deliverable) order by i.position), '[]')
            from engagement_instalment i
            where i.region_code = n.region_code and i.engagement_id = n.id)::text as instalments,
           (select json_agg(json_build_object('kind', t.kind, 'ends_on', t.ends_on,
                'reason', t.reason, 'decided_by', t.decided_by, 'decided_at', t.decided_at)
                order by t.position)::text
            from engagement_term t
            where t.region_code = n.region_code and t.engagement_id = n.id) as terms
    from engagement n join agency a on a.region_code = n.region_code and a.id = n.agency_id
    where n.region_code = $1 and ($2::text is null or a.uscc = $2)
      and ($3::uuid is null or n.id = $3)
      and ($4::int is null or n.fiscal_year = $4)
      and ($5::uuid is null or n.id > $5)
    order by n.id limit $6
"""


async def list_engagements(
    reads: Reads, caller: Caller, paging: PageRequest, rules: Rules, *, fiscal_year: int | None
) -> Page[EngagementOut]:
    """Engagements, oldest first."""
    rows = await reads.all(
        _ENGAGEMENTS, *_reach(caller), None, fiscal_year, *paging.after(UUID), paging.limit + 1
    )
    return paging.page(rows, lambda row: _engagement(row, caller, rules), lambda row: [row["id"]])


async def engagement(
    reads: Reads, caller: Caller, engagement_id: UUID, rules: Rules
) -> EngagementOut:
    """One engagement. Raises NotFound."""
    row = await reads.one(_ENGAGEMENTS, *_reach(caller), engagement_id, None, None, 1)
    return _engagement(row, caller, rules)


def _reach(caller: Caller) -> tuple[str, str | None]:
    return caller.region_code, caller.agency


def _engagement(row: Mapping[str, Any], caller: Caller, rules: Rules) -> EngagementOut:
    rule = rules.entrustment(row["starts_on"])
    period = {name: row[name] for name in ("starts_on", "ends_on", "terminated_on")}
    status = status_on(business_day(now()), **period)
    actions = [AMEND] if status != "terminated" else []
    return EngagementOut.model_validate(
        {
            **row,
            "scope_label": rule.allowed[row["scope"]],
            "fee_basis_label": rule.fees_allowed[row["fee_basis"]],
            **{name: orjson.loads(row[name]) for name in _CONTENTS},
            "archive_until": rule.contract.archive_until(row["terminated_on"] or row["ends_on"]),
            "warnings": rule.contract.warnings(),
            "status": status,
            "status_label": STATUSES[status],
            "terms": [
                {**term, "kind_label": TERMS[term["kind"]]} for term in orjson.loads(row["terms"])
            ],
            "allowed_actions": permitted(caller.principal, actions),
        }
    )
