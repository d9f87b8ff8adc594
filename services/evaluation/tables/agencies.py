"""第三方机构名录与从业人员: who may be engaged, and how each entry came to read as it does."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.evaluation.tables.base import Table

_INSTANT = DateTime(timezone=True)


class Agency(Table):
    """第三方机构, known by its unified social credit code (统一社会信用代码)."""

    __tablename__ = "agency"
    __table_args__ = (
        UniqueConstraint("region_code", "uscc"),
        CheckConstraint(
            "institution in ('consultancy', 'accounting_firm', 'appraisal_firm', 'law_firm',"
            " 'research_institute', 'university')",
            "institution",
        ),
        CheckConstraint("status in ('active', 'suspended', 'struck_off')", "status"),
        CheckConstraint("(status = 'active') = (status_reason is null)", "status_reason"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    uscc: Mapped[str]
    name: Mapped[str]
    institution: Mapped[str | None]
    platform_listed: Mapped[bool | None]
    qualified_until: Mapped[date | None]
    status: Mapped[str] = mapped_column(server_default="active")
    status_reason: Mapped[str | None]
    synthetic: Mapped[bool]
    registered_by: Mapped[str]
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)


class AgencyViolation(Table):
    """重大违法违规 of an agency, as declared; a mistaken entry is withdrawn with a reason."""

    __tablename__ = "agency_violation"
    __table_args__ = (
        ForeignKeyConstraint(["region_code", "agency_id"], ["agency.region_code", "agency.id"]),
        Index("ix_agency_violation_region_code_agency_id", "region_code", "agency_id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID]
    violated_on: Mapped[date]
    content: Mapped[str]
    source: Mapped[str]
    withdrawal_reason: Mapped[str | None]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(_INSTANT)


class AgencyStaff(Table):
    """从业人员 of an agency; `subject` is the login of the person, if there is one."""

    __tablename__ = "agency_staff"
    __table_args__ = (
        ForeignKeyConstraint(["region_code", "agency_id"], ["agency.region_code", "agency.id"]),
        CheckConstraint("status in ('active', 'left')", "status"),
        CheckConstraint("experience_years >= 0", "experience_years"),
        Index("ix_agency_staff_region_code_agency_id", "region_code", "agency_id"),
        Index(
            "uq_agency_staff_region_code_subject",
            "region_code",
            "subject",
            unique=True,
            postgresql_where=text("status = 'active'"),
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID]
    name: Mapped[str]
    title: Mapped[str | None]
    credential: Mapped[str | None]
    experience_years: Mapped[int]
    subject: Mapped[str | None]
    status: Mapped[str]
    synthetic: Mapped[bool]
    registered_by: Mapped[str]
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)


class RegisterChange(Table):
    """名录变更: who entered or changed what about an agency or a person of it, and why."""

    __tablename__ = "register_change"
    __table_args__ = (
        ForeignKeyConstraint(["region_code", "agency_id"], ["agency.region_code", "agency.id"]),
        ForeignKeyConstraint(
            ["region_code", "staff_id"], ["agency_staff.region_code", "agency_staff.id"]
        ),
        CheckConstraint("num_nonnulls(agency_id, staff_id) = 1", "whose"),
        CheckConstraint(
            "kind in ('registered', 'amended', 'violation_recorded', 'violation_withdrawn')",
            "kind",
        ),
        CheckConstraint("kind = 'registered' or reason is not null", "reason"),
        Index("ix_register_change_region_code_agency_id", "region_code", "agency_id", "id"),
        Index("ix_register_change_region_code_staff_id", "region_code", "staff_id", "id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID | None]
    staff_id: Mapped[UUID | None]
    kind: Mapped[str]
    entries: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str | None]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(_INSTANT)
