"""Facts travel as a feed: appended in the transaction that made them true, read by long poll.

Order: rows carry the `xid8` of their transaction and a page ends before the oldest one still
running, so a transaction that commits late is never skipped. A consumer applies a batch and moves
its cursor in one transaction: nothing lost, nothing applied twice. An event that can't be applied
is parked with its error and the feed goes on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import orjson
from cloudevents.core.v1.event import CloudEvent
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared import clock
from shared.bell import Bell
from shared.db import Reads, on_commit
from shared.fields import Out
from shared.http import Peers
from shared.ids import new_id, outgoing_ids
from shared.log import get_logger
from shared.problems import CursorInvalid

_log = get_logger(__name__)
START = "0-0"
_TRIES = 3


class Fact(Out):
    """The data of an event: a past-tense fact with the snapshot a consumer needs."""

    type: ClassVar[str]

    def subject(self) -> str:
        """What the fact is about; `version` grows per subject."""
        raise NotImplementedError


async def publish(session: AsyncSession, region_code: str, *facts: Fact, at: datetime) -> None:
    """Append facts to this service's feed within the caller's transaction."""
    if not facts:
        return
    traceparent = (outgoing_ids.get() or {}).get("traceparent")
    rows = [
        {
            "region_code": region_code,
            "id": new_id(),
            "type": fact.type,
            "subject": fact.subject(),
            "data": fact.model_dump_json(),
            "time": at,
            "traceparent": traceparent,
        }
        for fact in facts
    ]
    await session.execute(_APPEND, rows)
    _ring_after_commit(session)


async def publish_selected(
    session: AsyncSession,
    fact: type[Fact],
    select: str,
    values: Mapping[str, Any],
    *,
    count: int,
    at: datetime,
) -> None:
    """Append the facts that a select makes, `subject` and `data` in the fact's shape, at most
    `count` of them: for those too many to build one by one."""
    traceparent = (outgoing_ids.get() or {}).get("traceparent")
    await session.execute(
        text(_APPEND_SELECTED.format(select=select)),
        {
            **values,
            "event_ids": [new_id() for _ in range(count)],
            "event_type": fact.type,
            "event_time": at,
            "traceparent": traceparent,
        },
    )
    _ring_after_commit(session)


def _ring_after_commit(session: AsyncSession) -> None:
    if not session.info.get("rings"):  # also heard at each savepoint's end, which does no harm
        session.info["rings"] = True
        on_commit(session, session.info["on_commit"])


_APPEND = text("""
    insert into event (region_code, id, type, subject, data, time, traceparent)
    values (:region_code, :id, :type, :subject, cast(:data as jsonb), :time, :traceparent)
""")

_APPEND_SELECTED = """
    insert into event (region_code, id, type, subject, data, time, traceparent)
    select :region_code, (cast(:event_ids as uuid[]))[n], :event_type, subject, data, :event_time,
           cast(:traceparent as text)
    from (select *, row_number() over (order by subject) as n from ({select}) selected) numbered
"""

_PAGE = """
    select region_code, id, txid::text as txid, seq, type, subject, data::text as data, time, traceparent
    from event
    where (txid, seq) > ($1::text::xid8, $2::bigint)
      and txid < pg_snapshot_xmin(pg_current_snapshot())
      and ($3::text = '' or region_code = $3)
    order by event.txid, event.seq limit $4
