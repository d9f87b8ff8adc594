"""从业人员: who works for an agency, and how the entry changed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.registers import differences
from services.evaluation.errors import StaffLoginTaken
from services.evaluation.schemas.agency_staff import StaffIn, StaffPatch
from services.evaluation.tables import Agency, AgencyStaff
from services.evaluation.usecases.register_changes import change_of, require_change
from shared.auth import Caller
from shared.db import lock_one
from shared.etags import Expected
from shared.ids import new_id
from shared.problems import NotFound


async def register_staff(
    session: AsyncSession, agency_id: UUID, person: StaffIn, *, by: Caller, at: datetime
) -> UUID:
    """Enter a person of the agency. Raises StaffLoginTaken."""
    if await session.get(Agency, (by.region_code, agency_id)) is None:
        raise NotFound("没有这家机构")
    row = AgencyStaff(
        region_code=by.region_code,
        id=new_id(),
        agency_id=agency_id,
        **person.model_dump(),
        status="active",
        registered_by=by.subject,
        row_version=1,
        updated_at=at,
    )
    await _refuse_taken_login(session, row)
    session.add(row)
    await session.flush()
    entries = differences({}, person.model_dump())
    key = {"staff_id": row.id}
    session.add(change_of(key, "registered", entries, reason=None, by=by, at=at))
    return row.id


async def amend_staff(
    session: AsyncSession,
    staff_id: UUID,
    patch: StaffPatch,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Change what the register says of the person, who may also have left."""
    statement = select(AgencyStaff).where(
        AgencyStaff.region_code == by.region_code, AgencyStaff.id == staff_id
    )
    row = await lock_one(session, statement)
    expected.check(row.row_version)
    wanted = patch.model_dump(exclude_unset=True, exclude={"reason"})
    entries = differences({name: getattr(row, name) for name in wanted}, wanted)
    require_change(entries)
    with session.no_autoflush:
        for name, value in wanted.items():
            setattr(row, name, value)
        await _refuse_taken_login(session, row)
    row.row_version += 1
    row.updated_at = at
    key = {"staff_id": staff_id}
    session.add(change_of(key, "amended", entries, reason=patch.reason, by=by, at=at))


async def _refuse_taken_login(session: AsyncSession, row: AgencyStaff) -> None:
    if row.subject is None or row.status != "active":
        return
    taken = await session.scalar(
        select(AgencyStaff.name).where(
            AgencyStaff.region_code == row.region_code,
            AgencyStaff.subject == row.subject,
            AgencyStaff.status == "active",
            AgencyStaff.id != row.id,
        )
    )
    if taken is not None:
        raise StaffLoginTaken(f"登录名 {row.subject} 已是 {taken} 的；该人离职后方可改用")
