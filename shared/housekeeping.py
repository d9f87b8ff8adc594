"""What has served its time is removed in the background, a few rows at once."""

from datetime import timedelta

from sqlalchemy import TextClause, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared import clock
from shared.bell import Bell
from shared.log import get_logger

#: A repeated POST is recognised for at least this long.
KEEP_KEYS = timedelta(days=30)
#: The outcome of an import can be read for at least this long.
KEEP_JOBS = timedelta(days=90)
#: A file that has not arrived by then never will.
_UPLOAD_ENDS = timedelta(days=1)
_EVERY_SECONDS = 3600

_log = get_logger(__name__)
_FORGET = text("""
    delete from idempotency_key where ctid = any (array(
        select ctid from idempotency_key where created_at < :before
        order by created_at limit 5000 for update skip locked))
""")
_FORGET_JOBS = text("""
    delete from job where (region_code, id) in (
        select region_code, id from job
        where finished_at < :finished or (state = 'receiving' and created_at < :received)
        limit 20 for update skip locked)
""")


async def forget_old_keys(sessions: async_sessionmaker[AsyncSession], bell: Bell) -> None:
    """Delete idempotency keys past their time, hourly, until the process stops."""
    await _hourly(sessions, bell, _FORGET, before=KEEP_KEYS)


async def forget_old_jobs(sessions: async_sessionmaker[AsyncSession], bell: Bell) -> None:
    """Delete jobs past their time and files that never arrived whole, hourly."""
    await _hourly(sessions, bell, _FORGET_JOBS, finished=KEEP_JOBS, received=_UPLOAD_ENDS)


async def _hourly(
    sessions: async_sessionmaker[AsyncSession],
    bell: Bell,
    statement: TextClause,
    **ages: timedelta,
) -> None:
    while not bell.stopping.is_set():
        try:
            async with sessions.begin() as session:
                now = clock.now()
                await session.execute(statement, {name: now - age for name, age in ages.items()})
        except (DBAPIError, OSError) as error:
            _log.warning("not_forgotten", error=str(error))
        await bell.wait_for_stop(_EVERY_SECONDS)
