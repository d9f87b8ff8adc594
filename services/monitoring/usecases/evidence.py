"""佐证材料: a file that has arrived is laid to a rectification for good."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.domain.rectification import RectificationStatus
from services.monitoring.errors import EvidenceFull, RectificationStateForbids
from services.monitoring.tables import EvidenceFile, Rectification
from services.monitoring.usecases.rectification_facts import note
from shared.auth import Caller
from shared.db import lock_one, within
from shared.file_kinds import FileLimits
from shared.files import Arrived, ChunkStore
from shared.ids import new_id

STORE = ChunkStore("evidence_chunk")


async def lay_evidence(
    session: AsyncSession,
    rectification_id: UUID,
    arrived: Arrived,
    limits: FileLimits,
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
    await STORE.keep(session, letter.region_code, file_id, arrived.content)
    told = f"{arrived.name}（{arrived.size} 字节，SHA-256 {arrived.sha256}）"
    note(session, letter, "attach", by=by.subject, at=at, text=told)
    return file_id


async def _require_room(
    session: AsyncSession, letter: Rectification, size: int, limits: FileLimits
) -> None:
    count, total = (
        await session.execute(
            select(func.count(), func.coalesce(func.sum(EvidenceFile.size_bytes), 0)).filter_by(
                region_code=letter.region_code, rectification_id=letter.id
            )
        )
    ).one()
    if exceeded := limits.exceeded(count, total, size):
        raise EvidenceFull(f"一件整改{exceeded}")
