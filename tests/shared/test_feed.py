"""The feed loses nothing, applies nothing twice, and is not stopped by one bad event."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import ClassVar

import pytest
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from shared import clock
from shared.bell import Bell
from shared.db import Reads, create_engine, create_pool, sessions_of
from shared.feed import START, Consumer, Fact, Follower, publish, read_feed, rebuild
from shared.http import Peers
from tests.conftest import Databases, execute, service_url
from tests.shared.producer import Producer, running_producer

REGION = "640104000"


class Noted(Fact):
    """Something was noted."""

    type: ClassVar[str] = "test.noted.v1"
    number: int

    def subject(self) -> str:
        """Its number."""
        return str(self.number)


class NotedView(BaseModel):
    """What the consumer reads of it."""

    number: int


class Feeds:
    """The goals schema as producer, the monitoring schema as consumer, one database."""

    def __init__(self, producer: AsyncEngine, consumer: AsyncEngine, reads: Reads) -> None:
        self.bell = Bell()
        self.writes = sessions_of(producer, on_commit=self.bell.ring)
        self.applies = sessions_of(consumer, on_commit=lambda: None)
        self.reads = reads

    async def read(self, after: str = START, wait: float = 0) -> list[int]:
        """The numbers behind a cursor, in feed order."""
        return [event["data"]["number"] for event in await self.page(after, wait=wait)]

    async def page(self, after: str = START, *, wait: float = 0) -> list[dict]:  # type: ignore[type-arg]
        """The events behind a cursor."""
        return await read_feed(
            self.reads, self.bell, process="goals", region_code="", after=after, limit=1000,
            wait=wait, poll=0.2,
        )  # fmt: skip


async def note(session: AsyncSession, *numbers: int) -> None:
    """Publish one fact per number."""
    await publish(session, REGION, *(Noted(number=n) for n in numbers), at=clock.now())


@pytest.fixture
async def feeds(databases: Databases) -> AsyncIterator[Feeds]:
    """A fresh database with a table that takes each number once, and only once."""
    url = await databases.new()
    await execute(url, "create table monitoring.noted (number int primary key, nth int)")
    await execute(url, "grant all on monitoring.noted to wenxiao_monitoring")
    goals, monitoring = service_url(url, "goals"), service_url(url, "monitoring")
    producer = create_engine(goals, process="goals", schema="goals", pool_size=20)
    consumer = create_engine(monitoring, process="monitoring", schema="monitoring", pool_size=10)
    pool = await create_pool(goals, process="goals", schema="goals", size=10)
    yield Feeds(producer, consumer, Reads(pool))
    await pool.close()
    await producer.dispose()
    await consumer.dispose()


async def keep(session: AsyncSession, _region_code: str, noted: NotedView) -> None:
    """The consumer's handler: a second application breaks the primary key."""
    await session.execute(text("insert into noted values (:n, 1)"), {"n": noted.number})


def consumer_of(handler: object) -> Consumer:
    """A consumer of the goals feed."""
    return Consumer(
        "goals",
        {Noted.type: (NotedView, handler)},  # type: ignore[dict-item]
        projections=("noted",),
    )


async def numbers(sessions: async_sessionmaker[AsyncSession]) -> list[int]:
    """What the consumer has applied."""
    async with sessions.begin() as session:
        return list(await session.scalars(text("select number from noted order by number")))


async def follow(feeds: Feeds, producer: Producer, consumer: Consumer, *, until: int) -> None:
    """One replica follows until `until` numbers are applied."""
    peers = Peers(producer.tokens_of("monitoring"), {"goals": producer.url})
    follower = Follower(consumer, feeds.applies, peers, Bell(), wait=0.2)
    try:
        while len(await numbers(feeds.applies)) < until:
            await follower.step()
    finally:
        await peers.close()


async def test_a_transaction_that_commits_late_is_still_delivered(feeds: Feeds) -> None:
    late = feeds.writes()
    await note(late, 1)
    async with feeds.writes.begin() as early:
        await note(early, 2)
    cursor = START
    seen = await feeds.page(cursor)
    assert seen == [], "the later number must wait for the transaction that is still open"
    await late.commit()
    await late.close()
    assert await feeds.read(cursor) == [1, 2]


async def test_transactions_are_ordered_as_numbers(feeds: Feeds) -> None:
    async with feeds.writes.begin() as session:
        await note(session, 9, 10, 100)
        for number in (9, 10, 100):
            await session.execute(
                text("update event set txid = cast(:n as text)::xid8 where subject = :n"),
                {"n": str(number)},
            )
    assert await feeds.read() == [9, 10, 100]
    assert await feeds.read(after="10-0") == [10, 100]


