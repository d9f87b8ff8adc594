"""Accountability cases with what came of them, and those whose outcome is waited for too long."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.evaluation.access import allowed
from services.evaluation.domain.states import ACCOUNTABILITY
from services.evaluation.domain.vocabulary import BASES
from services.evaluation.schemas.accountability import AccountabilityCaseOut
from shared.auth import Caller
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest

_CASES = """
    select c.id, c.fiscal_year, c.unit_code, u.name as unit_name, c.basis_kind, c.basis_id,
           c.basis_title, c.facts, c.article, c.handed_to, c.handed_on, c.document_no,
           c.outcome_due_on, c.status, c.recorded_by, c.recorded_at, c.row_version as version,
           c.updated_at,
           (select coalesce(json_agg(json_build_object('number', o.number, 'outcome', o.outcome,
                'decided_on', o.decided_on, 'document_no', o.document_no,
                'recorded_by', o.recorded_by, 'recorded_at', o.recorded_at)
                order by o.number), '[]')
            from accountability_outcome o
            where o.region_code = c.region_code and o.case_id = c.id)::text as outcomes
    from accountability_case c
    left join unit u on u.region_code = c.region_code and u.code = c.unit_code
    where c.region_code = $1
"""

OUTCOMES_WAITED_FOR = """
    select fiscal_year, status as state, min(outcome_due_on) as due_on, count(*) as count
    from accountability_case
    where region_code = $1 and status = 'handed' and outcome_due_on < $2
    group by 1, 2 order by 1
"""


@dataclass(frozen=True)
class CasesAsked:
    """Which cases a list shows; what is None leaves no case out."""

    fiscal_year: int | None
    status: str | None
    unit_code: str | None


async def list_cases(
    reads: Reads, caller: Caller, paging: PageRequest, asked: CasesAsked
) -> Page[AccountabilityCaseOut]:
    """Cases, first recorded first; a unit's people see their own."""
    where = (
        _reached(caller)
        .add("c.fiscal_year = {}", asked.fiscal_year)
        .add("c.status = {}", asked.status)
        .add("c.unit_code = {}", asked.unit_code)
        .add_after("c.id > {}", paging.after(UUID))
    )
    sql = f"{_CASES}{where} order by c.id{where.limit(paging.limit + 1)}"
    rows = await reads.all(sql, *where.arguments)
    return paging.page(rows, lambda row: _case(row, caller), lambda row: [row["id"]])


async def case(reads: Reads, caller: Caller, case_id: UUID) -> AccountabilityCaseOut:
    """One case. Raises NotFound."""
    where = _reached(caller).add("c.id = {}", case_id)
    return _case(await reads.one(f"{_CASES}{where}", *where.arguments), caller)


def _reached(caller: Caller) -> Where:
    return Where(caller.region_code).add("c.unit_code = any ({}::text[])", caller.units)


def _case(row: Mapping[str, Any], caller: Caller) -> AccountabilityCaseOut:
    return AccountabilityCaseOut.model_validate(
        {
            **row,
            "basis_kind_label": BASES[row["basis_kind"]],
            "status_label": ACCOUNTABILITY.labels[row["status"]],
            "allowed_actions": allowed(caller.principal, ACCOUNTABILITY, row["status"]),
        }
    )
