"""专家库与回避: who is in the pool, and who keeps away from what."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.errors import AlreadyEnded, ExpertLoginTaken
from services.evaluation.schemas.experts import ExpertIn, RecusalEndIn, RecusalIn, RetirementIn
from services.evaluation.tables import Agency, AgencyStaff, Expert, Recusal
from shared.auth import Caller
from shared.db import lock_one
from shared.etags import Expected
from shared.ids import new_id
from shared.problems import FieldError, InvalidPayload, NotFound


async def register_expert(
    session: AsyncSession, expert: ExpertIn, *, by: Caller, at: datetime
) -> UUID:
    """Take an expert into the pool. Raises ExpertLoginTaken."""
    if expert.subject is not None:
        await _refuse_taken_login(session, expert.subject, by)
    row = Expert(
        region_code=by.region_code,
        id=new_id(),
        **expert.model_dump(),
        registered_by=by.subject,
        row_version=1,
        updated_at=at,
    )
    session.add(row)
    await session.flush()
    return row.id


async def retire_expert(
    session: AsyncSession,
    expert_id: UUID,
    order: RetirementIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Take the expert out of the pool; what the person was drawn for stays on record."""
    statement = select(Expert).where(Expert.region_code == by.region_code, Expert.id == expert_id)
    expert = await lock_one(session, statement)
    expected.check(expert.row_version)
    if expert.retired_at is not None:
        raise AlreadyEnded(f"{expert.name}已退出专家库")
    expert.retired_at, expert.retirement_reason = at, order.reason
    expert.row_version += 1
    expert.updated_at = at


async def record_recusal(
    session: AsyncSession, recusal: RecusalIn, *, by: Caller, at: datetime
) -> UUID:
    """Record that an expert, an agency or a person of one keeps away. Raises NotFound for an unknown one."""
    expert = select(Expert.id).where(
        Expert.region_code == by.region_code, Expert.id == recusal.expert_id
    )
    agency = select(Agency.id).where(
        Agency.region_code == by.region_code, Agency.id == recusal.agency_id
    )
    person = select(AgencyStaff.id).where(
        AgencyStaff.region_code == by.region_code, AgencyStaff.id == recusal.staff_id
    )
    if await session.scalar(expert.union_all(agency, person)) is None:
        raise NotFound("没有这位专家、这家机构或这位从业人员")
    row = Recusal(
        region_code=by.region_code,
        id=new_id(),
        **recusal.model_dump(),
        recorded_by=by.subject,
        row_version=1,
        updated_at=at,
    )
    session.add(row)
    await session.flush()
    return row.id


async def end_recusal(
    session: AsyncSession,
    recusal_id: UUID,
    order: RecusalEndIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Say on which day the recusal holds for the last time."""
    statement = select(Recusal).where(
        Recusal.region_code == by.region_code, Recusal.id == recusal_id
    )
    recusal = await lock_one(session, statement)
    expected.check(recusal.row_version)
    if recusal.ended_on is not None:
        raise AlreadyEnded(f"该回避已于 {recusal.ended_on} 解除")
    if order.ended_on < recusal.declared_on:
        raise InvalidPayload(errors=[_before_declared(recusal)])
    recusal.ended_on = order.ended_on
    recusal.row_version += 1
    recusal.updated_at = at


async def _refuse_taken_login(session: AsyncSession, subject: str, by: Caller) -> None:
    taken = await session.scalar(
        select(Expert.name).where(
            Expert.region_code == by.region_code,
            Expert.subject == subject,
            Expert.retired_at.is_(None),
        )
    )
    if taken is not None:
        raise ExpertLoginTaken(f"登录名 {subject} 已是专家 {taken} 的")


def _before_declared(recusal: Recusal) -> FieldError:
    return FieldError(
        pointer="/ended_on",
        code="before_declared",
        detail=f"解除日期早于申报日期 {recusal.declared_on}",
        mend="请填写不早于申报日期的日期",
    )
