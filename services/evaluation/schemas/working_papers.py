"""Working papers and the manifest of the archive on the wire."""

from datetime import datetime
from uuid import UUID

from shared.fields import In, LongText, Out


class WithdrawalIn(In):
    """撤回: why the paper is no longer relied upon."""

    reason: LongText


class PaperOut(Out):
    """工作底稿: what was laid where, by whom, the digest of its content, and its withdrawal."""

    id: UUID
    evaluation_id: UUID
    group_no: int | None
    position: int | None
    indicator: str | None
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    uploaded_by: str
    uploaded_at: datetime
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    withdrawal_reason: str | None
    content_href: str
    allowed_actions: list[str]


class ManifestEntryOut(Out):
    """One paper; `saved_as` is its name in the manifest, and unique there."""

    id: UUID
    saved_as: str
    sha256: str
    size_bytes: int
    withdrawn: bool


class ManifestOut(Out):
    """归档清单: `digest` was written down at archiving; `matches` says whether it is still so."""

    evaluation_id: UUID
    archive_no: str
    archived_at: datetime
    archived_by: str
    digest: str
    matches: bool
    items: list[ManifestEntryOut]
