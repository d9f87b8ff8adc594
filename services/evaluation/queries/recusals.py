"""Recusals: the register, and who of some people and agencies must keep away from some objects."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.evaluation.access import permitted
from services.evaluation.schemas.experts import RecusalOut
from shared.auth import Caller
from shared.db import Reads
from shared.pages import Page, PageRequest

_FROM = """
    select r.id, r.expert_id, r.agency_id, r.staff_id,
           coalesce(x.name, a.name, s.name) as name, r.project_code,
           r.unit_code, r.reason, r.declared_on, r.ended_on, r.row_version as version, r.updated_at
    from recusal r
    left join expert x on x.region_code = r.region_code and x.id = r.expert_id
    left join agency a on a.region_code = r.region_code and a.id = r.agency_id
    left join agency_staff s on s.region_code = r.region_code and s.id = r.staff_id
    where r.region_code = $1
"""

#: A recusal from a unit is one from the unit's projects: callers name the units they know of.
_CONFLICTS = f"""{_FROM}
      and (r.expert_id = any ($2) or r.agency_id = any ($2) or r.staff_id = any ($2))
      and (r.project_code = any ($3) or r.unit_code = any ($4))
      and $5 >= r.declared_on and (r.ended_on is null or $5 <= r.ended_on)
    order by r.id
"""

_LIST = f"{_FROM} and ($2::uuid is null or r.id > $2) order by r.id limit $3"
_ONE = f"{_FROM} and r.id = $2"


async def conflicts(
    reads: Reads,
    region_code: str,
    *,
    who: Sequence[UUID],
    project_codes: Sequence[str],
    unit_codes: Sequence[str],
    on: date,
) -> Sequence[Mapping[str, Any]]:
    """Recusals in force on the day between these experts, agencies or their staff and these objects."""
    return await reads.all(
        _CONFLICTS, region_code, list(who), list(project_codes), list(unit_codes), on
    )


async def list_recusals(reads: Reads, caller: Caller, paging: PageRequest) -> Page[RecusalOut]:
    """Recusals, oldest first."""
    rows = await reads.all(_LIST, caller.region_code, *paging.after(UUID), paging.limit + 1)
    return paging.page(rows, lambda row: _recusal(row, caller), lambda row: [row["id"]])


async def recusal(reads: Reads, caller: Caller, recusal_id: UUID) -> RecusalOut:
    """One recusal. Raises NotFound."""
    return _recusal(await reads.one(_ONE, caller.region_code, recusal_id), caller)


def _recusal(row: Mapping[str, Any], caller: Caller) -> RecusalOut:
    actions = ["recusal.record"] if row["ended_on"] is None else []
    return RecusalOut.model_validate(
        {**row, "allowed_actions": permitted(caller.principal, actions)}
    )
