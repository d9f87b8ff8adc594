"""What the other services say, and nothing else: a rebuild empties these and reads the feeds again.

No foreign key leads here from the service's own tables, for the same reason.
"""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.evaluation.tables.base import Table

_FUND_LEVEL = "fund_level in ('central', 'provincial', 'municipal', 'county')"


class Unit(Table):
    """预算单位, as goals registered it."""

    __tablename__ = "unit"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    department_code: Mapped[str]
    version: Mapped[int]


class ApprovedGoal(Table):
    """批复的绩效目标, as goals published it: what a year's self-evaluations start from."""

    __tablename__ = "approved_goal"
    __table_args__ = (UniqueConstraint("region_code", "fiscal_year", "project_code"),)

    region_code: Mapped[str] = mapped_column(primary_key=True)
    goal_id: Mapped[UUID] = mapped_column(primary_key=True)
    project_code: Mapped[str]
    project_name: Mapped[str]
    unit_code: Mapped[str]
    unit_name: Mapped[str]
    fiscal_year: Mapped[int]
    annual_goal: Mapped[str]
    indicators: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    version: Mapped[int]


class ApprovedFund(Table):
    """The budget approved with a goal, of one fund level (资金级次)."""

    __tablename__ = "approved_fund"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "goal_id"], ["approved_goal.region_code", "approved_goal.goal_id"]
        ),
        CheckConstraint(_FUND_LEVEL, "fund_level"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    goal_id: Mapped[UUID] = mapped_column(primary_key=True)
    fund_level: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 2))


class ApprovedBudget(Table):
    """The goal's budget by fund level and kind (资金构成): as first approved, and as it stands."""

    __tablename__ = "approved_budget"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "goal_id"], ["approved_goal.region_code", "approved_goal.goal_id"]
        ),
        CheckConstraint(_FUND_LEVEL, "fund_level"),
        CheckConstraint(
            "kind in ('current_appropriation', 'carry_over', 'other', 'unspecified')", "kind"
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    goal_id: Mapped[UUID] = mapped_column(primary_key=True)
    is_initial: Mapped[bool] = mapped_column(primary_key=True)
    fund_level: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 2))


class Execution(Table):
    """预算执行 of a project in a year, as monitoring published it."""

    __tablename__ = "execution"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    project_code: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True)
    last_paid_on: Mapped[date | None]
    version: Mapped[int]


class ExecutionPaid(Table):
    """What was paid of one fund level; refunds are taken off."""

    __tablename__ = "execution_paid"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "project_code", "fiscal_year"],
            ["execution.region_code", "execution.project_code", "execution.fiscal_year"],
            name="fk_execution_paid_execution",
        ),
        CheckConstraint(_FUND_LEVEL, "fund_level"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    project_code: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True)
    fund_level: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 2))


class MonitoredForm(Table):
    """监控表 as its unit sent it in: how far each indicator had come by the end of the period."""

    __tablename__ = "monitored_form"
    __table_args__ = (
        Index(
            "ix_monitored_form_region_code_project_code",
            "region_code",
            "project_code",
            "fiscal_year",
            "period_to",
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    form_id: Mapped[UUID] = mapped_column(primary_key=True)
    project_code: Mapped[str]
    fiscal_year: Mapped[int]
    period_to: Mapped[date]
    #: `[{name, level2, unit_of_measure, actual_to_date, band}]`
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    version: Mapped[int]


class RectificationState(Table):
    """整改 as monitoring keeps it; `request_id` is ours when we asked for it."""

    __tablename__ = "rectification_state"
    __table_args__ = (
        Index("ix_rectification_state_region_code_request_id", "region_code", "request_id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    rectification_id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID | None]
    letter_no: Mapped[str]
    unit_code: Mapped[str]
    fiscal_year: Mapped[int]
    origin: Mapped[str]
    status: Mapped[str]
    due_on: Mapped[date]
    lateness: Mapped[str] = mapped_column(server_default="on_time")
    version: Mapped[int]


class RectificationRefusal(Table):
    """Why monitoring wrote no letter for a request of ours."""

    __tablename__ = "rectification_refusal"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    letter_no: Mapped[str]
    reason_code: Mapped[str]
    reason: Mapped[str]
    version: Mapped[int]