async def test_a_rolled_back_transaction_leaves_no_event(feeds: Feeds) -> None:
    session = feeds.writes()
    await note(session, 1)
    await session.rollback()
    await session.close()
    async with feeds.writes.begin() as other:
        await note(other, 2)
    assert await feeds.read() == [2]


async def test_a_long_poll_is_woken_by_a_commit(feeds: Feeds) -> None:
    waiting = asyncio.create_task(feeds.read(wait=10))
    await asyncio.sleep(0.05)
    async with feeds.writes.begin() as session:
        await note(session, 7)
    assert await asyncio.wait_for(waiting, 5) == [7]


async def test_a_long_poll_ends_when_the_process_stops(feeds: Feeds) -> None:
    waiting = asyncio.create_task(feeds.read(wait=30))
    await asyncio.sleep(0.05)
    feeds.bell.stop()
    assert await asyncio.wait_for(waiting, 5) == []


async def test_two_replicas_apply_each_event_once(feeds: Feeds) -> None:
    rng = random.Random(1)

    async def write(start: int) -> None:
        for number in range(start, start + 20):
            async with feeds.writes.begin() as session:
                await note(session, number)
                await asyncio.sleep(rng.random() / 200)  # commits out of order

    async with running_producer(feeds.reads, feeds.bell) as producer:
        total = 8 * 20
        await asyncio.gather(
            *(write(1000 * writer) for writer in range(8)),
            follow(feeds, producer, consumer_of(keep), until=total),
            follow(feeds, producer, consumer_of(keep), until=total),
        )
    assert len(await numbers(feeds.applies)) == total
    async with feeds.applies.begin() as session:
        assert await session.scalar(text("select count(*) from parked_event")) == 0


async def test_a_poisoned_event_is_parked_and_the_rest_flows(feeds: Feeds) -> None:
    async def refuse_13(session: AsyncSession, region_code: str, noted: NotedView) -> None:
        await keep(session, region_code, noted)
        if noted.number == 13:
            raise ValueError("十三不可处理")

    async with feeds.writes.begin() as session:
        await note(session, 12, 13, 14)
    async with running_producer(feeds.reads, feeds.bell) as producer:
        await follow(feeds, producer, consumer_of(refuse_13), until=2)
    assert await numbers(feeds.applies) == [12, 14]
    async with feeds.applies.begin() as session:
        parked = (await session.execute(text("select type, error from parked_event"))).all()
    assert parked == [(Noted.type, "ValueError: 十三不可处理")]


async def test_an_event_that_breaks_the_consumers_view_is_parked(feeds: Feeds) -> None:
    class Stricter(BaseModel):
        number: int
        colour: str

    consumer = Consumer("goals", {Noted.type: (Stricter, keep)}, projections=())
    async with feeds.writes.begin() as session:
        await note(session, 1)
    async with running_producer(feeds.reads, feeds.bell) as producer:
        peers = Peers(producer.tokens_of("monitoring"), {"goals": producer.url})
        assert await Follower(consumer, feeds.applies, peers, Bell(), wait=1).step() == 1
        await peers.close()
    async with feeds.applies.begin() as session:
        assert await session.scalar(text("select count(*) from parked_event")) == 1


async def test_replay_from_zero_rebuilds_the_projection(feeds: Feeds) -> None:
    async with feeds.writes.begin() as session:
        await note(session, *range(5))
    consumer = consumer_of(keep)
    async with running_producer(feeds.reads, feeds.bell) as producer:
        await follow(feeds, producer, consumer, until=5)
        async with feeds.applies.begin() as session:
            await rebuild(session, consumer)
        assert await numbers(feeds.applies) == []
        await follow(feeds, producer, consumer, until=5)
    assert await numbers(feeds.applies) == list(range(5))


async def test_a_crash_between_reading_and_committing_applies_nothing_twice(feeds: Feeds) -> None:
    async with feeds.writes.begin() as session:
        await note(session, 1, 2)

    async def die(session: AsyncSession, region_code: str, noted: NotedView) -> None:
        await keep(session, region_code, noted)
        if noted.number == 2:
            raise asyncio.CancelledError  # what a killed process looks like from inside

    async with running_producer(feeds.reads, feeds.bell) as producer:
        with pytest.raises(asyncio.CancelledError):
            await follow(feeds, producer, consumer_of(die), until=2)
        assert await numbers(feeds.applies) == []
        await follow(feeds, producer, consumer_of(keep), until=2)
    assert await numbers(feeds.applies) == [1, 2]


@pytest.mark.parametrize(
    "cursor", ["", "x", "1", "-", "1-2-3", "9" * 30 + "-1", "b8683717-4db6-422b-a4e1-29a4d76a193e"]
)
async def test_a_strange_cursor_is_refused(feeds: Feeds, cursor: str) -> None:
    with pytest.raises(Exception, match="feed 游标"):
        await feeds.page(cursor)
