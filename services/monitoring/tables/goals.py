"""What monitoring keeps of units, approved goals and budgets: projections of the goals feed."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.monitoring.tables.base import FUND_LEVEL, FUND_SOURCE, Table


class Unit(Table):
    """预算单位: its name and the office that looks after it."""

    __tablename__ = "unit"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    #: 业务室: the bureau's office that looks after the unit.
    office: Mapped[str]
    #: 主管部门 of the unit.
    department_code: Mapped[str]
    version: Mapped[int]


class ApprovedGoal(Table):
    """已批复绩效目标; `indicators` stand as the event brought them."""

    __tablename__ = "approved_goal"
    __table_args__ = (
        UniqueConstraint("region_code", "project_code", "fiscal_year"),
        Index("ix_approved_goal_region_code_fiscal_year", "region_code", "fiscal_year", "goal_id"),
        Index("ix_approved_goal_region_code_unit_code", "region_code", "unit_code", "fiscal_year"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    goal_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    project_code: Mapped[str]
    project_name: Mapped[str]
    unit_code: Mapped[str]
    unit_name: Mapped[str]
    department_code: Mapped[str] = mapped_column(server_default="")
    category: Mapped[str] = mapped_column(server_default="")
    #: 重点项目, as it was when the goal was approved.
    is_key: Mapped[bool] = mapped_column(server_default="false")
    sector: Mapped[str | None]
    fiscal_year: Mapped[int]
    annual_goal: Mapped[str]
    indicators: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    synthetic: Mapped[bool]


class ApprovedFund(Table):
    """The budget approved with a goal, by fund level (资金级次)."""

    __tablename__ = "approved_fund"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "goal_id"], ["approved_goal.region_code", "approved_goal.goal_id"]
        ),
        CheckConstraint(FUND_LEVEL, "fund_level"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    goal_id: Mapped[UUID] = mapped_column(primary_key=True)
    fund_level: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 2))


class BudgetVersion(Table):
    """预算批复: version 1 is 年初预算数, each later one an adjustment; none is ever replaced."""

    __tablename__ = "budget_version"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True)
    project_code: Mapped[str] = mapped_column(primary_key=True)
    version_no: Mapped[int] = mapped_column(primary_key=True)
    document_no: Mapped[str]
    approved_on: Mapped[date]


class BudgetFund(Table):
    """A version's amount of one fund level and source (资金来源)."""

    __tablename__ = "budget_fund"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "fiscal_year", "project_code", "version_no"],
            [
                "budget_version.region_code",
                "budget_version.fiscal_year",
                "budget_version.project_code",
                "budget_version.version_no",
            ],
            name="fk_budget_fund_version",
        ),
        CheckConstraint(FUND_LEVEL, "fund_level"),
        CheckConstraint(FUND_SOURCE, "source"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True)
    project_code: Mapped[str] = mapped_column(primary_key=True)
    version_no: Mapped[int] = mapped_column(primary_key=True)
    fund_level: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 2))
