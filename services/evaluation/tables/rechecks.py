"""复审: plans that say which self-evaluations are looked at again, the re-reviews, what they found."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.evaluation.tables.base import Table

_INSTANT = DateTime(timezone=True)
_MONEY = Numeric(18, 2)
_SCORE = Numeric(7, 2)


class RecheckPlan(Table):
    """复审方案: who looks at which of a year's self-evaluations, drawn how; never changed.

    Without an engagement the bureau itself is the reviewer. Money is the full-year budget of all
    fund levels of the candidates, as their forms were sent in.
    """

    __tablename__ = "recheck_plan"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "engagement_id"], ["engagement.region_code", "engagement.id"]
        ),
        CheckConstraint("method in ('all', 'amount', 'random', 'picks')", "method"),
        CheckConstraint("(share is null) = (method in ('all', 'picks'))", "share"),
        CheckConstraint("share > 0 and share <= 100", "share_range"),
        CheckConstraint("(seed is null) = (method <> 'random')", "seed"),
        Index("ix_recheck_plan_region_code_fiscal_year_id", "region_code", "fiscal_year", "id"),
        Index("ix_recheck_plan_region_code_engagement_id", "region_code", "engagement_id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int]
    title: Mapped[str]
    engagement_id: Mapped[UUID | None]
    method: Mapped[str]
    share: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    algorithm: Mapped[str | None]
    seed: Mapped[str | None]
    candidates_digest: Mapped[str]
    due_on: Mapped[date]
    planned_by: Mapped[str]
    planned_at: Mapped[datetime] = mapped_column(_INSTANT)


class RecheckPlanCandidate(Table):
    """A self-evaluation that could be drawn, where it came in the order, and why; never changed."""

    __tablename__ = "recheck_plan_candidate"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "plan_id"],
            ["recheck_plan.region_code", "recheck_plan.id"],
            name="fk_recheck_plan_candidate_recheck_plan",
        ),
        ForeignKeyConstraint(
            ["region_code", "self_evaluation_id"],
            ["self_evaluation.region_code", "self_evaluation.id"],
            name="fk_recheck_plan_candidate_self_evaluation",
        ),
        UniqueConstraint("region_code", "plan_id", "position"),
        CheckConstraint(
            "why in ('picked', 'all', 'amount', 'random', 'not_drawn', 'recused')"
            " and drawn = (why not in ('not_drawn', 'recused'))"
            " and (why in ('picked', 'recused')) = (reason is not null)",
            "why",
        ),
        Index(
            "ix_recheck_plan_candidate_drawn",
            "region_code",
            "self_evaluation_id",
            "plan_id",
            postgresql_where=text("drawn"),
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    self_evaluation_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int]
    form_version: Mapped[int]
    budget_full_year: Mapped[Decimal] = mapped_column(_MONEY)
    drawn: Mapped[bool]
    why: Mapped[str]
    reason: Mapped[str | None]


class Recheck(Table):
    """复审 of a self-evaluation by an agency engaged for it or, without one, by the bureau.

    `barred` are those who had a hand in the form or in its plan and could not review it.
    """

    __tablename__ = "recheck"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "self_evaluation_id"],
            ["self_evaluation.region_code", "self_evaluation.id"],
            name="fk_recheck_self_evaluation",
        ),
        ForeignKeyConstraint(
            ["region_code", "engagement_id"], ["engagement.region_code", "engagement.id"]
        ),
        ForeignKeyConstraint(
            ["region_code", "plan_id"], ["recheck_plan.region_code", "recheck_plan.id"]
        ),
        CheckConstraint("rechecked_by <> all (barred)", "reviewer_had_no_hand_in_it"),
        CheckConstraint("grade in ('excellent', 'good', 'fair', 'poor')", "grade"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    self_evaluation_id: Mapped[UUID] = mapped_column(primary_key=True)
    engagement_id: Mapped[UUID | None]
    plan_id: Mapped[UUID | None]
    rectification_advised: Mapped[bool]
    review_total: Mapped[Decimal] = mapped_column(_SCORE)
    grade: Mapped[str | None]
    grade_receipt: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    barred: Mapped[list[str]] = mapped_column(ARRAY(String))
    rechecked_by: Mapped[str]
    rechecked_at: Mapped[datetime] = mapped_column(_INSTANT)


class RecheckFinding(Table):
    """复审发现的问题: its kind as it was called then, the row it concerns, in words; never changed."""

    __tablename__ = "recheck_finding"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "self_evaluation_id"],
            ["recheck.region_code", "recheck.self_evaluation_id"],
            name="fk_recheck_finding_recheck",
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    self_evaluation_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    label: Mapped[str]
    row_position: Mapped[int | None]
    text: Mapped[str]
    rectification_advised: Mapped[bool]
