"""逾期与升级 day by day: who became late is written down and told, holds on payments are proposed.

Lists compute lateness by themselves, so nothing waits for the watch; run again on the same day it
changes nothing.
"""

from datetime import date, datetime
from itertools import groupby

from sqlalchemy import Select, case, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from services.monitoring.domain.rectification import Lateness, lateness
from services.monitoring.domain.rectification_rules import rectification_rules
from services.monitoring.tables import Rectification
from services.monitoring.usecases.payment_proposals import propose_controls
from services.monitoring.usecases.rectification_facts import note, tell
from services.monitoring.usecases.rectifications import owed
from shared import clock
from shared.bell import Bell
from shared.log import get_logger

#: Who steps are written down for when nobody took them.
WATCH = "svc:monitoring"
_EVERY_SECONDS = 3600
_AT_ONCE = 500

_log = get_logger(__name__)
_TURN = text("select pg_try_advisory_xact_lock(hashtextextended('rectification.watch', 0))")
_STEPS = {Lateness.OVERDUE: "overdue", Lateness.ESCALATED: "escalate"}


async def keep_watch(sessions: async_sessionmaker[AsyncSession], bell: Bell) -> None:
    """Look once an hour until the process stops; one replica at a time does the work."""
    while not bell.stopping.is_set():
        try:
            while await look_once(sessions, at=clock.now()):
                pass
        except (DBAPIError, OSError) as error:
            _log.warning("rectifications_not_watched", error=str(error))
        await bell.wait_for_stop(_EVERY_SECONDS)


async def look_once(sessions: async_sessionmaker[AsyncSession], *, at: datetime) -> int:
    """One transaction's worth of work; answers how many letters and controls it changed."""
    async with sessions.begin() as session:
        if not await session.scalar(_TURN):
            return 0
        return await mark_late(session, at=at) or await propose_controls(session, by=WATCH, at=at)


async def mark_late(session: AsyncSession, *, at: datetime) -> int:
    """Write down who became late or later since it was last looked at, with a fact for each."""
    today = clock.business_day(at)
    escalates_before = rectification_rules().escalates_before(today)
    letters = (await session.scalars(_lately_late(today, escalates_before))).all()
    for letter in letters:
        late_since = owed(letter)
        letter.lateness = lateness(late_since, today, escalates_before=escalates_before)
        letter.row_version += 1
        letter.updated_at = at
        step = _STEPS[Lateness(letter.lateness)]
        days = (today - late_since).days if late_since else 0
        told = f"应于 {late_since} 办理，已逾期 {days} 天"
        note(session, letter, step, by=WATCH, at=at, text=told)
    for _, of_region in groupby(letters, key=lambda letter: letter.region_code):
        await tell(session, list(of_region), at=at)
    return len(letters)


def _lately_late(today: date, escalates_before: date | None) -> Select[Rectification]:
    owed_on = case(
        (Rectification.status.in_(("issued", "received", "returned")), Rectification.due_on),
        (
            (Rectification.status == "in_progress") & Rectification.completed_on.is_(None),
            Rectification.finish_due_on,
        ),
    )
    newly = (Rectification.lateness == Lateness.ON_TIME) & (owed_on < today)
    if escalates_before is not None:
        not_yet = Rectification.lateness != Lateness.ESCALATED
        newly |= not_yet & (owed_on < escalates_before)
    return (
        select(Rectification)
        .where(Rectification.status != "verified", newly)
        .order_by(Rectification.region_code, Rectification.id)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
