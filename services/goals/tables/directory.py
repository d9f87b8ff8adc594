"""区划、单位、项目与预算: the directory the budget system pushes, and who looks after whom."""

from datetime import date, datetime
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
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.goals.tables.base import Table

_INSTANT = DateTime(timezone=True)
_MONEY = Numeric(18, 2)
_FUND_LEVELS = "fund_level in ('central', 'provincial', 'municipal', 'county')"
_SOURCES = "source in ('appropriation', 'carry_over', 'special_account', 'unit', 'other')"


class Region(Table):
    """财政区划."""

    __tablename__ = "region"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)


class BudgetCycle(Table):
    """预算年度: which form its goals are filled in on, and until when each step is due."""

    __tablename__ = "budget_cycle"
    __table_args__ = (
        CheckConstraint("submit_by <= review_by and review_by <= approve_by", "steps_in_order"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True)
    #: The form rule its goals are held against: `goal-form`, `goal-form-2021`, `goal-form-100`.
    form: Mapped[str]
    submit_by: Mapped[date]
    review_by: Mapped[date]
    approve_by: Mapped[date]
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)


class Unit(Table):
    """预算单位. A department (主管部门) is a unit whose code is its own department code."""

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint("starts_with(code, department_code)", "below_its_department"),
        Index("ix_unit_region_code_department_code", "region_code", "department_code"),
        Index("ix_unit_region_code_office_code", "region_code", "office", "code"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    department_code: Mapped[str]
    #: 统一社会信用代码
    uscc: Mapped[str | None]
    #: 业务室: the bureau's office that looks after the unit.
    office: Mapped[str]
    synthetic: Mapped[bool]
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)


class OfficerAssignment(Table):
    """责任到人: the officer of the business office who answers for a unit."""

    __tablename__ = "officer_assignment"
    __table_args__ = (
        ForeignKeyConstraint(["region_code", "unit_code"], ["unit.region_code", "unit.code"]),
        Index("ix_officer_assignment_region_code_officer", "region_code", "officer"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(primary_key=True)
    officer: Mapped[str]
    officer_name: Mapped[str]
    assigned_by: Mapped[str]
    assigned_at: Mapped[datetime] = mapped_column(_INSTANT)


class Project(Table):
    """项目, by its 21-character code."""

    __tablename__ = "project"
    __table_args__ = (
        ForeignKeyConstraint(["region_code", "unit_code"], ["unit.region_code", "unit.code"]),
        CheckConstraint("category in ('personnel', 'operation', 'specific')", "category"),
        CheckConstraint("kind in ('new', 'continuing')", "kind"),
        CheckConstraint(
            "spending_kind in ('construction', 'renovation', 'purchase', 'service', 'subsidy',"
            " 'operation', 'other')",
            "spending_kind",
        ),
        CheckConstraint("period_start <= period_end", "period"),
        Index("ix_project_region_code_unit_code_code", "region_code", "unit_code", "code"),
        Index(
            "ix_project_region_code_key_projects",
            "region_code",
            "code",
            postgresql_where="is_key",
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    unit_code: Mapped[str]
    category: Mapped[str]
    kind: Mapped[str]
    #: What the money is mainly spent on: decides whether a cost indicator is due.
    spending_kind: Mapped[str]
    sector: Mapped[str | None]
    #: 重点项目: reviewed with the quantitative table.
    is_key: Mapped[bool]
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    #: 中期（实施期）资金: fiscal appropriation and other funds of the whole period, in yuan.
    midterm_fiscal: Mapped[Decimal | None] = mapped_column(_MONEY)
    midterm_other: Mapped[Decimal | None] = mapped_column(_MONEY)
    synthetic: Mapped[bool]
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)


class ProjectFund(Table):
    """A project's budget in force for one year, by fund level (资金级次) and source (资金来源)."""

    __tablename__ = "project_fund"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "project_code"], ["project.region_code", "project.code"]
        ),
        CheckConstraint(_FUND_LEVELS, "fund_level"),
        CheckConstraint(_SOURCES, "source"),
        CheckConstraint("amount >= 0", "amount"),
        Index(
            "ix_project_fund_region_code_fiscal_year_fund_level",
            "region_code",
            "fiscal_year",
            "fund_level",
            "project_code",
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    project_code: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True)
    fund_level: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[Decimal] = mapped_column(_MONEY)


class ApprovedBudget(Table):
    """年初预算: a project's budget of a year as first approved, with its goal. Never changed."""

    __tablename__ = "approved_budget"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "batch_id"], ["approval_batch.region_code", "approval_batch.id"]
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    project_code: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID]
    amount: Mapped[Decimal] = mapped_column(_MONEY)
    #: `[{fund_level, source, amount}]`
    funds: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class BudgetChange(Table):
    """预算调整: in force once it is approved together with the goal's adjustment."""

    __tablename__ = "budget_change"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "project_code"], ["project.region_code", "project.code"]
        ),
        ForeignKeyConstraint(
            ["region_code", "batch_id"], ["approval_batch.region_code", "approval_batch.id"]
        ),
        UniqueConstraint("region_code", "document_no", "project_code"),
        CheckConstraint("kind in ('supplement', 'reduction', 'transfer', 'carry_over')", "kind"),
        CheckConstraint(
            "(status = 'approved') = (batch_id is not null)"
            " and status in ('pending', 'approved', 'withdrawn')",
            "status",
        ),
        CheckConstraint(
            "(status = 'withdrawn') = (withdrawn_by is not null)"
            " and (status = 'withdrawn') = (withdrawal_reason is not null)",
            "withdrawn_with_a_reason",
        ),
        Index("ix_budget_change_region_code_project_code_id", "region_code", "project_code", "id"),
        Index("ix_budget_change_region_code_fiscal_year_id", "region_code", "fiscal_year", "id"),
        Index("ix_budget_change_region_code_status_id", "region_code", "status", "id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_code: Mapped[str]
    fiscal_year: Mapped[int]
    kind: Mapped[str]
    document_no: Mapped[str]
    changed_on: Mapped[date]
    reason: Mapped[str]
    status: Mapped[str]
    batch_id: Mapped[UUID | None]
    withdrawn_by: Mapped[str | None]
    withdrawal_reason: Mapped[str | None]
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)


class BudgetChangeLine(Table):
    """What a budget change adds to, or takes from, one fund level and source, in yuan."""

    __tablename__ = "budget_change_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "change_id"], ["budget_change.region_code", "budget_change.id"]
        ),
        CheckConstraint(_FUND_LEVELS, "fund_level"),
        CheckConstraint(_SOURCES, "source"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    change_id: Mapped[UUID] = mapped_column(primary_key=True)
    fund_level: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[Decimal] = mapped_column(_MONEY)
