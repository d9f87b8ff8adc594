"""整改: letters of every origin, the units' measures and the bureau's verification."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.monitoring.tables.base import INSTANT, Table

_OWNER = ["rectification.region_code", "rectification.id"]


class Rectification(Table):
    """整改函 to a unit and what came of it."""

    __tablename__ = "rectification"
    __table_args__ = (
        UniqueConstraint("region_code", "fiscal_year", "letter_no"),
        UniqueConstraint("region_code", "request_id"),
        CheckConstraint("status in ('issued', 'measures_filed', 'verified', 'returned')", "status"),
        CheckConstraint("origin in ('monitoring', 'self_evaluation', 'evaluation')", "origin"),
        CheckConstraint("(origin = 'monitoring') = (request_id is null)", "requested_or_own"),
        CheckConstraint("verified_by <> filed_by", "verifier_is_not_filer"),
        CheckConstraint("(status = 'verified') = (verified_by is not null)", "verified_by_someone"),
        CheckConstraint("status <> 'returned' or returned_reason is not null", "returned_why"),
        Index("ix_rectification_region_code_unit_code", "region_code", "unit_code", "fiscal_year"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    letter_no: Mapped[str]
    unit_code: Mapped[str]
    fiscal_year: Mapped[int]
    origin: Mapped[str]
    request_id: Mapped[UUID | None]
    status: Mapped[str]
    due_on: Mapped[date]
    measures: Mapped[str | None]
    completed_on: Mapped[date | None]
    issued_by: Mapped[str]
    filed_by: Mapped[str | None]
    verified_by: Mapped[str | None]
    returned_reason: Mapped[str | None]
    row_version: Mapped[int]
    issued_at: Mapped[datetime] = mapped_column(INSTANT)
    updated_at: Mapped[datetime] = mapped_column(INSTANT)


class RectificationProblem(Table):
    """One thing to rectify; without a project it concerns the whole unit."""

    __tablename__ = "rectification_problem"
    __table_args__ = (
        ForeignKeyConstraint(["region_code", "rectification_id"], _OWNER),
        Index("ix_rectification_problem_region_code_project_code", "region_code", "project_code"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    rectification_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    project_code: Mapped[str | None]
    text: Mapped[str]


class RectificationWarning(Table):
    """A warning a letter was written about."""

    __tablename__ = "rectification_warning"
    __table_args__ = (
        ForeignKeyConstraint(["region_code", "rectification_id"], _OWNER),
        ForeignKeyConstraint(["region_code", "warning_id"], ["warning.region_code", "warning.id"]),
        Index("ix_rectification_warning_region_code_warning_id", "region_code", "warning_id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    rectification_id: Mapped[UUID] = mapped_column(primary_key=True)
    warning_id: Mapped[UUID] = mapped_column(primary_key=True)


class RectificationStep(Table):
    """Who did what about a rectification; `text` is what was filed or why it was returned."""

    __tablename__ = "rectification_step"
    __table_args__ = (
        ForeignKeyConstraint(["region_code", "rectification_id"], _OWNER),
        CheckConstraint("step in ('issue', 'file_measures', 'verify', 'return')", "step"),
        Index(
            "ix_rectification_step_region_code_rectification_id", "region_code", "rectification_id"
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    rectification_id: Mapped[UUID]
    step: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(INSTANT)
    text: Mapped[str | None]
