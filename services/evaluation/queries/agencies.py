"""The register of agencies, and the history of its entries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from services.evaluation.access import permitted
from services.evaluation.domain.registers import gaps
from services.evaluation.domain.vocabulary import AGENCY_STATES, INSTITUTIONS, REGISTER_CHANGES
from services.evaluation.schemas.agencies import AgencyDetail, AgencyOut, ChangeOut
from shared.auth import Caller
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest

_ACTIONS = ["agency.amend"]

#: $2 and $3 leave the agencies with a final evaluation of the year and kind.
_AGENCIES = """
    select a.*, a.row_version as version,
           (select coalesce(json_agg(json_build_object('id', v.id, 'violated_on', v.violated_on,
                'content', v.content, 'source', v.source,
                'withdrawal_reason', v.withdrawal_reason, 'recorded_by', v.recorded_by,
                'recorded_at', v.recorded_at) order by v.violated_on, v.id), '[]')
            from agency_violation v
            where v.region_code = a.region_code and v.agency_id = a.id)::text as violations
    from agency a
    where a.region_code = $1
      and (($2::int is null and $3::text is null) or exists (
          select from engagement n
          join evaluation e on e.region_code = n.region_code and e.engagement_id = n.id
          where n.region_code = a.region_code and n.agency_id = a.id and e.finalized_at is not null
            and ($2::int is null or e.fiscal_year = $2) and ($3::text is null or e.kind = $3)))
"""

_CHANGES = """
    select kind, entries::text as entries, reason, changed_by, changed_at from register_change
    where region_code = $1
"""


@dataclass(frozen=True)
class AgenciesAsked:
    """Which agencies a list shows; what is None leaves none out."""

    fiscal_year: int | None = None
    kind: str | None = None
    status: str | None = None
    institution: str | None = None
    qualified_to: date | None = None


async def list_agencies(
    reads: Reads, caller: Caller, paging: PageRequest, asked: AgenciesAsked
) -> Page[AgencyOut]:
    """Agencies, oldest first; an agency sees itself."""
    where = (
        _reached(caller, asked)
        .add("a.status = {}", asked.status)
        .add("a.institution = {}", asked.institution)
        .add("a.qualified_until <= {}", asked.qualified_to)
        .add_after("a.id > {}", paging.after(UUID))
    )
    sql = f"{_AGENCIES}{where} order by a.id{where.limit(paging.limit + 1)}"
    rows = await reads.all(sql, *where.arguments)
    return paging.page(
        rows,
        lambda row: AgencyOut.model_validate(_entry(row, caller)),
        lambda row: [row["id"]],
    )


async def agency(reads: Reads, caller: Caller, agency_id: UUID) -> AgencyDetail:
    """One agency with its history. Raises NotFound."""
    where = _reached(caller, AgenciesAsked()).add("a.id = {}", agency_id)
    row = await reads.one(f"{_AGENCIES}{where}", *where.arguments)
    history = await changes(reads, caller, agency_id=agency_id)
    return AgencyDetail.model_validate({**_entry(row, caller), "changes": history})


async def changes(
    reads: Reads,
    caller: Caller,
    *,
    agency_id: UUID | None = None,
    staff_id: UUID | None = None,
) -> list[ChangeOut]:
    """The changes of one entry of the registers, oldest first."""
    where = (
        Where(caller.region_code).add("agency_id = {}", agency_id).add("staff_id = {}", staff_id)
    )
    rows = await reads.all(f"{_CHANGES}{where} order by id", *where.arguments)
    return [
        ChangeOut.model_validate(
            {
                **row,
                "kind_label": REGISTER_CHANGES[row["kind"]],
                "entries": orjson.loads(row["entries"]),
            }
        )
        for row in rows
    ]


def _reached(caller: Caller, asked: AgenciesAsked) -> Where:
    where = Where(caller.region_code, asked.fiscal_year, asked.kind)
    return where.add("a.uscc = {}", caller.agency)


def _entry(row: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    institution = row["institution"]
    return {
        **row,
        "institution_label": None if institution is None else INSTITUTIONS[institution],
        "status_label": AGENCY_STATES[row["status"]],
        "violations": orjson.loads(row["violations"]),
        "warnings": gaps(row),
        "allowed_actions": permitted(caller.principal, _ACTIONS),
    }
