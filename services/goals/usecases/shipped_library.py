"""The shipped library is brought into the common region when the service starts."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from services.goals.domain import indicator_library
from services.goals.domain.entry_states import EntryStatus
from services.goals.domain.indicator_library import Entry
from services.goals.domain.search_terms import key, terms
from services.goals.domain.vocabulary import LIBRARY_SECTORS
from services.goals.tables import COMMON_REGION, IndicatorEntry
from shared import clock
from shared.db import wait_turn
from shared.ids import new_id
from shared.log import get_logger

_log = get_logger(__name__)
_FORGET_COUNTS = text("delete from indicator_term where region_code = :region")
_COUNT_AGAIN = text("""
    insert into indicator_term (region_code, term, entry_count)
    select region_code, term, count(*) from indicator_entry, unnest(terms) term
    where region_code = :region and status = 'confirmed' group by region_code, term
""")


async def stock_library(sessions: async_sessionmaker[AsyncSession]) -> None:
    """What `create_service` calls at start; replicas take turns."""
    shipped = indicator_library.load()
    async with sessions.begin() as session:
        changed = await bring_in(session, shipped, at=clock.now())
    _log.info("library_stocked", entries=len(shipped), changed=changed)


async def bring_in(session: AsyncSession, shipped: Sequence[Entry], *, at: datetime) -> int:
    """Write what is new or changed and retire what is no longer shipped; how many rows that took."""
    await take_turn(session, COMMON_REGION)
    stored = {row.code: row for row in await session.scalars(_common_entries())}
    wanted = {entry.code: _columns(entry) for entry in shipped}
    for code in stored.keys() - wanted.keys():
        wanted[code] = {"status": EntryStatus.RETIRED, "reason": "已从公共指标库中撤下"}
    changed = sum(_write(session, stored.get(code), wanted[code], at) for code in sorted(wanted))
    if changed:
        await session.flush()
        await session.execute(_FORGET_COUNTS, {"region": COMMON_REGION})
        await session.execute(_COUNT_AGAIN, {"region": COMMON_REGION})
    return changed


async def take_turn(session: AsyncSession, region_code: str) -> None:
    """One writer of a region's library at a time, until the transaction ends."""
    await wait_turn(session, f"indicator_entry {region_code}")


def stored_form(entry: Entry) -> dict[str, Any]:
    """An entry as its row's columns, with what it is found by."""
    found_by = f"{entry.name} {entry.definition} {LIBRARY_SECTORS[entry.sector]}"
    return {**asdict(entry), "name_key": key(entry.name), "terms": sorted(terms(found_by))}


def _columns(entry: Entry) -> dict[str, Any]:
    return {**stored_form(entry), "status": EntryStatus.CONFIRMED, "reason": None}


def _common_entries() -> Any:
    return select(IndicatorEntry).where(IndicatorEntry.region_code == COMMON_REGION)


def _write(
    session: AsyncSession, row: IndicatorEntry | None, columns: dict[str, Any], at: datetime
) -> bool:
    if row is None:
        row = IndicatorEntry(region_code=COMMON_REGION, id=new_id(), row_version=0)
        session.add(row)
    elif all(getattr(row, name) == value for name, value in columns.items()):
        return False
    for name, value in columns.items():
        setattr(row, name, value)
    row.row_version += 1
    row.updated_at = at
    return True
