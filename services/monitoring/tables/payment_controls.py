"""暂停拨付: from the proposal to the day payments go on."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.monitoring.tables.base import INSTANT, Table


class PaymentControl(Table):
    """A hold on one project's payments; each step happens once and keeps who, when and why."""

    __tablename__ = "payment_control"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "rectification_id"],
            ["rectification.region_code", "rectification.id"],
        ),
        #: One cause is proposed once: what was declined is not proposed again the next day.
        UniqueConstraint(
            "region_code",
            "project_code",
            "fiscal_year",
            "rule_id",
            "cause",
            name="uq_payment_control_cause",
        ),
        CheckConstraint("status in ('proposed', 'active', 'declined', 'lifted')", "status"),
        CheckConstraint("decided_by <> proposed_by", "decider_is_not_proposer"),
        CheckConstraint(
            "(status = 'proposed') = (decided_by is null)"
            " and num_nulls(decided_by, decided_at, decided_reason) in (0, 3)",
            "decided_by_someone",
        ),
        CheckConstraint(
            "(status in ('active', 'lifted')) = (effective_on is not null)", "effective"
        ),
        CheckConstraint(
            "(status = 'lifted') = (lifted_by is not null)"
            " and num_nulls(lifted_by, lifted_at, lifted_on, lifted_reason) in (0, 4)",
            "lifted_by_someone",
        ),
        #: One control of one rule is open at a time.
        Index(
            "uq_payment_control_open",
            "region_code",
            "project_code",
            "fiscal_year",
            "rule_id",
            unique=True,
            postgresql_where=text("status in ('proposed', 'active')"),
        ),
        Index("ix_payment_control_region_code_unit_code", "region_code", "unit_code"),
        Index("ix_payment_control_region_code_rectification_id", "region_code", "rectification_id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_code: Mapped[str]
    project_name: Mapped[str]
    unit_code: Mapped[str]
    fiscal_year: Mapped[int]
    status: Mapped[str]
    #: The rule that proposed it, or `manual`.
    rule_id: Mapped[str]
    #: The rule's version; null when a person proposed it.
    rule_version: Mapped[str | None]
    #: What the rule saw: one cause is one proposal.
    cause: Mapped[str]
    #: The numbers behind it.
    receipt: Mapped[dict[str, Any]] = mapped_column(JSONB)
    rectification_id: Mapped[UUID | None]
    reason: Mapped[str]
    lifted_when: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime] = mapped_column(INSTANT)
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None] = mapped_column(INSTANT)
    decided_reason: Mapped[str | None]
    effective_on: Mapped[date | None]
    lifted_by: Mapped[str | None]
    lifted_at: Mapped[datetime | None] = mapped_column(INSTANT)
    lifted_on: Mapped[date | None]
    lifted_reason: Mapped[str | None]
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(INSTANT)
