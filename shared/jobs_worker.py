"""Work jobs off: claim one, store its chunks in order, each in one transaction with its outcome.

A worker that dies takes its unfinished chunk back with it; after the lease another goes on from the
first chunk without an outcome. A worker that only seemed dead finds the job in other hands when it
counts its chunk in, and takes it back.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared import clock, jobs_ledger
from shared.bell import Bell
from shared.db import Reads
from shared.ids import new_id
from shared.jobs import Importer, restored
from shared.jobs_chunks import Chunk, apply, apply_in_parts, read_chunk
from shared.log import get_logger

#: Then another job has its turn.
_CHUNKS_A_TURN = 40
_TRIES = 5
_LOOK_SECONDS = 2.0

_log = get_logger(__name__)
_BODY = "select body from job_chunk where region_code = $1 and job_id = $2 and number = $3"


class NotOurs(Exception):
    """The job was cancelled, or another worker has it."""


class Spoiled(Exception):
    """A line found good when checked is not when stored: nothing of the job may stay."""

    def __init__(self, chunk: Chunk[Any]) -> None:
        super().__init__(chunk.number)
        self.chunk = chunk


@dataclass(frozen=True)
class Workshop:
    """What the workers of a process share."""

    importers: Mapping[str, Importer[Any]]
    sessions: async_sessionmaker[AsyncSession]
    reads: Reads
    stopping: asyncio.Event
    lease: timedelta

    def until(self) -> datetime:
        """When a lease taken now ends."""
        return clock.now() + self.lease


class Workers:
    """The workers of this process."""

    def __init__(self, workshop: Workshop, *, count: int) -> None:
        self._workshop = workshop
        self._count = count
        self._work = Bell()

    def wake(self) -> None:
        """A job may be waiting."""
        self._work.ring()

    async def run(self) -> None:
        """Work until the process stops."""
        await asyncio.gather(*(self._worker() for _ in range(self._count)))

    async def _worker(self) -> None:
        worker = new_id()
        while not self._workshop.stopping.is_set():
            found = False
            try:
                found = await self._turn(worker)
            except Exception as error:  # the job is tried again when its lease is over
                _log.warning("job_interrupted", error=f"{type(error).__name__}: {error}"[:500])
            if not found:
                await self._work.wait(min(_LOOK_SECONDS, self._workshop.lease.total_seconds()))

    async def _turn(self, worker: UUID) -> bool:
        workshop = self._workshop
        async with workshop.sessions.begin() as session:
            row = await jobs_ledger.claim(
                session, kinds=list(workshop.importers), worker=worker, until=workshop.until()
            )
        if row is None:
            return False
        job = _Job(row, worker, workshop)
        try:
            await job.work()
        except NotOurs:
            await job.let_go()
            return True
        except asyncio.CancelledError:
            await job.release()
            raise
        await job.release()
        return True


class _Job:
    """One claimed job."""

    def __init__(self, row: Mapping[str, Any], worker: UUID, workshop: Workshop) -> None:
        self._row = row
        self._key = {"region_code": row["region_code"], "id": row["id"]}
        self._importer = workshop.importers[row["kind"]]
        self._by = restored(row["caller"])
        self._worker = worker
        self._workshop = workshop

    async def work(self) -> None:
        """Do a turn's share. Raises NotOurs; whatever else it raises is tried again."""
        if self._row["tries"] > _TRIES:
            await self._end("failed", "多次处理均被中断，已停止；请凭任务编号联系运维人员")
        elif self._row["checked"]:
            await self._store_all_or_nothing()
        else:
            await self._store_some()

    async def release(self) -> None:
        """Let another worker have it at once."""
        async with self._workshop.sessions.begin() as session:
            await jobs_ledger.release(session, self._key, worker=self._worker)

    async def let_go(self) -> None:
        """Leave it to whoever took it; if it was cancelled, clean up what the chunk had locked."""
        async with self._workshop.sessions.begin() as session:
            await jobs_ledger.erase(session, self._key)

    @property
    def _is_check(self) -> bool:
        """Whether this is the first way through an all-or-nothing job, which stores nothing."""
        return self._row["atomic"] == "all" and not self._row["dry_run"]

    @property
    def _trial(self) -> bool:
        return self._is_check or bool(self._row["dry_run"])

    async def _store_some(self) -> None:
        """Chunks one after another; the next is read and validated while one is being stored."""
        number = int(self._row["next_chunk"])
        last = min(number + _CHUNKS_A_TURN, int(self._row["chunk_count"]))
        upcoming = asyncio.create_task(self._read(number))
        try:
            while number < last and not self._workshop.stopping.is_set():
                chunk = await upcoming
                number += 1
                if number < last:
                    upcoming = asyncio.create_task(self._read(number))
                await self._store(chunk)
        finally:
            upcoming.cancel()

    async def _read(self, number: int) -> Chunk[Any]:
        key = self._key
        row = await self._workshop.reads.one(_BODY, key["region_code"], key["id"], number)
        return await read_chunk(number, row["body"], self._row["columns"], self._importer)

    async def _store(self, chunk: Chunk[Any]) -> None:
        """A chunk in one transaction; when the database refuses a row, again to find out which."""
        try:
            await self._store_at_once(chunk)
        except (IntegrityError, DataError):
            async with self._workshop.sessions.begin() as session:
                await apply_in_parts(session, chunk, self._importer, by=self._by, trial=self._trial)
                await self._record(session, chunk)

    async def _store_at_once(self, chunk: Chunk[Any]) -> None:
        async with self._workshop.sessions.begin() as session:
            if self._trial:
                await apply_in_parts(session, chunk, self._importer, by=self._by, trial=True)
            else:
                await apply(session, chunk, self._importer, by=self._by)
            await self._record(session, chunk)

    async def _record(self, session: AsyncSession, chunk: Chunk[Any]) -> None:
        if self._is_check:
            chunk.skip_good()
        job = await jobs_ledger.record_next(
            session,
            self._key,
            chunk,
            worker=self._worker,
            until=self._workshop.until(),
            keep_body=self._is_check,
        )
        if job is None:
            raise NotOurs
        if job["is_last"]:
            await self._finish(session, failed=job["failed_count"])

    async def _finish(self, session: AsyncSession, *, failed: int) -> None:
        if not self._is_check:
            await jobs_ledger.end(session, self._key, state="done")
        elif failed:
            reason = f"{failed} 行有误，全部未入库"
            await jobs_ledger.end(session, self._key, state="failed", reason=reason)
        else:
            await jobs_ledger.all_good(session, self._key)

    async def _store_all_or_nothing(self) -> None:
        try:
            async with self._workshop.sessions.begin() as session:
                await self._store_all(session)
        except Spoiled as spoiled:
            chunk = spoiled.chunk
            chunk.skip_good()
            reason = "入库时有行与检查之后变动的数据冲突，全部未入库"
            async with self._workshop.sessions.begin() as session:
                await jobs_ledger.record(session, self._key, chunk)
                await self._count_in(session, chunk.counts(), next_chunk=chunk.number)
                await jobs_ledger.end(session, self._key, state="failed", reason=reason)

    async def _store_all(self, session: AsyncSession) -> None:
        """All chunks in one transaction; the counts come last, for they lock the job."""
        counts: Counter[str] = Counter()
        for number in range(int(self._row["chunk_count"])):
            chunk = await self._read(number)
            await apply_in_parts(session, chunk, self._importer, by=self._by, trial=False)
            if chunk.errors:
                raise Spoiled(chunk)
            await jobs_ledger.record(session, self._key, chunk)
            counts += chunk.counts()
            await self._beat(counts["done"])
        counts["done"] = 0  # the beats have said so
        await self._count_in(session, counts, next_chunk=int(self._row["chunk_count"]))
        await jobs_ledger.end(session, self._key, state="done")

    async def _count_in(
        self, session: AsyncSession, counts: Counter[str], *, next_chunk: int
    ) -> None:
        job = await jobs_ledger.count_in(
            session,
            self._key,
            counts,
            next_chunk=next_chunk,
            worker=self._worker,
            until=self._workshop.until(),
        )
        if job is None:
            raise NotOurs

    async def _hold(self, session: AsyncSession) -> None:
        if not await jobs_ledger.hold(session, self._key, worker=self._worker):
            raise NotOurs

    async def _beat(self, done: int) -> None:
        async with self._workshop.sessions.begin() as session:
            mine = await jobs_ledger.beat(
                session, self._key, worker=self._worker, until=self._workshop.until(), done=done
            )
        if not mine:
            raise NotOurs

    async def _end(self, state: str, reason: str) -> None:
        async with self._workshop.sessions.begin() as session:
            await self._hold(session)
            await jobs_ledger.end(session, self._key, state=state, reason=reason)


def workshop_of(
    importers: Sequence[Importer[Any]],
    sessions: async_sessionmaker[AsyncSession],
    reads: Reads,
    bell: Bell,
    *,
    lease_seconds: float,
) -> Workshop:
    """What the workers of a service share."""
    known = {importer.kind: importer for importer in importers}
    return Workshop(known, sessions, reads, bell.stopping, timedelta(seconds=lease_seconds))
