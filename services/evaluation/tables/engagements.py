"""委托合同: who works for the bureau, on what, under which terms."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Numeric,
    String,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.evaluation.tables.base import Table

_INSTANT = DateTime(timezone=True)
_Strings = ARRAY(String)


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
        CheckConstraint("not entrusted_by = any (unit_codes)", "separation"),
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
    entrusted_by: Mapped[str | None]
    unit_codes: Mapped[list[str]] = mapped_column(_Strings, server_default="{}")
    project_codes: Mapped[list[str]] = mapped_column(_Strings, server_default="{}")
    no_subcontracting: Mapped[bool | None]
    confidentiality: Mapped[bool | None]
    terminated_on: Mapped[date | None]
    engaged_by: Mapped[str]
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)


class EngagementStaff(Table):
    """合同写明的评价人员, of the agency the contract is with; never changed."""

    __tablename__ = "engagement_staff"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "engagement_id"], ["engagement.region_code", "engagement.id"]
        ),
        ForeignKeyConstraint(
            ["region_code", "staff_id"], ["agency_staff.region_code", "agency_staff.id"]
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    engagement_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)


class EngagementDeliverable(Table):
    """合同约定的交付成果; never changed."""

    __tablename__ = "engagement_deliverable"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "engagement_id"], ["engagement.region_code", "engagement.id"]
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    engagement_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    due_on: Mapped[date | None]


class EngagementInstalment(Table):
    """合同约定的分期付款: a fixed amount on a day, or when a deliverable is taken over."""

    __tablename__ = "engagement_instalment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "engagement_id"], ["engagement.region_code", "engagement.id"]
        ),
        ForeignKeyConstraint(
            ["region_code", "engagement_id", "deliverable"],
            [
                "engagement_deliverable.region_code",
                "engagement_deliverable.engagement_id",
                "engagement_deliverable.position",
            ],
            name="fk_engagement_instalment_engagement_deliverable",
        ),
        CheckConstraint("num_nonnulls(due_on, deliverable) = 1", "falls_due"),
        CheckConstraint("amount > 0", "amount"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    engagement_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    fund_level: Mapped[str]
    due_on: Mapped[date | None]
    deliverable: Mapped[int | None]


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
