"""专家库、回避与抽取: who may be asked, who must withdraw, and who was drawn."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.evaluation.tables.base import Table

_INSTANT = DateTime(timezone=True)
_Strings = ARRAY(String)


class Expert(Table):
    """专家 of the region's pool; `subject` is the login of the person, if there is one."""

    __tablename__ = "expert"
    __table_args__ = (
        CheckConstraint("(retired_at is null) = (retirement_reason is null)", "retirement"),
        Index(
            "uq_expert_region_code_subject",
            "region_code",
            "subject",
            unique=True,
            postgresql_where=text("retired_at is null"),
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    fields: Mapped[list[str]] = mapped_column(_Strings)
    employer: Mapped[str]
    employer_unit_code: Mapped[str | None]
    title: Mapped[str | None]
    credential: Mapped[str | None]
    subject: Mapped[str | None]
    synthetic: Mapped[bool]
    retired_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    retirement_reason: Mapped[str | None]
    registered_by: Mapped[str]
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)


class Recusal(Table):
    """回避: an expert, an agency or a person of one keeps away from a project or a unit."""

    __tablename__ = "recusal"
    __table_args__ = (
        ForeignKeyConstraint(["region_code", "expert_id"], ["expert.region_code", "expert.id"]),
        ForeignKeyConstraint(["region_code", "agency_id"], ["agency.region_code", "agency.id"]),
        ForeignKeyConstraint(
            ["region_code", "staff_id"], ["agency_staff.region_code", "agency_staff.id"]
        ),
        CheckConstraint("num_nonnulls(expert_id, agency_id, staff_id) = 1", "who"),
        CheckConstraint("num_nonnulls(project_code, unit_code) = 1", "from_what"),
        CheckConstraint("declared_on <= ended_on", "period"),
        Index("ix_recusal_region_code_expert_id", "region_code", "expert_id"),
        Index("ix_recusal_region_code_agency_id", "region_code", "agency_id"),
        Index("ix_recusal_region_code_staff_id", "region_code", "staff_id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    expert_id: Mapped[UUID | None]
    agency_id: Mapped[UUID | None]
    staff_id: Mapped[UUID | None]
    project_code: Mapped[str | None]
    unit_code: Mapped[str | None]
    reason: Mapped[str]
    declared_on: Mapped[date]
    ended_on: Mapped[date | None]
    recorded_by: Mapped[str]
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)


class ExpertDraw(Table):
    """专家抽取: what was asked for, by which seed and over whom; never changed."""

    __tablename__ = "expert_draw"
    __table_args__ = (
        UniqueConstraint("region_code", "purpose"),
        CheckConstraint("wanted_count > 0", "wanted_count"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    fields: Mapped[list[str]] = mapped_column(_Strings)
    wanted_count: Mapped[int]
    project_codes: Mapped[list[str]] = mapped_column(_Strings)
    unit_codes: Mapped[list[str]] = mapped_column(_Strings)
    excluded_employers: Mapped[list[str]] = mapped_column(_Strings)
    algorithm: Mapped[str]
    seed: Mapped[str]
    candidates_digest: Mapped[str]
    drawn_by: Mapped[str]
    drawn_at: Mapped[datetime] = mapped_column(_INSTANT)


class DrawCandidate(Table):
    """A person of the field in a draw: with a rank, or passed over with the reason."""

    __tablename__ = "draw_candidate"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "draw_id"], ["expert_draw.region_code", "expert_draw.id"]
        ),
        ForeignKeyConstraint(["region_code", "expert_id"], ["expert.region_code", "expert.id"]),
        UniqueConstraint("region_code", "draw_id", "rank"),
        CheckConstraint("(rank is null) = (passed_over is not null)", "rank"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    draw_id: Mapped[UUID] = mapped_column(primary_key=True)
    expert_id: Mapped[UUID] = mapped_column(primary_key=True)
    rank: Mapped[int | None]
    passed_over: Mapped[str | None]


class Invitation(Table):
    """邀请: a drawn expert is asked, and says yes or, with a reason, no."""

    __tablename__ = "invitation"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "draw_id", "expert_id"],
            ["draw_candidate.region_code", "draw_candidate.draw_id", "draw_candidate.expert_id"],
        ),
        CheckConstraint("status in ('invited', 'accepted', 'declined')", "status"),
        CheckConstraint("(status = 'declined') = (reason is not null)", "reason"),
        CheckConstraint("(status = 'invited') = (answered_at is null)", "answered_at"),
        Index("ix_invitation_region_code_expert_id", "region_code", "expert_id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    draw_id: Mapped[UUID] = mapped_column(primary_key=True)
    expert_id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str]
    reason: Mapped[str | None]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    invited_at: Mapped[datetime] = mapped_column(_INSTANT)
    row_version: Mapped[int]
