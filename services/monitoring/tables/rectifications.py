"""整改: letters of every origin, the units' measures and the bureau's verification."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from services.monitoring.tables.base import INSTANT, Table

_OWNER = ["rectification.region_code", "rectification.id"]


class Rectification(Table):
    """整改函 to a unit and what came of it."""

    __tablename__ = "rectification"
    __table_args__ = (
        UniqueConstraint("region_code", "fiscal_year", "letter_no"),
        UniqueConstraint("region_code", "request_id"),
        CheckConstraint(
            "status in ('issued', 'received', 'measures_filed', 'in_progress', 'verified',"
            " 'returned')",
            "status",
        ),
        CheckConstraint("lateness in ('on_time', 'overdue', 'escalated')", "lateness"),
        CheckConstraint("verified_by <> reported_by", "verifier_is_not_reporter"),
        CheckConstraint("(received_at is null) = (received_by is null)", "received_by_someone"),
        CheckConstraint("origin in ('monitoring', 'self_evaluation', 'evaluation')", "origin"),
        CheckConstraint("(origin = 'monitoring') = (request_id is null)", "requested_or_own"),
        CheckConstraint("verified_by <> filed_by", "verifier_is_not_filer"),
        CheckConstraint("(status = 'verified') = (verified_by is not null)", "verified_by_someone"),
        CheckConstraint("status <> 'returned' or returned_reason is not null", "returned_why"),
        Index("ix_rectification_region_code_unit_code", "region_code", "unit_code", "fiscal_year"),
        #: For the daily watch, which goes through every region.
        Index(
            "ix_rectification_due_on",
            "due_on",
            postgresql_where=text("status <> 'verified'"),
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    letter_no: Mapped[str]
    unit_code: Mapped[str]
    fiscal_year: Mapped[int]
    origin: Mapped[str]
    request_id: Mapped[UUID | None]
    status: Mapped[str]
    #: The day on which the result behind it was fixed, when another service asked for the letter.
    result_fixed_on: Mapped[date | None]
    due_on: Mapped[date]
    #: The deadline follows from the day of receipt; else it is the one the letter names.
    due_by_rule: Mapped[bool] = mapped_column(server_default=false())
    #: As last recorded by the daily watch; what is shown is computed for the day.
    lateness: Mapped[str] = mapped_column(server_default="on_time")
    measures: Mapped[str | None]
    #: How often measures were filed: the filing whose measures count.
    filing_count: Mapped[int] = mapped_column(server_default="0")
    #: The last of the days the unit promised, while there are measures with a day.
    finish_due_on: Mapped[date | None]
    completed_on: Mapped[date | None]
    issued_by: Mapped[str]
    received_by: Mapped[str | None]
    received_at: Mapped[datetime | None] = mapped_column(INSTANT)
    filed_by: Mapped[str | None]
    reported_by: Mapped[str | None]
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
        CheckConstraint(
            "step in ('issue', 'receive', 'file_measures', 'report_progress', 'extend', 'verify',"
            " 'return', 'overdue', 'escalate', 'attach')",
            "step",
        ),
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


class RectificationMeasure(Table):
    """整改措施 for one problem or warning, as of one filing; a later filing replaces none."""

    __tablename__ = "rectification_measure"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "rectification_id"],
            _OWNER,
            name="fk_rectification_measure_rectification",
        ),
        CheckConstraint("num_nonnulls(problem_position, warning_id) = 1", "one_subject"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    rectification_id: Mapped[UUID] = mapped_column(primary_key=True)
    filing: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    problem_position: Mapped[int | None]
    warning_id: Mapped[UUID | None]
    measure: Mapped[str]
    responsible: Mapped[str]
    planned_on: Mapped[date]


class RefusedRequest(Table):
    """整改要求 for which no letter could be written; who asked has been told why."""

    __tablename__ = "refused_request"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    letter_no: Mapped[str]
    fiscal_year: Mapped[int]
    unit_code: Mapped[str]
    reason_code: Mapped[str]
    reason: Mapped[str]
    refused_at: Mapped[datetime] = mapped_column(INSTANT)
