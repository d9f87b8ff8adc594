"""Units and projects on the wire."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared.fields import Code, Exact, Flag, FromJson, In, Money, Out, Text, Year

FundLevel = Literal["central", "provincial", "municipal", "county"]
Category = Literal["personnel", "operation", "specific"]
Kind = Literal["new", "continuing"]
UnitCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{3,21}$")]
ProjectCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}[RYT][0-9]{12}$")]


class UnitRow(In):
    """单位 as the budget system pushes it."""

    code: UnitCode
    name: Text
    department_code: UnitCode
    office: Text = Field(description="业务室")
    synthetic: Flag = Field(False, description="合成数据标记")


class FundIn(In):
    """One fund level's share of a project's budget, in yuan."""

    fund_level: FundLevel
    amount: Money


class ProjectRow(In):
    """项目 with its budget of one year as the budget system pushes it."""

    code: ProjectCode = Field(description="21 位：6 位区划 + 2 位年 + R/Y/T + 12 位序号")
    name: Text
    unit_code: UnitCode
    category: Category
    kind: Kind
    fiscal_year: Year
    funds: Annotated[list[FundIn], Field(min_length=1, max_length=4)]
    synthetic: Flag = False


class UnitOut(Out):
    """单位."""

    code: str
    name: str
    department_code: str
    office: str
    synthetic: bool
    version: int
    updated_at: datetime
    allowed_actions: list[str]


class FundOut(Out):
    """预算 of one fund level, in yuan."""

    fiscal_year: int
    fund_level: FundLevel
    fund_level_label: str
    amount: Exact


class ResultOut(Out):
    """An earlier evaluation's result for this project (结果应用)."""

    fiscal_year: int
    unit_code: str
    score: Exact
    grade: str
    grade_label: str


class ProjectOut(Out):
    """项目 with its budget and what was found of it before."""

    code: Code
    name: str
    unit_code: str
    unit_name: str
    category: Category
    category_label: str
    kind: Kind
    synthetic: bool
    version: int
    updated_at: datetime
    funds: Annotated[list[FundOut], FromJson]
    results: Annotated[list[ResultOut], FromJson]
    allowed_actions: list[str]


class ProjectSummary(Out):
    """项目 in a list; `amount` is its budget of all fund levels in the year asked, in yuan."""

    code: str
    name: str
    unit_code: str
    unit_name: str
    category: Category
    fiscal_year: int
    amount: Exact
    goal_status: str | None
    synthetic: bool
    version: int
