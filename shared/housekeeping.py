"""What has served its time is removed in the background, a few rows at once."""

from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared import clock
from shared.bell import Bell
from shared.log import get_logger

#: A repeated POST is recognised for at least this long.
KEEP_KEYS = timedelta(days=30)
_EVERY_SECONDS = 3600

_log = get_logger(__name__)
_FORGET = text("""
    delete from idempotency_key where ctid = any (array(
        select ctid from idempotency_key where created_at < :before
        order by created_at limit 5000 for update skip locked))
""")


async def forget_old_keys(sessions: async_sessionmaker[AsyncSession], bell: Bell) -> None:
    """Delete idempotency keys past their time, hourly, until the process stops."""
    while not bell.stopping.is_set():
        try:
            async with sessions.begin() as session:
                await session.execute(_FORGET, {"before": clock.now() - KEEP_KEYS})
        except (DBAPIError, OSError) as error:
            _log.warning("keys_not_forgotten", error=str(error))
        await bell.wait_for_stop(_EVERY_SECONDS)
