"""Take a file in as it arrives: cut into chunks and stored, never held as a whole.

Chunks are stored in transactions of their own, long before the answer: a slow sender must not keep
one open. They belong to a job nobody sees until the transaction that answers makes it `queued`.
"""

import asyncio
import hashlib
import sys
import tempfile
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from shared import clock
from shared.auth import Caller
from shared.bulk import MAX_ROWS
from shared.db import TransactionReads, on_commit
from shared.idempotency import UploadKey
from shared.ids import new_id
from shared.jobs import JOB_COLUMNS, Importer, job_out, saved
from shared.jobs_files import Csv, Lines, fields_of
from shared.problems import (
    InvalidPayload,
    MalformedRequest,
    PayloadTooLarge,
    UnsupportedMediaType,
)

#: As many as the largest import within a request.
CHUNK_LINES = MAX_ROWS
_CHUNK_BYTES = 1024 * 1024
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES = ("application/x-ndjson", "text/csv", _XLSX)

#: For a route's `openapi_extra`: what the body may be.
UPLOAD_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in _TYPES},
    }
}

_OPEN = text("""
    insert into job (region_code, id, kind, state, caller, created_by, dry_run, atomic, chunk_count,
                     next_chunk, checked, total_count, done_count, created_count, updated_count,
                     unchanged_count, failed_count, row_version, tries, touched_at, created_at)
    values (:region_code, :id, :kind, 'receiving', cast(:caller as jsonb), :created_by, :dry_run,
            :atomic, 0, 0, false, 0, 0, 0, 0, 0, 0, 1, 0, :at, :at)
""")
_CHUNK = text("""
    insert into job_chunk (region_code, job_id, number, first_line, last_line, body)
    values (:region_code, :job_id, :number, :first_line, :last_line, :body)
""")
_QUEUE = text("""
    update job set state = 'queued', columns = cast(:columns as jsonb), chunk_count = :chunks,
                   total_count = :total, touched_at = :at
    where region_code = :region_code and id = :id
""")
_DISCARD = text("delete from job where region_code = :region_code and id = :id")
_JOB = f"select {JOB_COLUMNS} from job where region_code = $1 and id = $2"


async def start_job(
    request: Request,
    importer: Importer[Any],
    session: AsyncSession,
    key: UploadKey,
    *,
    by: Caller,
    dry_run: bool,
    atomic: str,
) -> Response:
    """Store the request's file as a job and answer 202; a repeat of the key gets its first job."""
    state = request.app.state
    intake = _Intake(request, importer, by)
    try:
        await intake.open(dry_run=dry_run, atomic=atomic)
        await intake.receive()
        once = await key.claim(session, intake.digest)
    except BaseException:
        await intake.discard()
        raise
    await session.execute(_QUEUE, intake.summary())
    on_commit(session, state.workers.wake)
    row = await TransactionReads(session).one(_JOB, by.region_code, intake.job_id)
    return await once.answer(
        job_out(row, state.policy, by),
        status=202,
        location=f"/api/v1/{state.process}/jobs/{intake.job_id}",
        row_version=row["version"],
    )


