"""通知: a unit takes note of what was approved for it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.tables import Notice
from shared.auth import Caller
from shared.db import lock_one, within


async def receive_notice(
    session: AsyncSession, notice_id: UUID, *, by: Caller, at: datetime
) -> None:
    """Note who received it first and when; later receipts change nothing. Raises NotFound."""
    notice = await lock_one(
        session, within(select(Notice), Notice, by).where(Notice.id == notice_id)
    )
    if notice.received_at is None:
        notice.received_by, notice.received_at = by.subject, at
