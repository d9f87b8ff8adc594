"""批复与公开."""

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
from sqlalchemy.orm import Mapped, mapped_column

from services.goals.tables.base import Table

_INSTANT = DateTime(timezone=True)


class ApprovalBatch(Table):
    """批复: goals approved together with their budget, or its changes, under one document number."""

    __tablename__ = "approval_batch"
    __table_args__ = (UniqueConstraint("region_code", "document_no"),)

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    document_no: Mapped[str]
    fiscal_year: Mapped[int]
    approved_on: Mapped[date]
    approved_by: Mapped[str]
    goal_count: Mapped[int]
    #: How many of them change a goal approved before.
    adjustment_count: Mapped[int]
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    created_at: Mapped[datetime] = mapped_column(_INSTANT)


class Notice(Table):
    """通知: what a unit is told of an approval, and when it took note."""

    __tablename__ = "notice"
    __table_args__ = (
        ForeignKeyConstraint(["region_code", "unit_code"], ["unit.region_code", "unit.code"]),
        ForeignKeyConstraint(
            ["region_code", "batch_id"], ["approval_batch.region_code", "approval_batch.id"]
        ),
        UniqueConstraint("region_code", "batch_id", "unit_code"),
        CheckConstraint("(received_at is null) = (received_by is null)", "received"),
        Index("ix_notice_region_code_unit_code_id", "region_code", "unit_code", "id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_code: Mapped[str]
    batch_id: Mapped[UUID]
    goal_count: Mapped[int]
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    sent_at: Mapped[datetime] = mapped_column(_INSTANT)
    received_by: Mapped[str | None]
    received_at: Mapped[datetime | None] = mapped_column(_INSTANT)


class Disclosure(Table):
    """公开: where and when a unit published its approved goals."""

    __tablename__ = "disclosure"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_code: Mapped[str]
    fiscal_year: Mapped[int]
    url: Mapped[str]
    disclosed_on: Mapped[date]
    disclosed_by: Mapped[str]
    goal_count: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(_INSTANT)
