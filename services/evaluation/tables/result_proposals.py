"""结果应用: what results propose for the next budget, and what was decided."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.evaluation.tables.base import Table

_INSTANT = DateTime(timezone=True)


class ResultProposal(Table):
    """结果应用建议 of one project (or whole department) and unit, from one score or self-evaluation."""

    __tablename__ = "result_proposal"
    __table_args__ = (
        Index(
            "uq_result_proposal_region_code_subject",
            "region_code",
            "evaluation_id",
            "group_no",
            "project_code",
            "unit_code",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("evaluation_id is not null"),
        ),
        UniqueConstraint("region_code", "self_evaluation_id"),
        CheckConstraint(
            "(scope = 'self_evaluation') = (self_evaluation_id is not null)"
            " and num_nonnulls(evaluation_id, self_evaluation_id) = 1"
            " and (evaluation_id is null) = (group_no is null)",
            "source",
        ),
        CheckConstraint("status in ('proposed', 'adopted', 'departed')", "status"),
        CheckConstraint("scope in ('project', 'department', 'self_evaluation')", "scope"),
        Index("ix_result_proposal_region_code_fiscal_year_id", "region_code", "fiscal_year", "id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    evaluation_id: Mapped[UUID | None]
    group_no: Mapped[int | None]
    self_evaluation_id: Mapped[UUID | None]
    scope: Mapped[str]
    project_code: Mapped[str | None]
    project_name: Mapped[str | None]
    unit_code: Mapped[str]
    unit_name: Mapped[str]
    fiscal_year: Mapped[int]
    score: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    grade: Mapped[str]
    action: Mapped[str]
    receipt: Mapped[dict[str, Any]] = mapped_column(JSONB)
    status: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime] = mapped_column(_INSTANT)
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)


class ResultDecision(Table):
    """决定: taken by somebody else than the proposer, with a reason; a later one supersedes it."""

    __tablename__ = "result_decision"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "proposal_id"], ["result_proposal.region_code", "result_proposal.id"]
        ),
        CheckConstraint("pct between 0 and 100", "pct"),
        CheckConstraint("amount >= 0", "amount"),
        CheckConstraint("(amount is null) = (fund_level is null)", "amount_has_level"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    proposal_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str]
    pct: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    amount: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    fund_level: Mapped[str | None]
    reason: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column(_INSTANT)
