"""What the other services said: results, rectifications and ex-ante conclusions of projects."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Numeric
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.goals.tables.base import Table


class ProjectResult(Table):
    """评价结果 as evaluation published it: what the next budget is drawn up with."""

    __tablename__ = "project_result"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    project_code: Mapped[str] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(primary_key=True)
    evaluation_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_no: Mapped[int] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int]
    score: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    grade: Mapped[str]
    version: Mapped[int]


class SelfEvaluated(Table):
    """自评结果 as evaluation took it in: the year's actual values, row by row."""

    __tablename__ = "self_evaluated"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    project_code: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True)
    total: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    grade: Mapped[str | None]
    #: `[{name, level1, level2, operator, target_value, actual_value, unit_of_measure}]`
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    version: Mapped[int]


class Rectification(Table):
    """整改 as monitoring follows it; without projects it concerns the whole unit."""

    __tablename__ = "rectification"
    __table_args__ = (
        Index("ix_rectification_region_code_unit_code", "region_code", "unit_code", "fiscal_year"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    rectification_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_code: Mapped[str]
    fiscal_year: Mapped[int]
    letter_no: Mapped[str]
    origin: Mapped[str]
    status: Mapped[str]
    due_on: Mapped[date]
    project_codes: Mapped[list[str]] = mapped_column(JSONB)
    version: Mapped[int]


class ExAnteResult(Table):
    """事前评估结论 as evaluation published it: what a new major project's approval needs."""

    __tablename__ = "ex_ante_result"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    project_code: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True)
    conclusion: Mapped[str]
    concluded_on: Mapped[date]
    report_no: Mapped[str]
    version: Mapped[int]


class AppliedResult(Table):
    """结果应用决定 as evaluation published it: what a year's budget and goal are to take up."""

    __tablename__ = "applied_result"
    __table_args__ = (
        Index("ix_applied_result_region_code_unit_code", "region_code", "unit_code", "fiscal_year"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    proposal_id: Mapped[UUID] = mapped_column(primary_key=True)
    #: Null: the decision concerns the whole department.
    project_code: Mapped[str | None]
    unit_code: Mapped[str]
    fiscal_year: Mapped[int]
    result_year: Mapped[int]
    grade: Mapped[str]
    action: Mapped[str]
    action_label: Mapped[str]
    pct: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    amount: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    fund_level: Mapped[str | None]
    reason: Mapped[str]
    decided_on: Mapped[date]
    version: Mapped[int]
