"""What the database knows of jobs: who works on which, how far it is, what became of each line."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.jobs_chunks import Chunk

_COUNTED = ("done", "created", "updated", "unchanged", "failed")

#: `region_code` and `id` of a job.
Key = Mapping[str, Any]

_CLAIM = text("""
    update job set state = 'running', worker = :worker, leased_until = :until, tries = tries + 1,
                   touched_at = :at, started_at = coalesce(started_at, :at),
                   row_version = row_version + (state = 'queued')::int
    where (region_code, id) in (
        select region_code, id from job
        where state in ('queued', 'running') and kind = any (:kinds)
          and (leased_until is null or leased_until < :at)
        order by touched_at limit 1 for update skip locked)
    returning region_code, id, kind, caller, dry_run, atomic, columns, checked, chunk_count,
              next_chunk, tries
""")
_MINE = "where region_code = :region_code and id = :id and worker = :worker and state = 'running'"
_HOLD = text(f"select true from job {_MINE} for update")
_BEAT = text(
    f"update job set leased_until = :until, done_count = :done, touched_at = :at {_MINE}"
    " returning true"
)
_RELEASE = text(f"update job set worker = null, leased_until = null, tries = 0 {_MINE}")
_RECORD = """
    update job_chunk
    set statuses = :statuses, keys = :keys, errors = cast(:errors as jsonb),
        body = case when :keep_body then body else '' end
    where region_code = :region_code and job_id = :id and number = :number
"""
#: Of a job that is no longer the worker's no row comes back, and the transaction has to end.
_ADVANCE = f"""
    update job
    set next_chunk = :next_chunk, done_count = done_count + :done,
        created_count = created_count + :created, updated_count = updated_count + :updated,
        unchanged_count = unchanged_count + :unchanged, failed_count = failed_count + :failed,
        leased_until = :until, touched_at = :at, tries = 0
    {_MINE}
    returning next_chunk = chunk_count as is_last, failed_count
"""
_COUNT_IN = text(_ADVANCE)
_RECORD_ALONE = text(_RECORD)
_RECORD_AND_COUNT_IN = text(f"with recorded as ({_RECORD}) {_ADVANCE}")
_CHECKED = text("""
    update job set checked = true, next_chunk = 0, done_count = 0, touched_at = :at
    where region_code = :region_code and id = :id
""")
_END = text("""
    update job set state = :state, reason = :reason, finished_at = :at, worker = null,
                   leased_until = null, row_version = row_version + 1
    where region_code = :region_code and id = :id
""")
#: The files' lines are not kept: they are the sender's, and the outcomes name each of them. A chunk
#: being stored this moment is passed over: its worker would wait for the job, and we for its chunk.
_ERASE = text("""
    update job_chunk set body = ''
    where region_code = :region_code and job_id = :id and number in (
        select number from job_chunk
        where region_code = :region_code and job_id = :id and octet_length(body) > 0
        for update skip locked)
      and exists (select from job where region_code = :region_code and id = :id
                                    and state not in ('queued', 'running'))
""")


async def claim(
    session: AsyncSession, *, kinds: Sequence[str], worker: UUID, until: datetime
) -> Mapping[str, Any] | None:
    """The job untouched for longest among those nobody holds, now the worker's."""
    values = {"kinds": list(kinds), "worker": worker, "until": until, "at": clock.now()}
    return await _mapping(session, _CLAIM, values)


async def hold(session: AsyncSession, key: Key, *, worker: UUID) -> bool:
    """Lock the job for this transaction; whether it is still the worker's."""
    return bool(await session.scalar(_HOLD, {**key, "worker": worker}))


async def beat(
    session: AsyncSession, key: Key, *, worker: UUID, until: datetime, done: int
) -> bool:
    """A sign of life and of progress; whether the job is still the worker's."""
    values = {**key, "worker": worker, "until": until, "done": done, "at": clock.now()}
    return bool(await session.scalar(_BEAT, values))


async def release(session: AsyncSession, key: Key, *, worker: UUID) -> None:
    """Let another worker have the job at once."""
    await session.execute(_RELEASE, {**key, "worker": worker})


async def record(session: AsyncSession, key: Key, chunk: Chunk[Any]) -> None:
    """Store what became of a chunk's lines, without counting them in."""
    await session.execute(_RECORD_ALONE, {**key, **_outcome(chunk, keep_body=False)})


async def record_next(
    session: AsyncSession,
    key: Key,
    chunk: Chunk[Any],
    *,
    worker: UUID,
    until: datetime,
    keep_body: bool,
) -> Mapping[str, Any] | None:
    """Store what became of the next chunk's lines; the job after that, None if not the worker's."""
    outcome = _outcome(chunk, keep_body=keep_body)
    counts = _counts(chunk.counts(), next_chunk=chunk.number + 1, worker=worker, until=until)
    return await _mapping(session, _RECORD_AND_COUNT_IN, {**key, **outcome, **counts})


async def count_in(
    session: AsyncSession,
    key: Key,
    counts: Mapping[str, int],
    *,
    next_chunk: int,
    worker: UUID,
    until: datetime,
) -> Mapping[str, Any] | None:
    """Add outcomes recorded before; the job after that, or None when it is not the worker's."""
    values = _counts(counts, next_chunk=next_chunk, worker=worker, until=until)
    return await _mapping(session, _COUNT_IN, {**key, **values})


async def _mapping(
    session: AsyncSession, statement: TextClause, values: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    row = (await session.execute(statement, values)).mappings().one_or_none()
    return None if row is None else dict(row)


def _outcome(chunk: Chunk[Any], *, keep_body: bool) -> dict[str, Any]:
    errors = {
        str(position): [error.model_dump() for error in found]
        for position, found in chunk.errors.items()
    }
    return {
        "number": chunk.number,
        "statuses": "".join(chunk.letters),
        "keys": "\n".join(chunk.keys),
        "errors": orjson.dumps(errors).decode(),
        "keep_body": keep_body,
    }


def _counts(
    counts: Mapping[str, int], *, next_chunk: int, worker: UUID, until: datetime
) -> dict[str, Any]:
    counted = {name: counts[name] for name in _COUNTED}
    return {
        **counted,
        "next_chunk": next_chunk,
        "worker": worker,
        "until": until,
        "at": clock.now(),
    }


async def all_good(session: AsyncSession, key: Key) -> None:
    """Every line of an all-or-nothing job was found good: storing begins at the first chunk."""
    await session.execute(_CHECKED, {**key, "at": clock.now()})


async def end(session: AsyncSession, key: Key, *, state: str, reason: str | None = None) -> None:
    """The job is over."""
    await session.execute(_END, {**key, "state": state, "reason": reason, "at": clock.now()})
    await erase(session, key)


async def erase(session: AsyncSession, key: Key) -> None:
    """Forget the lines of a job that is over."""
    await session.execute(_ERASE, dict(key))
