"""Where the content of evidence files lies: in Postgres, in chunks. To move it, change this module."""

from collections.abc import AsyncIterator
from typing import IO
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.tables import EvidenceChunk
from shared.db import Reads

_CHUNK_BYTES = 256 * 1024

_CHUNK = """
    select body from evidence_chunk where region_code = $1 and file_id = $2 and number = $3
"""


async def keep(session: AsyncSession, region_code: str, file_id: UUID, content: IO[bytes]) -> None:
    """Store the content beside the file's row, a chunk at a time."""
    content.seek(0)
    for number, body in enumerate(iter(lambda: content.read(_CHUNK_BYTES), b""), start=1):
        row = {"region_code": region_code, "file_id": file_id, "number": number, "body": body}
        await session.execute(insert(EvidenceChunk), [row])


async def content_of(reads: Reads, region_code: str, file_id: UUID) -> AsyncIterator[bytes]:
    """The content, a chunk at a time, each on a connection of its own."""
    number = 1
    while (row := await reads.maybe(_CHUNK, region_code, file_id, number)) is not None:
        yield row["body"]
        number += 1