"""


async def read_feed(
    reads: Reads,
    bell: Bell,
    *,
    process: str,
    region_code: str,
    after: str,
    limit: int,
    wait: float,
    poll: float,
) -> list[dict[str, Any]]:
    """CloudEvents behind the cursor, oldest first; waits up to `wait` seconds for the first."""
    txid, seq = _position(after)
    deadline = asyncio.get_running_loop().time() + wait
    while True:
        rows = await reads.all(_PAGE, txid, seq, region_code, limit)
        left = deadline - asyncio.get_running_loop().time()
        if rows or left <= 0 or bell.stopping.is_set():
            return [_cloud_event(process, row) for row in rows]
        await bell.wait(min(left, poll))


def _position(cursor: str) -> tuple[str, int]:
    txid, _, seq = cursor.partition("-")
    if not (txid.isdecimal() and seq.isdecimal() and len(txid) <= 19 and len(seq) <= 18):
        raise CursorInvalid("feed 游标形如 0-0")
    return txid, int(seq)


def _cloud_event(process: str, row: Mapping[str, Any]) -> dict[str, Any]:
    attributes = {
        "specversion": "1.0",
        "id": str(row["id"]),
        "source": f"/services/{process}",
        "type": row["type"],
        "subject": row["subject"],
        "time": row["time"],
        "datacontenttype": "application/json",
        "regioncode": row["region_code"],
        "feedcursor": f"{row['txid']}-{row['seq']}",
    }
    if row["traceparent"]:
        attributes["traceparent"] = row["traceparent"]
    CloudEvent(dict(attributes))  # raises when an attribute breaks the specification
    return {**attributes, "time": row["time"].isoformat(), "data": orjson.loads(row["data"])}


#: Applies one view of an event to the consumer's own tables.
Apply = Callable[[AsyncSession, str, Any], Awaitable[None]]


@dataclass(frozen=True)
class Consumer:
    """What a service learns from another's feed.

    `handlers`: event type → (the fields it reads, what it does with them), safe to repeat.
    `projections`: tables that hold nothing but what the feed says; a rebuild empties them.
    """

    source: str
    handlers: Mapping[str, tuple[type[BaseModel], Apply]]
    projections: tuple[str, ...]


class Follower:
    """Runs one consumer: read a batch, apply it, move the cursor, in one transaction."""

    def __init__(
        self,
        consumer: Consumer,
        sessions: async_sessionmaker[AsyncSession],
        peers: Peers,
        bell: Bell,
        wait: float,
    ) -> None:
        self._consumer = consumer
        self._sessions = sessions
        self._peers = peers
        self._bell = bell
        self._wait = wait

    async def run(self) -> None:
        """Follow the feed until the process stops; a producer that is down is asked again."""
        pause = 0.2
        while not self._bell.stopping.is_set():
            try:
                await self.step()
                pause = 0.2
            except Exception as error:  # whatever goes wrong, the feed is followed on
                _log.warning("feed_not_read", source=self._consumer.source, error=str(error))
                await self._bell.wait(pause)
                pause = min(pause * 2, 5)

    async def step(self) -> int:
        """Read and apply one batch; answers how many events it held."""
        position = await self._where()
        events = await self._fetch(position)
        if events and not await self._apply_batch(position, events):
            await asyncio.sleep(0.05)  # another replica is applying this very batch
        return len(events)

    async def _where(self) -> str:
        async with self._sessions.begin() as session:
            await session.execute(_OPEN_CURSOR, {"source": self._consumer.source})
            position = await session.scalar(_READ_CURSOR, {"source": self._consumer.source})
        return str(position)

    async def _fetch(self, position: str) -> list[dict[str, Any]]:
        answer = await self._peers.get(
            self._consumer.source,
            "/events",
            params={"after": position, "limit": 200, "wait": self._wait},
            timeout=self._wait + 10,
        )
        events: list[dict[str, Any]] = orjson.loads(answer.content)
        return events

    async def _apply_batch(self, position: str, events: list[dict[str, Any]]) -> bool:
        source = {"source": self._consumer.source}
        async with self._sessions.begin() as session:
            locked = await session.scalar(_LOCK_CURSOR, source)
            if locked != position:
                return False
            for event in events:
                await apply_or_park(session, self._consumer, event)
            await session.execute(_MOVE_CURSOR, {**source, "position": events[-1]["feedcursor"]})
        return True


async def apply_or_park(session: AsyncSession, consumer: Consumer, event: dict[str, Any]) -> None:
    """Apply one event in a savepoint; after three failures park it with the last error."""
    if event["type"] not in consumer.handlers:
        return
    for attempt in range(1, _TRIES + 1):
        try:
            await apply(session, consumer, event)
        except DBAPIError as error:
            if error.connection_invalidated or attempt == _TRIES:
                await _park_unless_lost(session, consumer, event, error)
                return
        except Exception as error:  # whatever a handler raises must not stop the feed
            if attempt == _TRIES:
                await _park(session, consumer, event, error)
                return
        else:
            return
        await asyncio.sleep(0.02 * attempt)


async def apply(session: AsyncSession, consumer: Consumer, event: dict[str, Any]) -> None:
    """Apply one event in a savepoint."""
    view, handler = consumer.handlers[event["type"]]
    async with session.begin_nested():
        await handler(session, event["regioncode"], view.model_validate(event["data"]))


async def _park_unless_lost(
    session: AsyncSession, consumer: Consumer, event: dict[str, Any], error: DBAPIError
) -> None:
    if error.connection_invalidated:
        raise error
    await _park(session, consumer, event, error)


async def _park(
    session: AsyncSession, consumer: Consumer, event: dict[str, Any], error: Exception
) -> None:
    _log.error("event_parked", source=consumer.source, type=event["type"], error=str(error))
    await session.execute(
        _PARK,
        {
            "region_code": event["regioncode"],
            "source": consumer.source,
            "event_id": UUID(event["id"]),
            "type": event["type"],
            "event": orjson.dumps(event).decode(),
            "error": f"{type(error).__name__}: {error}"[:2000],
            "at": clock.now(),
        },
    )


async def rebuild(session: AsyncSession, consumer: Consumer) -> None:
    """Empty the consumer's projections and start its feed from zero, in one transaction."""
    await session.execute(_OPEN_CURSOR, {"source": consumer.source})
    await session.execute(_LOCK_CURSOR_WAIT, {"source": consumer.source})
    for table in consumer.projections:
        await session.execute(text(f"delete from {table}"))  # names come from code
    await session.execute(
        text("delete from parked_event where source = :source"), {"source": consumer.source}
    )
    await session.execute(_MOVE_CURSOR, {"source": consumer.source, "position": START})


_OPEN_CURSOR = text(
    f"insert into feed_cursor (source, position) values (:source, '{START}') on conflict do nothing"
)
_READ_CURSOR = text("select position from feed_cursor where source = :source")
_LOCK_CURSOR = text(
    "select position from feed_cursor where source = :source for update skip locked"
)
_LOCK_CURSOR_WAIT = text("select position from feed_cursor where source = :source for update")
_MOVE_CURSOR = text("update feed_cursor set position = :position where source = :source")
_PARK = text("""
    insert into parked_event (region_code, source, event_id, type, event, error, parked_at)
    values (:region_code, :source, :event_id, :type, cast(:event as jsonb), :error, :at)
    on conflict do nothing
""")
