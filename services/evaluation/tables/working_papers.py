"""工作底稿: files an evaluation rests on, their content in chunks, and what was withdrawn and why.

Rows are only ever added.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.evaluation.tables.base import Table
from services.evaluation.tables.evaluation_steps import of_evaluation

_INSTANT = DateTime(timezone=True)


class WorkingPaper(Table):
    """A file laid to an evaluation, or to a group of it, or to an indicator of the group.

    `indicator` is what stood at `position` then: a framework may be made anew. `is_blind` papers
    were laid by an evaluator who was scoring.
    """

    __tablename__ = "working_paper"
    __table_args__ = (
        of_evaluation("working_paper"),
        ForeignKeyConstraint(
            ["region_code", "evaluation_id", "group_no"],
            [
                "evaluation_group.region_code",
                "evaluation_group.evaluation_id",
                "evaluation_group.group_no",
            ],
            name="fk_working_paper_evaluation_group",
        ),
        CheckConstraint("size_bytes > 0", "not_empty"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", "sha256"),
        CheckConstraint("position is null or group_no is not null", "row_of_a_group"),
        CheckConstraint("(position is null) = (indicator is null)", "row_is_named"),
        Index("ix_working_paper_region_code_evaluation_id", "region_code", "evaluation_id", "id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    evaluation_id: Mapped[UUID]
    group_no: Mapped[int | None]
    position: Mapped[int | None]
    indicator: Mapped[str | None]
    name: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    is_blind: Mapped[bool]
    uploaded_by: Mapped[str]
    uploaded_at: Mapped[datetime] = mapped_column(_INSTANT)


class WorkingPaperChunk(Table):
    """A part of a paper's content."""

    __tablename__ = "working_paper_chunk"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "file_id"], ["working_paper.region_code", "working_paper.id"]
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    file_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class WorkingPaperWithdrawal(Table):
    """撤回: the paper stays and is marked as no longer relied upon."""

    __tablename__ = "working_paper_withdrawal"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "paper_id"], ["working_paper.region_code", "working_paper.id"]
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    paper_id: Mapped[UUID] = mapped_column(primary_key=True)
    reason: Mapped[str]
    withdrawn_by: Mapped[str]
    withdrawn_at: Mapped[datetime] = mapped_column(_INSTANT)
