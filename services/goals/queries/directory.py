"""Regions, units, departments and business offices."""

from collections.abc import Mapping
from typing import Any

from services.goals.access import allowed
from services.goals.schemas.directory import (
    DepartmentOut,
    OfficeOfficerIn,
    OfficeOut,
    OfficerAssignmentOut,
    OfficerOut,
    RegionOut,
    UnitOut,
)
from shared.auth import Caller
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest

_REGION = """
    select region_code, name, row_version as version, updated_at from region where region_code = $1
"""

_UNITS = """
    select u.code, u.name, u.department_code, u.uscc, u.office, u.synthetic,
           u.row_version as version, u.updated_at,
           a.officer, a.officer_name, a.assigned_by, a.assigned_at
    from unit u
    left join officer_assignment a on a.region_code = u.region_code and a.unit_code = u.code
    where u.region_code = $1 and ($2::text[] is null or u.code = any ($2))
"""

#: Codes are digits: between a prefix and the prefix followed by nines lies what is below it, in any
#: collation, and the primary key serves it.
_BELOW = "u.code between {} and {}::text || repeat('9', 21 - length({}))"

_DEPARTMENTS = """
    select u.department_code as code, min(d.name) as name, count(*) as unit_count
    from unit u
    left join unit d on d.region_code = u.region_code and d.code = u.department_code
    where u.region_code = $1 and ($2::text[] is null or u.code = any ($2))
      and ($3::text is null or u.department_code > $3)
    group by u.department_code order by u.department_code limit $4
"""

_OFFICES = """
    select u.office, count(*) as unit_count, count(*) filter (where a.officer is null)
               as unassigned_count,
           json_agg(json_build_object('code', u.code, 'name', u.name, 'officer', a.officer)
                    order by u.code)::text as units,
           (select coalesce(json_agg(o order by o.officer), '[]')::text
            from (select x.officer, min(x.officer_name) as officer_name, count(*) as unit_count
                  from officer_assignment x
                  join unit v on v.region_code = x.region_code and v.code = x.unit_code
                  where x.region_code = $1 and v.office = u.office
                    and ($2::text[] is null or v.code = any ($2))
                  group by x.officer) o) as officers
    from unit u
    left join officer_assignment a on a.region_code = u.region_code and a.unit_code = u.code
    where u.region_code = $1 and ($2::text[] is null or u.code = any ($2))
      and ($3::text is null or u.office > $3)
    group by u.office order by u.office limit $4
"""

_UNIT_COUNT = "select count(*) as count from unit where region_code = $1 and office = $2"


async def region(reads: Reads, caller: Caller) -> RegionOut:
    """The caller's own region. Raises NotFound before the budget system has named it."""
    row = await reads.one(_REGION, caller.region_code)
    return RegionOut.model_validate(
        {**row, "allowed_actions": allowed(caller.principal, "region.write")}
    )


async def list_units(
    reads: Reads,
    caller: Caller,
    paging: PageRequest,
    *,
    under: str | None,
    office: str | None,
    officer: str | None,
) -> Page[UnitOut]:
    """Units by code."""
    where = Where(caller.region_code, caller.units).add(_BELOW, under)
    where.add("u.office = {}", office).add("a.officer = {}", officer)
    where.add_after("u.code > {}", paging.after(str))
    limit = where.limit(paging.limit + 1)
    rows = await reads.all(f"{_UNITS}{where} order by u.code{limit}", *where.arguments)
    return paging.page(rows, lambda row: _unit(row, caller), lambda row: [row["code"]])


async def unit(reads: Reads, caller: Caller, code: str) -> UnitOut:
    """One unit. Raises NotFound for one that is not there or not the caller's."""
    row = await reads.one(f"{_UNITS} and u.code = $3", caller.region_code, caller.units, code)
    return _unit(row, caller)


async def list_departments(
    reads: Reads, caller: Caller, paging: PageRequest
) -> Page[DepartmentOut]:
    """Departments by code."""
    rows = await reads.all(
        _DEPARTMENTS, caller.region_code, caller.units, *paging.after(str), paging.limit + 1
    )
    return paging.page(
        rows,
        lambda row: DepartmentOut.model_validate({**row, "allowed_actions": []}),
        lambda row: [row["code"]],
    )


async def list_offices(reads: Reads, caller: Caller, paging: PageRequest) -> Page[OfficeOut]:
    """Business offices by name."""
    rows = await reads.all(
        _OFFICES, caller.region_code, caller.units, *paging.after(str), paging.limit + 1
    )
    actions = allowed(caller.principal, "unit.assign_officer")
    return paging.page(
        rows,
        lambda row: OfficeOut.model_validate({**row, "allowed_actions": actions}),
        lambda row: [row["office"]],
    )


async def officer_assignment(
    reads: Reads, caller: Caller, order: OfficeOfficerIn, changed_count: int
) -> OfficerAssignmentOut:
    """What an assignment for a whole office did."""
    row = await reads.one(_UNIT_COUNT, caller.region_code, order.office)
    return OfficerAssignmentOut(
        **order.model_dump(),
        unit_count=row["count"],
        changed_count=changed_count,
        allowed_actions=allowed(caller.principal, "unit.assign_officer"),
    )


def _unit(row: Mapping[str, Any], caller: Caller) -> UnitOut:
    officer = None if row["officer"] is None else OfficerOut.model_validate(row)
    actions = allowed(caller.principal, "unit.import", "unit.assign_officer")
    return UnitOut.model_validate({**row, "officer": officer, "allowed_actions": actions})
