"""The term of a round (监控期限): longer for one unit, or ended for all."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.domain.rounds import RoundStatus
from services.monitoring.errors import ReasonRequired, RoundClosed
from services.monitoring.schemas.rounds import ClosureIn, ExtensionIn
from services.monitoring.tables import MonitoringForm, MonitoringRound, RoundExtension
from shared.auth import Caller
from shared.db import lock_one
from shared.etags import Expected
from shared.ids import new_id
from shared.problems import FieldError, InvalidPayload


async def extend_round(
    session: AsyncSession, round_id: UUID, order: ExtensionIn, *, by: Caller, at: datetime
) -> UUID:
    """Grant a unit a later due date. Raises NotFound, RoundClosed, InvalidPayload."""
    monitoring = await lock_round(session, round_id, by)
    require_open(monitoring)
    before = await session.scalar(
        select(func.coalesce(MonitoringForm.extended_to, monitoring.due_on))
        .where(_of_unit(monitoring, order.unit_code))
        .limit(1)
    )
    if before is None:
        raise InvalidPayload(errors=[_NO_FORMS])
    if order.due_on <= before:
        raise InvalidPayload(
            errors=[
                FieldError(
                    pointer="/due_on",
                    code="not_later",
                    detail=f"该单位现在的期限是 {before.isoformat()}",
                    mend="延期只能往后延，请填更晚的日期",
                )
            ]
        )
    await session.execute(
        update(MonitoringForm)
        .where(_of_unit(monitoring, order.unit_code))
        .values(extended_to=order.due_on, row_version=MonitoringForm.row_version + 1, updated_at=at)
        .execution_options(synchronize_session=False)
    )
    extension = RoundExtension(
        region_code=by.region_code,
        id=new_id(),
        round_id=round_id,
        due_before=before,
        granted_by=by.subject,
        granted_at=at,
        **order.model_dump(),
    )
    session.add(extension)
    return extension.id


async def close_round(
    session: AsyncSession,
    round_id: UUID,
    order: ClosureIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """End the round: its forms stay as they are. Raises RoundClosed, ReasonRequired."""
    monitoring = await lock_round(session, round_id, by)
    expected.check(monitoring.row_version)
    require_open(monitoring)
    outstanding = await session.scalar(
        select(func.count())
        .select_from(MonitoringForm)
        .where(
            MonitoringForm.region_code == monitoring.region_code,
            MonitoringForm.round_id == monitoring.id,
            MonitoringForm.status != "accepted",
        )
    )
    if outstanding and order.reason is None:
        raise ReasonRequired(errors=[_outstanding(outstanding)])
    monitoring.status = RoundStatus.CLOSED
    monitoring.closed_by, monitoring.closed_at = by.subject, at
    monitoring.close_reason = order.reason
    monitoring.row_version += 1


async def lock_round(session: AsyncSession, round_id: UUID, by: Caller) -> MonitoringRound:
    """The round, locked for this transaction. Raises NotFound."""
    return await lock_one(
        session,
        select(MonitoringRound).where(
            MonitoringRound.region_code == by.region_code, MonitoringRound.id == round_id
        ),
    )


def require_open(monitoring: MonitoringRound) -> None:
    """Raise RoundClosed once the round has ended."""
    if monitoring.status != RoundStatus.OPEN:
        raise RoundClosed(f"“{monitoring.name}”已结束，监控表不再变动")


def _of_unit(monitoring: MonitoringRound, unit_code: str) -> ColumnElement[bool]:
    return (
        (MonitoringForm.region_code == monitoring.region_code)
        & (MonitoringForm.round_id == monitoring.id)
        & (MonitoringForm.unit_code == unit_code)
    )


_NO_FORMS = FieldError(
    pointer="/unit_code",
    code="unit_has_no_form",
    detail="该单位在这次监控中没有监控表",
    mend="请核对单位代码",
)


def _outstanding(count: int) -> FieldError:
    return FieldError(
        pointer="/reason",
        code="missing",
        detail=f"还有 {count} 张监控表没有审核通过",
        mend="请说明为什么现在结束，或先办完这些监控表",
    )
