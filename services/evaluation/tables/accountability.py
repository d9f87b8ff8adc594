"""问责移送: what the bureau handed over to whom, and what came of it. A record, nothing more."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.evaluation.tables.base import Table

_INSTANT = DateTime(timezone=True)


class AccountabilityCase(Table):
    """问责移送 concerning one unit. `basis_title` is what the basis was called on that day."""

    __tablename__ = "accountability_case"
    __table_args__ = (
        CheckConstraint(
            "basis_kind in ('rectification', 'evaluation', 'self_evaluation')", "basis_kind"
        ),
        CheckConstraint("status in ('handed', 'answered')", "status"),
        CheckConstraint("outcome_due_on > handed_on", "outcome_due_on"),
        Index(
            "ix_accountability_case_region_code_fiscal_year_id", "region_code", "fiscal_year", "id"
        ),
        Index("ix_accountability_case_region_code_unit_code", "region_code", "unit_code", "id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int]
    unit_code: Mapped[str]
    basis_kind: Mapped[str]
    basis_id: Mapped[UUID]
    basis_title: Mapped[str]
    facts: Mapped[str]
    article: Mapped[str]
    handed_to: Mapped[str]
    handed_on: Mapped[date]
    document_no: Mapped[str | None]
    outcome_due_on: Mapped[date]
    status: Mapped[str]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(_INSTANT)
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)


class AccountabilityOutcome(Table):
    """处理结果 as the organ reported it; a later one stands beside the earlier, never in its place."""

    __tablename__ = "accountability_outcome"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "case_id"],
            ["accountability_case.region_code", "accountability_case.id"],
            name="fk_accountability_outcome_accountability_case",
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    outcome: Mapped[str]
    decided_on: Mapped[date]
    document_no: Mapped[str | None]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(_INSTANT)
