"""第三方机构与委托: who works for the bureau, on what, under which contract."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Numeric,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.evaluation.tables.base import Table

_INSTANT = DateTime(timezone=True)


class Agency(Table):
    """第三方机构, known by its unified social credit code (统一社会信用代码)."""

    __tablename__ = "agency"
    __table_args__ = (UniqueConstraint("region_code", "uscc"),)

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    uscc: Mapped[str]
    name: Mapped[str]
    synthetic: Mapped[bool]
    registered_by: Mapped[str]
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)


class Engagement(Table):
    """委托: a contract with an agency for one kind of work in one year."""

    __tablename__ = "engagement"
    __table_args__ = (
        ForeignKeyConstraint(["region_code", "agency_id"], ["agency.region_code", "agency.id"]),
        UniqueConstraint("region_code", "contract_no"),
        CheckConstraint(
            "scope in ('ex_ante', 'goal_review', 'evaluation', 'result_recheck',"
            " 'indicator_system', 'research')",
            "scope",
        ),
        CheckConstraint("starts_on <= ends_on", "period"),
        CheckConstraint("(contract_amount is null) = (fund_level is null)", "amount_has_level"),
        Index(
            "ix_engagement_region_code_agency_id",
            "region_code",
            "agency_id",
            "scope",
            "fiscal_year",
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID]
    scope: Mapped[str]
    fiscal_year: Mapped[int]
    contract_no: Mapped[str]
    title: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    contract_amount: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    fund_level: Mapped[str | None]
    fee_basis: Mapped[str]
    terminated_on: Mapped[date | None]
    engaged_by: Mapped[str]
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)


class EngagementTerm(Table):
    """How a contract came to run as it does: concluded, extended, terminated; never changed."""

    __tablename__ = "engagement_term"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "engagement_id"], ["engagement.region_code", "engagement.id"]
        ),
        CheckConstraint("kind in ('concluded', 'extended', 'terminated')", "kind"),
        CheckConstraint("(kind = 'concluded') = (reason is null)", "reason"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    engagement_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    ends_on: Mapped[date]
    reason: Mapped[str | None]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column(_INSTANT)


class AgencyQualityScore(Table):
    """工作质量评分: the bureau's judgement of the work on one contract; never changed."""

    __tablename__ = "agency_quality_score"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "engagement_id"], ["engagement.region_code", "engagement.id"]
        ),
        CheckConstraint("total between 0 and 100", "total"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    engagement_id: Mapped[UUID] = mapped_column(primary_key=True)
    total: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    scores: Mapped[dict[str, str]] = mapped_column(JSONB)
    rule: Mapped[str]
    comment: Mapped[str]
    scored_by: Mapped[str]
    scored_at: Mapped[datetime] = mapped_column(_INSTANT)
