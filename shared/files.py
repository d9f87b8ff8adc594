"""Files people send: taken in as they arrive, kept in the database in chunks, sent as downloads."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import StreamingResponse

from shared.db import Reads
from shared.file_kinds import KINDS, FileLimits, UnfitName, clean_name, kind_of
from shared.problems import FieldError, PayloadTooLarge, Problem

_BINARY = {"schema": {"type": "string", "format": "binary"}}
#: What OpenAPI says of a route whose body is a file, and of one that answers with a file.
UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": dict.fromkeys((media_type for media_type, _ in KINDS.values()), _BINARY),
    }
}
CONTENT: dict[int | str, dict[str, Any]] = {200: {"content": {"application/octet-stream": _BINARY}}}

_IN_MEMORY = 1024 * 1024
_CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True)
class Arrived:
    """A file that has arrived whole and is what it may be."""

    content: IO[bytes]
    name: str
    media_type: str
    size: int
    sha256: str


@asynccontextmanager
async def arriving(
    request: Request, name: str, limits: FileLimits, *, refusal: type[Problem]
) -> AsyncIterator[Arrived]:
    """The request's body, read to its end before any statement is run.

    Raises PayloadTooLarge as soon as it grows beyond the limit, `refusal` for its content or name.
    """
    digest, size = hashlib.sha256(), 0
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as content:
        async for part in request.stream():
            size += len(part)
            if size > limits.max_file_bytes:
                raise PayloadTooLarge(f"单个文件上限为 {limits.max_file_bytes // 1024**2} MB")
            digest.update(part)
            content.write(part)
        kind = await asyncio.to_thread(kind_of, content)
        named = _named(name, kind, limits, refusal)
        yield Arrived(content, *named, size, digest.hexdigest())


@dataclass(frozen=True)
class ChunkStore:
    """Where content lies: a table of (region_code, file_id, number, body), beside the files' own.

    To keep content elsewhere, change this class.
    """

    table: str

    async def keep(
        self, session: AsyncSession, region_code: str, file_id: UUID, content: IO[bytes]
    ) -> None:
        """Store the content of a file whose row is there, a chunk at a time."""
        insert = text(
            f"insert into {self.table} (region_code, file_id, number, body)"
            " values (:region_code, :file_id, :number, :body)"
        )
        content.seek(0)
        for number, body in enumerate(iter(lambda: content.read(_CHUNK_BYTES), b""), start=1):
            row = {"region_code": region_code, "file_id": file_id, "number": number, "body": body}
            await session.execute(insert, row)

    async def content(self, reads: Reads, region_code: str, file_id: UUID) -> AsyncIterator[bytes]:
        """The content, a chunk at a time, each on a connection of its own."""
        chunk = (
            f"select body from {self.table} where region_code = $1 and file_id = $2 and number = $3"
        )
        number = 1
        while (row := await reads.maybe(chunk, region_code, file_id, number)) is not None:
            yield row["body"]
            number += 1


def download(
    content: AsyncIterator[bytes], *, name: str, media_type: str, size: int
) -> StreamingResponse:
    """The file to be saved: never opened by the browser as if it were a page of this site."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Length": str(size),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox",
    }
    return StreamingResponse(content, media_type=media_type, headers=headers)


def _named(
    name: str, kind: str | None, limits: FileLimits, refusal: type[Problem]
) -> tuple[str, str]:
    if kind is None or kind not in limits.kinds:
        raise refusal(f"内容不是可接受的类型：{'、'.join(limits.kinds)}（含宏的文档不收）")
    try:
        return clean_name(name, kind), KINDS[kind][0]
    except UnfitName as error:
        unfit = FieldError(
            pointer="/name", code="name_unfit", detail=str(error), mend="请改文件名后再传"
        )
        raise refusal(errors=[unfit]) from error
