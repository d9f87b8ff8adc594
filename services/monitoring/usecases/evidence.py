"""佐证材料: a file is taken in as it arrives, looked at, and laid to a rectification for good."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from services.monitoring.domain.evidence import (
    KINDS,
    EvidenceLimits,
    NotEvidence,
    clean_name,
    kind_of,
)
from services.monitoring.domain.rectification import RectificationStatus
from services.monitoring.errors import EvidenceFull, EvidenceRefused, RectificationStateForbids
from services.monitoring.tables import EvidenceFile, Rectification
from services.monitoring.usecases.evidence_store import keep
from services.monitoring.usecases.rectification_facts import note
from shared.auth import Caller
from shared.db import lock_one, within
from shared.ids import new_id
from shared.problems import FieldError, PayloadTooLarge

_IN_MEMORY = 1024 * 1024


@dataclass(frozen=True)
class Arrived:
    """A file that has arrived whole and is what it may be."""

    content: IO[bytes]
    name: str
    media_type: str
    size: int
    sha256: str


@asynccontextmanager
async def arriving(request: Request, name: str, limits: EvidenceLimits) -> AsyncIterator[Arrived]:
    """The request's body, read to its end before any statement is run.

    Raises PayloadTooLarge as soon as it grows beyond the limit, EvidenceRefused for its content.
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
        yield Arrived(content, *_named(name, kind, limits), size, digest.hexdigest())


async def lay_evidence(
    session: AsyncSession,
    rectification_id: UUID,
    arrived: Arrived,
    limits: EvidenceLimits,
    *,
    by: Caller,
    at: datetime,
) -> UUID:
    """Add the file to the rectification. Raises NotFound, EvidenceFull, RectificationStateForbids."""
    wanted = within(select(Rectification), Rectification, by)
    letter = await lock_one(session, wanted.where(Rectification.id == rectification_id))
    if letter.status == RectificationStatus.VERIFIED:
        raise RectificationStateForbids("整改已核实销号，不再收佐证材料")
    await _require_room(session, letter, arrived.size, limits)
    file_id = new_id()
    session.add(
        EvidenceFile(
            region_code=letter.region_code,
            id=file_id,
            rectification_id=letter.id,
            name=arrived.name,
            media_type=arrived.media_type,
            size_bytes=arrived.size,
            sha256=arrived.sha256,
            uploaded_by=by.subject,
            uploaded_at=at,
        )
    )
    await session.flush()
    await keep(session, letter.region_code, file_id, arrived.content)
    told = f"{arrived.name}（{arrived.size} 字节，SHA-256 {arrived.sha256}）"
    note(session, letter, "attach", by=by.subject, at=at, text=told)
    return file_id


def _named(name: str, kind: str | None, limits: EvidenceLimits) -> tuple[str, str]:
    if kind is None or kind not in limits.kinds:
        raise EvidenceRefused(
            f"内容不是可接受的类型：{'、'.join(limits.kinds)}（含宏的文档不收）",
        )
    try:
        return clean_name(name, kind), KINDS[kind][0]
    except NotEvidence as error:
        refused = FieldError(
            pointer="/name", code="name_unfit", detail=str(error), mend="请改文件名后再传"
        )
        raise EvidenceRefused(errors=[refused]) from error


async def _require_room(
    session: AsyncSession, letter: Rectification, size: int, limits: EvidenceLimits
) -> None:
    count, total = (
        await session.execute(
            select(func.count(), func.coalesce(func.sum(EvidenceFile.size_bytes), 0)).filter_by(
                region_code=letter.region_code, rectification_id=letter.id
            )
        )
    ).one()
    if count >= limits.max_file_count:
        raise EvidenceFull(f"一件整改至多 {limits.max_file_count} 个文件")
    if total + size > limits.max_total_bytes:
        raise EvidenceFull(f"一件整改的文件合计至多 {limits.max_total_bytes // 1024**2} MB")
