"""Recording trainings (培训) and putting them right."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.schemas.trainings import TrainingIn
from services.evaluation.tables import Training, TrainingAttendance, Unit
from shared.auth import Caller
from shared.db import lock_one
from shared.etags import Expected
from shared.ids import new_id
from shared.problems import FieldError, InvalidPayload


async def record(session: AsyncSession, order: TrainingIn, *, by: Caller, at: datetime) -> UUID:
    """Write a training down. Raises InvalidPayload for units nobody registered."""
    training = Training(
        region_code=by.region_code,
        id=new_id(),
        **_columns(order),
        recorded_by=by.subject,
        row_version=1,
        updated_at=at,
    )
    session.add(training)
    await session.flush()
    await _attend(session, training, order)
    return training.id


async def correct(
    session: AsyncSession,
    training_id: UUID,
    order: TrainingIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Put the whole record in place of the former one. Raises NotFound, InvalidPayload."""
    training = await lock_one(
        session,
        select(Training).where(Training.region_code == by.region_code, Training.id == training_id),
    )
    expected.check(training.row_version)
    for name, value in _columns(order).items():
        setattr(training, name, value)
    training.recorded_by = by.subject
    training.row_version += 1
    training.updated_at = at
    await session.execute(
        delete(TrainingAttendance).where(
            TrainingAttendance.region_code == by.region_code,
            TrainingAttendance.training_id == training_id,
        )
    )
    await _attend(session, training, order)


def _columns(order: TrainingIn) -> dict[str, object]:
    return {
        **order.model_dump(exclude={"attendance", "materials"}),
        "materials": [material.model_dump() for material in order.materials],
    }


async def _attend(session: AsyncSession, training: Training, order: TrainingIn) -> None:
    codes = {row.unit_code for row in order.attendance}
    known = set(
        await session.scalars(
            select(Unit.code).where(Unit.region_code == training.region_code, Unit.code.in_(codes))
        )
    )
    errors = [
        FieldError(
            pointer=f"/attendance/{index}/unit_code",
            code="unit_unknown",
            detail=f"没有单位 {row.unit_code}",
            mend="请核对单位编码，或先由预算系统推送该单位",
        )
        for index, row in enumerate(order.attendance)
        if row.unit_code not in known
    ]
    if errors:
        raise InvalidPayload(f"有 {len(errors)} 处单位不存在", errors=errors[:50])
    session.add_all(
        TrainingAttendance(
            region_code=training.region_code, training_id=training.id, **row.model_dump()
        )
        for row in order.attendance
    )
