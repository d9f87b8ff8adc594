"""What goes on in the background: working queued runs off, and starting the daily ones."""

from datetime import date, datetime

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from services.monitoring.domain.packs import Packs
from services.monitoring.errors import CalendarNotEntered, RulesNotInForce
from services.monitoring.tables import MonitoringRound, RuleRun
from services.monitoring.usecases.rule_runs import (
    OPEN_STATES,
    is_judged,
    queue_run,
    work_chunk,
)
from shared import clock
from shared.bell import Bell
from shared.log import get_logger
from shared.service import Loop

_log = get_logger(__name__)
_LOOK_SECONDS = 0.5
_AFTER_FAILURE_SECONDS = 5
_DAILY_SECONDS = 300
_SCHEDULER = "svc:monitoring"
_TURN = text("select pg_try_advisory_xact_lock(hashtextextended('daily rule runs', 0))")


def loops(packs: Packs, *, daily: bool) -> list[Loop]:
    """What a replica runs in the background: queued runs, and the daily ones where asked for."""
    return [work_off_runs, *([daily_runs(packs)] if daily else [])]


async def work_off_runs(sessions: async_sessionmaker[AsyncSession], bell: Bell) -> None:
    """Take queued runs chunk by chunk to their end, until the process stops."""
    while not bell.stopping.is_set():
        pause: float = 0
        try:
            if not await work_somewhere(sessions):
                pause = _LOOK_SECONDS
        except (DBAPIError, OSError) as error:
            _log.warning("rule_run_interrupted", error=str(error))
            pause = _AFTER_FAILURE_SECONDS
        if pause:
            await bell.wait_for_stop(pause)


async def work_somewhere(sessions: async_sessionmaker[AsyncSession]) -> bool:
    """One chunk of a run nobody is working on; False when there is none."""
    async with sessions.begin() as session:
        wanted = select(RuleRun).where(RuleRun.state.in_(OPEN_STATES)).order_by(RuleRun.run_at)
        run = await session.scalar(
            wanted.limit(1).with_for_update(skip_locked=True, key_share=True)
        )
        if run is None:
            return False
        await work_chunk(session, run, at=clock.now())
        return True


def daily_runs(packs: Packs) -> Loop:
    """A loop that queues a run of each open round once a day."""

    async def loop(sessions: async_sessionmaker[AsyncSession], bell: Bell) -> None:
        while not bell.stopping.is_set():
            try:
                async with sessions.begin() as session:
                    await queue_daily_runs(session, packs, at=clock.now())
            except (DBAPIError, OSError) as error:
                _log.warning("daily_rule_runs_not_queued", error=str(error))
            await bell.wait_for_stop(_DAILY_SECONDS)

    return loop


async def queue_daily_runs(session: AsyncSession, packs: Packs, *, at: datetime) -> int:
    """Queue the day's run of every round that is still open for filling in; how many that were.

    Facts count to today, or to the end of the round's period when that is over.
    """
    today = clock.business_day(at)
    if not await session.scalar(_TURN):
        return 0
    rounds = await session.scalars(
        select(MonitoringRound).where(
            MonitoringRound.status == "open",
            MonitoringRound.period_from <= today,
            MonitoringRound.due_on >= today,
        )
    )
    queued = 0
    for monitoring in rounds.all():
        as_of = min(today, monitoring.period_to)
        if await _ran_today(session, monitoring, today) or await is_judged(session, monitoring):
            continue
        try:
            await queue_run(session, monitoring, as_of, packs, run_by=_SCHEDULER, at=at)
            queued += 1
        except (CalendarNotEntered, RulesNotInForce) as error:
            _log.warning("daily_rule_run_not_queued", round=str(monitoring.id), error=str(error))
    return queued


async def _ran_today(session: AsyncSession, monitoring: MonitoringRound, today: date) -> bool:
    last = await session.scalar(
        select(RuleRun.run_at)
        .where(
            RuleRun.region_code == monitoring.region_code,
            RuleRun.round_id == monitoring.id,
            RuleRun.run_by == _SCHEDULER,
        )
        .order_by(RuleRun.run_at.desc())
        .limit(1)
    )
    return last is not None and clock.business_day(last) == today
