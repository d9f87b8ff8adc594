"""绩效目标执行监控表: the form of a project, its funds, its indicator rows, its history."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Numeric,
    String,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.monitoring.tables.base import FUND_LEVEL, INSTANT, Table


class MonitoringForm(Table):
    """监控表 of one project in one round; the goal is copied as it stood when the round opened."""

    __tablename__ = "monitoring_form"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "round_id"], ["monitoring_round.region_code", "monitoring_round.id"]
        ),
        UniqueConstraint("region_code", "round_id", "project_code"),
        CheckConstraint("status in ('open', 'submitted', 'accepted', 'returned')", "status"),
        CheckConstraint("submitted_by <> filled_by", "submitter_is_not_filler"),
        CheckConstraint("status <> 'returned' or returned_reason is not null", "returned_why"),
        Index(
            "ix_monitoring_form_region_code_unit_code",
            "region_code",
            "unit_code",
            "fiscal_year",
        ),
        Index("ix_monitoring_form_region_code_project_code", "region_code", "project_code"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    round_id: Mapped[UUID]
    goal_id: Mapped[UUID]
    project_code: Mapped[str]
    project_name: Mapped[str]
    unit_code: Mapped[str]
    unit_name: Mapped[str]
    fiscal_year: Mapped[int]
    status: Mapped[str]
    annual_goal: Mapped[str]
    #: 延期至: the later due date granted to the unit; null: the round's.
    extended_to: Mapped[date | None]
    #: 全年预计执行数, of all fund levels.
    executed_forecast: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    filled_by: Mapped[str | None]
    submitted_by: Mapped[str | None]
    reviewed_by: Mapped[str | None]
    returned_reason: Mapped[str | None]
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(INSTANT)


class FormFund(Table):
    """Budget and what was paid of it within the round's period, by fund level."""

    __tablename__ = "form_fund"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "form_id"], ["monitoring_form.region_code", "monitoring_form.id"]
        ),
        CheckConstraint(FUND_LEVEL, "fund_level"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    form_id: Mapped[UUID] = mapped_column(primary_key=True)
    fund_level: Mapped[str] = mapped_column(primary_key=True)
    budget: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    executed_to_date: Mapped[Decimal] = mapped_column(Numeric(18, 2))


class FormRow(Table):
    """One indicator of the form: its target beside what the unit reports."""

    __tablename__ = "form_row"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "form_id"], ["monitoring_form.region_code", "monitoring_form.id"]
        ),
        CheckConstraint("operator in ('>=', '>', '=', '<', '<=', 'qualitative')", "operator"),
        CheckConstraint("band in ('achieved', 'partial', 'failed')", "band"),
        CheckConstraint("likelihood in ('certain', 'possible', 'impossible')", "likelihood"),
        CheckConstraint(
            "deviation_causes <@"
            " array['funding', 'system', 'staffing', 'hardware', 'other']::varchar[]",
            "deviation_causes",
        ),
        CheckConstraint(
            "defaulted <@ array['actual_to_date', 'actual_forecast', 'likelihood',"
            " 'deviation_causes', 'deviation_text']::varchar[]",
            "defaulted",
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    form_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    level1: Mapped[str]
    level2: Mapped[str]
    name: Mapped[str]
    operator: Mapped[str]
    target_value: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    target_text: Mapped[str | None]
    unit_of_measure: Mapped[str | None]
    actual_to_date: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    actual_forecast: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    band: Mapped[str | None]
    deviation_causes: Mapped[list[str]] = mapped_column(ARRAY(String))
    deviation_text: Mapped[str | None]
    likelihood: Mapped[str | None]
    remark: Mapped[str | None]
    #: What the project's form of the round before said of this indicator.
    previous_actual: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    previous_band: Mapped[str | None]
    #: Fields the system filled in; they follow the typed ones until somebody types them.
    defaulted: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")


class FormStep(Table):
    """Who did what to a form, when and why."""

    __tablename__ = "form_step"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "form_id"], ["monitoring_form.region_code", "monitoring_form.id"]
        ),
        CheckConstraint("step in ('fill', 'submit', 'accept', 'return')", "step"),
        Index("ix_form_step_region_code_form_id", "region_code", "form_id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    form_id: Mapped[UUID]
    step: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(INSTANT)
    reason: Mapped[str | None]
    #: 退回意见 row by row: `[{position, remark}]`.
    remarks: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    #: What was handed in with a submission, to show what the next one changes.
    content: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
