"""Evidence files of a rectification."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.monitoring.schemas.evidence import EvidenceList, EvidenceOut
from shared.auth import Caller
from shared.db import Reads

_REACHED = """
    select from rectification l
    where l.region_code = $1 and ($2::text[] is null or l.unit_code = any ($2)) and l.id = $3
"""

_FILES = f"""
    select f.id, f.rectification_id, f.name, f.media_type, f.size_bytes, f.sha256, f.uploaded_by,
           f.uploaded_at
    from evidence_file f
    where f.region_code = $1 and f.rectification_id = $3 and exists ({_REACHED})
"""


async def evidence_of(reads: Reads, caller: Caller, rectification_id: UUID) -> EvidenceList:
    """All files of one rectification. Raises NotFound."""
    key = (caller.region_code, caller.units, rectification_id)
    await reads.one(f"select 1 as reached where exists ({_REACHED})", *key)
    rows = await reads.all(f"{_FILES} order by f.id", *key)
    return EvidenceList(items=[_file(row) for row in rows])


async def evidence_file(
    reads: Reads, caller: Caller, rectification_id: UUID, file_id: UUID
) -> EvidenceOut:
    """One file, without its content. Raises NotFound."""
    key = (caller.region_code, caller.units, rectification_id)
    return _file(await reads.one(f"{_FILES} and f.id = $4", *key, file_id))


def _file(row: Mapping[str, Any]) -> EvidenceOut:
    path = f"rectifications/{row['rectification_id']}/evidence-files/{row['id']}"
    return EvidenceOut.model_validate({**row, "content_href": f"/api/v1/monitoring/{path}/content"})
