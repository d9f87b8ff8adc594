"""Execution on the wire: of a project, of a group, of a month."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from shared.fields import Exact, Out

Rate = Annotated[str | None, Field(description="百分数，两位小数；分母为零或未知时为 null")]
GroupBy = Literal["unit", "department", "office", "fund_level", "month"]


class FiguresOut(Out):
    """Yuan as of the day; the two rates have different denominators and are never mixed."""

    budget_initial: Exact = Field(description="年初批复数（第一次批复）")
    budget: Exact = Field(description="截至该日生效的预算数")
    carry_over: Exact = Field(description="其中：上年结转")
    paid: Exact = Field(description="累计支付，已减退款与冲正")
    received: Exact = Field(description="累计到位")
    paid_of_received: Exact = Field(description="有到位记录的项目和资金级次的累计支付")
    exec_rate_budget: Rate = Field(description="paid ÷ budget")
    exec_rate_received: Rate = Field(description="paid_of_received ÷ received")


class FundExecutionOut(FiguresOut):
    """Execution of one fund level; `rate` is `exec_rate_budget`."""

    fund_level: str
    fund_level_label: str
    rate: Rate


class ExecutionFigures(FiguresOut):
    """预算执行 as of a day, all fund levels asked for, and level by level."""

    as_of: date
    #: Of the budget in force; null when none was approved by the day.
    budget_version_no: int | None
    rate: Rate
    #: The share of the year's budget planned to be paid by the day, in percent.
    planned_share: Exact
    #: The plan's version; null: no plan, one twelfth each month.
    plan_version: int | None
    funds: list[FundExecutionOut]
    last_paid_on: date | None


class ExecutionOut(ExecutionFigures):
    """预算执行 of a project's year; name and unit are null until its goal is known here."""

    project_code: str
    project_name: str | None
    unit_code: str | None
    unit_name: str | None
    department_code: str | None
    office: str | None
    fiscal_year: int


class GroupExecutionOut(FiguresOut):
    """Execution of a group of projects."""

    key: str | None = Field(description="null：尚无已批复目标的项目")
    label: str
    project_count: int
    received_project_count: int = Field(description="有到位记录的项目数")
    planned: Exact = Field(description="按用款计划（无计划按月均）截至该日应支付")


class MonthExecutionOut(Out):
    """What was paid within a month, and by its end against the budget in force on `as_of`."""

    month: str
    paid: Exact
    paid_to_date: Exact
    planned_to_date: Exact
    exec_rate_budget: Rate


class ExecutionStatistics(Out):
    """执行统计; the groups (or months) add up to the total, whose scope is named."""

    fiscal_year: int
    as_of: date
    by: GroupBy
    scope: str
    total: GroupExecutionOut
    groups: list[GroupExecutionOut]
    months: list[MonthExecutionOut] = Field(description="仅 by=month")
