"""佐证材料: files a unit or the bureau laid to a rectification, in chunks."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.monitoring.tables.base import INSTANT, Table


class EvidenceFile(Table):
    """One file, never replaced; `sha256` was computed while it arrived."""

    __tablename__ = "evidence_file"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "rectification_id"],
            ["rectification.region_code", "rectification.id"],
        ),
        CheckConstraint("size_bytes > 0", "not_empty"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", "sha256"),
        Index("ix_evidence_file_region_code_rectification_id", "region_code", "rectification_id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    rectification_id: Mapped[UUID]
    name: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    uploaded_by: Mapped[str]
    uploaded_at: Mapped[datetime] = mapped_column(INSTANT)


class EvidenceChunk(Table):
    """A part of a file's content."""

    __tablename__ = "evidence_chunk"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "file_id"], ["evidence_file.region_code", "evidence_file.id"]
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    file_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
