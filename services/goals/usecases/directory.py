"""财政区划、责任到人: what the region is called, and who answers for its units."""

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.schemas.directory import OfficeOfficerIn, OfficerIn, RegionIn
from services.goals.tables import OfficerAssignment, Region, Unit
from shared.auth import Caller
from shared.db import lock_one
from shared.etags import Expected, PutExpected
from shared.problems import NotFound

_OFFICE = text(
    "select exists (select from unit where region_code = :region_code and office = :office)"
)

_ASSIGN = text("""
    with due as (
        select u.code from unit u
        left join officer_assignment a on a.region_code = u.region_code and a.unit_code = u.code
        where u.region_code = :region_code and u.office = :office
          and (a.officer, a.officer_name)
              is distinct from (cast(:officer as text), cast(:officer_name as text))
        order by u.code for no key update of u),
    assigned as (
        insert into officer_assignment
            (region_code, unit_code, officer, officer_name, assigned_by, assigned_at)
        select :region_code, code, :officer, :officer_name, :by, :at from due
        on conflict (region_code, unit_code) do update
        set officer = excluded.officer, officer_name = excluded.officer_name,
            assigned_by = excluded.assigned_by, assigned_at = excluded.assigned_at)
    update unit set row_version = row_version + 1, updated_at = :at
    from due where unit.region_code = :region_code and unit.code = due.code
    returning unit.code
""")


async def put_region(
    session: AsyncSession, order: RegionIn, *, expected: PutExpected, by: Caller, at: datetime
) -> bool:
    """Name the caller's region; says whether it is new."""
    region = await session.scalar(
        select(Region).where(Region.region_code == by.region_code).with_for_update()
    )
    expected.check(None if region is None else region.row_version)
    if region is None:
        session.add(
            Region(region_code=by.region_code, name=order.name, row_version=1, updated_at=at)
        )
        return True
    if region.name != order.name:
        region.name = order.name
        region.row_version += 1
        region.updated_at = at
    return False


async def assign_officer(
    session: AsyncSession,
    unit_code: str,
    order: OfficerIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Make someone answer for a unit. Raises NotFound or 412."""
    unit = await lock_one(
        session, select(Unit).where(Unit.region_code == by.region_code, Unit.code == unit_code)
    )
    expected.check(unit.row_version)
    present = await session.get(OfficerAssignment, (by.region_code, unit_code))
    if present is not None and OfficerIn.model_validate(present, from_attributes=True) == order:
        return
    await session.merge(
        OfficerAssignment(
            region_code=by.region_code,
            unit_code=unit_code,
            officer=order.officer,
            officer_name=order.officer_name,
            assigned_by=by.subject,
            assigned_at=at,
        )
    )
    unit.row_version += 1
    unit.updated_at = at


async def assign_office(
    session: AsyncSession, order: OfficeOfficerIn, *, by: Caller, at: datetime
) -> int:
    """Make someone answer for every unit of an office; says for how many that is new.
    Raises NotFound."""
    if not await session.scalar(_OFFICE, {"region_code": by.region_code, "office": order.office}):
        raise NotFound(f"没有业务室“{order.office}”；业务室随单位推送")
    changed = await session.execute(
        _ASSIGN,
        {**order.model_dump(), "region_code": by.region_code, "by": by.subject, "at": at},
    )
    return len(changed.all())
