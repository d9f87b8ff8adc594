"""年度总结: the bureau's own words, and the summary as it was issued."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.evaluation.tables.base import Table

_INSTANT = DateTime(timezone=True)


class SummaryNarrative(Table):
    """What a bureau says in a section; every version stays, an empty one takes the words back."""

    __tablename__ = "summary_narrative"
    __table_args__ = (CheckConstraint("version >= 1", "version"),)

    region_code: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True)
    section: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(_INSTANT)


class SummaryIssue(Table):
    """印发: the summary as it was printed, whole; never changed, superseded by the next number."""

    __tablename__ = "summary_issue"
    __table_args__ = (CheckConstraint("number >= 1", "number"),)

    region_code: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    acknowledged: Mapped[list[str]] = mapped_column(JSONB)
    remark: Mapped[str | None]
    issued_by: Mapped[str]
    issued_at: Mapped[datetime] = mapped_column(_INSTANT)