class _Intake:
    """One file on its way into the database."""

    def __init__(self, request: Request, importer: Importer[Any], by: Caller) -> None:
        self.job_id: UUID = new_id()
        self._request = request
        self._importer = importer
        self._by = by
        self._sessions = request.app.state.sessions
        self._limit: int = request.app.state.settings.max_upload_bytes
        self._hash = hashlib.sha256()
        self._media_type = _media_type(request)
        self._fields: list[str] | None = None
        self._line = 1
        self._lines: list[bytes] = []
        self._size = 0
        self._chunks = 0
        self._rows = 0

    @property
    def digest(self) -> bytes:
        """SHA-256 of the file."""
        return self._hash.digest()

    async def open(self, *, dry_run: bool, atomic: str) -> None:
        """Make the job that the chunks belong to."""
        values = {
            "region_code": self._by.region_code,
            "id": self.job_id,
            "kind": self._importer.kind,
            "caller": orjson.dumps(saved(self._by)).decode(),
            "created_by": self._by.subject,
            "dry_run": dry_run,
            "atomic": atomic,
            "at": clock.now(),
        }
        async with self._sessions.begin() as session:
            await session.execute(_OPEN, values)

    async def receive(self) -> None:
        """Read the body to its end. Raises PayloadTooLarge or InvalidPayload."""
        async for lines in self._cut():
            if self._media_type != _TYPES[0]:
                self._skip_heading(lines)
            self._lines += lines
            self._size += sum(map(len, lines))
            while len(self._lines) >= CHUNK_LINES or self._size >= _CHUNK_BYTES:
                await self._store()
        while self._lines:
            await self._store()
        if not self._rows:
            raise InvalidPayload("文件中没有数据行")

    def summary(self) -> dict[str, Any]:
        """What the job is, now that the file is here."""
        return {
            "region_code": self._by.region_code,
            "id": self.job_id,
            "columns": None if self._fields is None else orjson.dumps(self._fields).decode(),
            "chunks": self._chunks,
            "total": self._rows,
            "at": clock.now(),
        }

    async def discard(self) -> None:
        """Forget the job: the request did not become one."""
        values = {"region_code": self._by.region_code, "id": self.job_id}
        async with self._sessions.begin() as session:
            await session.execute(_DISCARD, values)

    async def _cut(self) -> AsyncIterator[list[bytes]]:
        lines = Lines()
        if self._media_type == _XLSX:
            async for data in self._unpacked():
                yield lines.feed(data)
            yield lines.end()
            return
        table = Csv()
        rows = table.feed if self._media_type == "text/csv" else iter
        async for data in self._body():
            yield list(rows(lines.feed(data)))
        yield [*rows(lines.end()), *table.end()]

    async def _body(self) -> AsyncIterator[bytes]:
        size = int(self._request.headers.get("content-length", "0"))
        self._refuse_beyond_limit(size)
        size = 0
        try:
            async for data in self._request.stream():
                size += len(data)
                self._refuse_beyond_limit(size)
                self._hash.update(data)
                yield data
        except ClientDisconnect as error:
            raise MalformedRequest("上传中断，请重新提交") from error

    def _refuse_beyond_limit(self, size: int) -> None:
        if size > self._limit:
            raise PayloadTooLarge(f"文件上限为 {self._limit} 字节，请分成几个")

    async def _unpacked(self) -> AsyncIterator[bytes]:
        with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
            async for data in self._body():
                file.write(data)
            file.flush()
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "shared.jobs_sheet", file.name,
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            try:
                assert child.stdout is not None
                while data := await child.stdout.read(64 * 1024):
                    yield data
                if await child.wait() != 0:
                    raise InvalidPayload("不是可以打开的 xlsx 工作簿")
            finally:
                if child.returncode is None:
                    child.kill()
                    await child.wait()

    def _skip_heading(self, lines: list[bytes]) -> None:
        while self._fields is None and lines:
            heading = lines.pop(0)
            self._line += 1
            if heading:
                self._fields = fields_of(heading, self._importer.columns)

    async def _store(self) -> None:
        lines, self._lines = self._lines[:CHUNK_LINES], self._lines[CHUNK_LINES:]
        self._size = sum(map(len, self._lines))
        self._rows += sum(1 for line in lines if line.strip())
        values = {
            "region_code": self._by.region_code,
            "job_id": self.job_id,
            "number": self._chunks,
            "first_line": self._line,
            "last_line": self._line + len(lines) - 1,
            "body": b"\n".join(lines),
        }
        async with self._sessions.begin() as session:
            # Worth nothing before the transaction that queues the job, which waits for the disk.
            await session.execute(text("set local synchronous_commit = off"))
            await session.execute(_CHUNK, values)
        self._chunks += 1
        self._line += len(lines)


def _media_type(request: Request) -> str:
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent not in _TYPES:
        raise UnsupportedMediaType(f"请以下列 Content-Type 之一提交：{'、'.join(_TYPES)}")
    return sent
