"""Evidence files on the wire."""

from datetime import datetime
from uuid import UUID

from shared.fields import Out


class EvidenceOut(Out):
    """佐证材料: what was uploaded, by whom, and the digest of its content."""

    id: UUID
    rectification_id: UUID
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    uploaded_by: str
    uploaded_at: datetime
    content_href: str


class EvidenceList(Out):
    """All files of a rectification, oldest first; how many there may be is limited."""

    items: list[EvidenceOut]
