"""单位、项目与资金: pushed by the budget system."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from services.goals.tables.base import Table


class Unit(Table):
    """预算单位."""

    __tablename__ = "unit"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    department_code: Mapped[str]
    #: 业务室: the bureau's office that looks after the unit.
    office: Mapped[str]
    synthetic: Mapped[bool]
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Project(Table):
    """项目, by its 21-character code."""

    __tablename__ = "project"
    __table_args__ = (
        ForeignKeyConstraint(["region_code", "unit_code"], ["unit.region_code", "unit.code"]),
        CheckConstraint("category in ('personnel', 'operation', 'specific')", "category"),
        CheckConstraint("kind in ('new', 'continuing')", "kind"),
        Index("ix_project_region_code_unit_code", "region_code", "unit_code"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    unit_code: Mapped[str]
    category: Mapped[str]
    kind: Mapped[str]
    #: 重点项目: looked at before the rest.
    is_key: Mapped[bool] = mapped_column(server_default="false")
    synthetic: Mapped[bool]
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ProjectFund(Table):
    """A project's budget of one year, by fund level (资金级次). It has rows for each year it runs."""

    __tablename__ = "project_fund"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "project_code"], ["project.region_code", "project.code"]
        ),
        CheckConstraint(
            "fund_level in ('central', 'provincial', 'municipal', 'county')", "fund_level"
        ),
        CheckConstraint("amount >= 0", "amount"),
        Index("ix_project_fund_region_code_fiscal_year", "region_code", "fiscal_year"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    project_code: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True)
    fund_level: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 2))
