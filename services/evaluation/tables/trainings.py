"""培训: events, and who came from which unit."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, Index, Numeric, String
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.evaluation.tables.base import Table

_INSTANT = DateTime(timezone=True)


class Training(Table):
    """One training (预算绩效管理培训)."""

    __tablename__ = "training"
    __table_args__ = (
        CheckConstraint("participant_count >= 0", "participant_count"),
        CheckConstraint("hours > 0", "hours"),
        Index("ix_training_region_code_fiscal_year_id", "region_code", "fiscal_year", "id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int]
    title: Mapped[str]
    held_on: Mapped[date]
    place: Mapped[str | None]
    hours: Mapped[Decimal | None] = mapped_column(Numeric(5, 1))
    audience: Mapped[str]
    participant_count: Mapped[int]
    speakers: Mapped[list[str]] = mapped_column(ARRAY(String))
    topics: Mapped[list[str]] = mapped_column(ARRAY(String))
    materials: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    synthetic: Mapped[bool]
    recorded_by: Mapped[str]
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)


class TrainingAttendance(Table):
    """How many people of a unit came, by what they do there."""

    __tablename__ = "training_attendance"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "training_id"], ["training.region_code", "training.id"]
        ),
        CheckConstraint("duty in ('leader', 'accountant', 'project_manager', 'other')", "duty"),
        CheckConstraint("headcount > 0", "headcount"),
        Index("ix_training_attendance_region_code_unit_code", "region_code", "unit_code"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    training_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(primary_key=True)
    duty: Mapped[str] = mapped_column(primary_key=True)
    headcount: Mapped[int]
