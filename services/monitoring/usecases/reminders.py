"""催报: units are told of forms they still owe, so many days before the due date or when asked."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from services.monitoring.domain.deadlines import remind_days_before
from services.monitoring.schemas.events import MonitoringReminded
from services.monitoring.schemas.rounds import RemindersSent
from services.monitoring.usecases.round_terms import lock_round, require_open
from shared import clock
from shared.auth import Caller
from shared.bell import Bell
from shared.feed import publish
from shared.ids import new_id
from shared.log import get_logger
from shared.rulebook import Rule
from shared.service import Loop

_EVERY_SECONDS = 3600
_log = get_logger(__name__)

_OUTSTANDING = """
    select f.region_code, f.round_id, f.unit_code, coalesce(f.extended_to, r.due_on) as due_on,
           count(*) as form_count
    from monitoring_round r
    join monitoring_form f on f.region_code = r.region_code and f.round_id = r.id
    where r.status = 'open' and f.status in ('open', 'returned')
"""
_GROUPED = " group by 1, 2, 3, 4"

#: Every step of the rule a unit has reached and was not told of; of several the nearest counts.
_DUE = text(f"""
    select o.*, 'due_in_' || (select min(n) from unnest(cast(:days as int[])) as n
                              where n >= o.due_on - cast(:today as date)) as occasion
    from ({_OUTSTANDING}{_GROUPED}) o
    where o.due_on between :today and cast(:today as date) + (
            select max(n) from unnest(cast(:days as int[])) as n)
    order by 1, 2, 3
""")

_ASKED = text(f"""
    select o.*, cast(:occasion as text) as occasion
    from ({_OUTSTANDING} and r.region_code = :region_code and r.id = :round_id{_GROUPED}) o
    order by 1, 2, 3
""")

_NOTE = text("""
    insert into round_reminder (region_code, id, round_id, unit_code, due_on, occasion, form_count,
                                sent_by, sent_at)
    select * from unnest(cast(:regions as text[]), cast(:ids as uuid[]), cast(:rounds as uuid[]),
                         cast(:units as text[]), cast(:dues as date[]),
                         cast(:occasions as text[]), cast(:counts as int[])) as o,
                  (values (cast(:sent_by as text), cast(:sent_at as timestamptz))) as s
    on conflict do nothing
    returning region_code, id, round_id, unit_code, due_on, form_count
""")


def remind_hourly(deadlines: Rule) -> Loop:
    """A loop that sends what is due, hourly; nothing is sent twice."""

    async def loop(sessions: async_sessionmaker[AsyncSession], bell: Bell) -> None:
        while not bell.stopping.is_set():
            try:
                async with sessions.begin() as session:
                    await remind_due(session, deadlines, at=clock.now())
            except (DBAPIError, OSError) as error:
                _log.warning("not_reminded", error=str(error))
            await bell.wait_for_stop(_EVERY_SECONDS)

    return loop


async def remind_due(session: AsyncSession, deadlines: Rule, *, at: datetime) -> int:
    """Remind the units of every region whose forms fall due, and count them."""
    today = clock.business_day(at)
    days = remind_days_before(deadlines.on(today))
    rows = (await session.execute(_DUE, {"days": days, "today": today})).all()
    return len(await _send(session, rows, sent_by=None, at=at))


async def remind_units(
    session: AsyncSession, round_id: UUID, *, by: Caller, today: date, at: datetime
) -> RemindersSent:
    """Remind the units of a round now; asked twice on a day, they are told once."""
    require_open(await lock_round(session, round_id, by))
    asked = {"occasion": f"asked_{today.isoformat()}", "round_id": round_id}
    rows = (await session.execute(_ASKED, {**asked, "region_code": by.region_code})).all()
    sent = await _send(session, rows, sent_by=by.subject, at=at)
    return RemindersSent(unit_count=len(sent), form_count=sum(row.form_count for row in sent))


async def _send(
    session: AsyncSession, rows: Sequence[Row[Any]], *, sent_by: str | None, at: datetime
) -> Sequence[Row[Any]]:
    if not rows:
        return []
    values = {
        "regions": [row.region_code for row in rows],
        "ids": [new_id() for _ in rows],
        "rounds": [row.round_id for row in rows],
        "units": [row.unit_code for row in rows],
        "dues": [row.due_on for row in rows],
        "occasions": [row.occasion for row in rows],
        "counts": [row.form_count for row in rows],
    }
    noted = await session.execute(_NOTE, {**values, "sent_by": sent_by, "sent_at": at})
    sent = sorted(noted.all(), key=lambda row: (row.region_code, row.id))
    for region_code, group in groupby(sent, key=lambda row: str(row.region_code)):
        await publish(session, region_code, *map(_fact, group), at=at)
    return sent


def _fact(row: Row[Any]) -> MonitoringReminded:
    return MonitoringReminded(
        reminder_id=row.id,
        version=1,
        round_id=row.round_id,
        unit_code=row.unit_code,
        due_on=row.due_on,
        form_count=row.form_count,
    )
