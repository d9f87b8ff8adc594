"""监控轮次: what is looked at, until when; longer terms granted to a unit; reminders sent."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.monitoring.tables.base import INSTANT, Table

_ROUND = (["region_code", "round_id"], ["monitoring_round.region_code", "monitoring_round.id"])


class MonitoringRound(Table):
    """监控: one occasion of the year on which approved goals are looked at."""

    __tablename__ = "monitoring_round"
    __table_args__ = (
        UniqueConstraint("region_code", "fiscal_year", "name"),
        CheckConstraint("period_from <= period_to", "period"),
        CheckConstraint("status in ('open', 'closed')", "status"),
        CheckConstraint("(status = 'closed') = (closed_at is not null)", "closed_when"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int]
    name: Mapped[str]
    period_from: Mapped[date]
    period_to: Mapped[date]
    due_on: Mapped[date]
    #: Which projects were asked for; empty: all of the year.
    selection: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    form_count: Mapped[int]
    status: Mapped[str] = mapped_column(server_default="open")
    opened_by: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(INSTANT)
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None] = mapped_column(INSTANT)
    close_reason: Mapped[str | None]
    row_version: Mapped[int] = mapped_column(server_default="1")


class RoundExtension(Table):
    """延期: a later due date for one unit's forms, never changed; the latest one holds."""

    __tablename__ = "round_extension"
    __table_args__ = (
        ForeignKeyConstraint(*_ROUND),
        Index("ix_round_extension_region_code_round_id", "region_code", "round_id", "id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    round_id: Mapped[UUID]
    unit_code: Mapped[str]
    due_before: Mapped[date]
    due_on: Mapped[date]
    reason: Mapped[str]
    granted_by: Mapped[str]
    granted_at: Mapped[datetime] = mapped_column(INSTANT)


class RoundReminder(Table):
    """催报: a unit was told of its outstanding forms, once an occasion."""

    __tablename__ = "round_reminder"
    __table_args__ = (
        ForeignKeyConstraint(*_ROUND),
        UniqueConstraint("region_code", "round_id", "unit_code", "due_on", "occasion"),
        Index("ix_round_reminder_region_code_unit_code", "region_code", "unit_code", "id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    round_id: Mapped[UUID]
    unit_code: Mapped[str]
    due_on: Mapped[date]
    #: `due_in_7`: by the rule, so many days before; `asked_2023-08-20`: by the bureau, on that day.
    occasion: Mapped[str]
    form_count: Mapped[int]
    #: Who asked for it; null: the rule.
    sent_by: Mapped[str | None]
    sent_at: Mapped[datetime] = mapped_column(INSTANT)
