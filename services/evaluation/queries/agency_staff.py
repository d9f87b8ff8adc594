"""The staff of agencies, with who may lead an evaluation today."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.evaluation.access import permitted
from services.evaluation.domain.rules import Rules
from services.evaluation.domain.vocabulary import STAFF_STATES
from services.evaluation.queries.agencies import changes
from services.evaluation.schemas.agency_staff import StaffDetail, StaffOut
from shared.auth import Caller
from shared.clock import business_day, now
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest

_STAFF = """
    select s.*, s.row_version as version, a.name as agency_name
    from agency_staff s
    join agency a on a.region_code = s.region_code and a.id = s.agency_id
    where s.region_code = $1
"""


async def list_staff(
    reads: Reads,
    caller: Caller,
    paging: PageRequest,
    rules: Rules,
    *,
    agency_id: UUID | None,
    status: str | None,
) -> Page[StaffOut]:
    """Staff, first entered first; an agency sees its own."""
    where = (
        _reached(caller)
        .add("s.agency_id = {}", agency_id)
        .add("s.status = {}", status)
        .add_after("s.id > {}", paging.after(UUID))
    )
    sql = f"{_STAFF}{where} order by s.id{where.limit(paging.limit + 1)}"
    rows = await reads.all(sql, *where.arguments)
    return paging.page(
        rows,
        lambda row: StaffOut.model_validate(_person(row, caller, rules)),
        lambda row: [row["id"]],
    )


async def staff(reads: Reads, caller: Caller, staff_id: UUID, rules: Rules) -> StaffDetail:
    """One person with the history of the entry. Raises NotFound."""
    where = _reached(caller).add("s.id = {}", staff_id)
    row = await reads.one(f"{_STAFF}{where}", *where.arguments)
    history = await changes(reads, caller, staff_id=staff_id)
    return StaffDetail.model_validate({**_person(row, caller, rules), "changes": history})


def _reached(caller: Caller) -> Where:
    return Where(caller.region_code).add("a.uscc = {}", caller.agency)


def _person(row: Mapping[str, Any], caller: Caller, rules: Rules) -> dict[str, Any]:
    said = {name: row[name] for name in ("title", "credential", "experience_years")}
    lacking = rules.agency_conditions(business_day(now())).lead_gaps(**said)
    return {
        **row,
        "lead_evaluator": not lacking and row["status"] == "active",
        "lead_gaps": lacking,
        "status_label": STAFF_STATES[row["status"]],
        "allowed_actions": permitted(caller.principal, ["agency_staff.keep"]),
    }
