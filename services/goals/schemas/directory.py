"""Regions, units, their officers, and projects on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from services.goals.schemas.funds import FundIn, FundOut, MidtermIn, MidtermOut, YearBudget
from shared.fields import Code, Exact, Flag, FromJson, In, Money, Out, Text, Year

Category = Literal["personnel", "operation", "specific"]
Kind = Literal["new", "continuing"]
SpendingKind = Literal[
    "construction", "renovation", "purchase", "service", "subsidy", "operation", "other"
]
UnitCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{3,21}$")]
#: The beginning of unit codes: `2` or `219`.
CodePrefix = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,21}$")]
ProjectCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}[RYT][0-9]{12}$")]
_Uscc = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, max_length=40)]


class RegionIn(In):
    """财政区划 as the budget system names it."""

    name: Text


class RegionOut(Out):
    """财政区划."""

    region_code: str
    name: str
    version: int
    updated_at: datetime
    allowed_actions: list[str]


class UnitRow(In):
    """单位 as the budget system pushes it."""

    code: UnitCode = Field(description="以 department_code 开头，至多 21 位")
    name: Text
    department_code: UnitCode
    uscc: _Uscc | None = Field(None, description="统一社会信用代码，18 位")
    office: Text = Field(description="业务室")
    synthetic: Flag = Field(False, description="合成数据标记")


class OfficerIn(In):
    """责任到人: who answers for the unit in its business office."""

    officer: Text = Field(description="登录名")
    officer_name: Text


class OfficeOfficerIn(OfficerIn):
    """责任到人 for every unit of a business office."""

    office: Text


class OfficerOut(Out):
    """责任人."""

    officer: str
    officer_name: str
    assigned_by: str
    assigned_at: datetime


class UnitOut(Out):
    """单位."""

    code: str
    name: str
    department_code: str
    uscc: str | None
    office: str
    officer: OfficerOut | None
    synthetic: bool
    version: int
    updated_at: datetime
    allowed_actions: list[str]


class DepartmentOut(Out):
    """主管部门; `name` is null when no unit row has the department's code."""

    code: str
    name: str | None
    unit_count: int
    allowed_actions: list[str]


class OfficeUnit(Out):
    """A unit that a business office looks after."""

    code: str
    name: str
    officer: str | None


class OfficeOfficer(Out):
    """Someone of a business office, with the number of units."""

    officer: str
    officer_name: str
    unit_count: int


class OfficeOut(Out):
    """业务室 with its units and officers."""

    office: str
    unit_count: int
    unassigned_count: int
    units: Annotated[list[OfficeUnit], FromJson]
    officers: Annotated[list[OfficeOfficer], FromJson]
    allowed_actions: list[str]


class OfficerAssignmentOut(Out):
    """What an assignment for a whole office did."""

    office: str
    officer: str
    officer_name: str
    unit_count: int
    changed_count: int
    allowed_actions: list[str]


class ProjectRow(In):
    """项目 with its budget of one year as the budget system pushes it."""

    code: ProjectCode = Field(description="21 位：6 位区划 + 2 位年 + R/Y/T + 12 位序号")
    name: Text
    unit_code: UnitCode
    category: Category
    kind: Kind
    spending_kind: SpendingKind = Field("other", description="资金主要用途")
    sector: Text | None = Field(None, description="行业领域")
    is_key: Flag = Field(False, description="重点项目")
    period_start: date | None = Field(None, description="项目期起")
    period_end: date | None = Field(None, description="项目期止")
    midterm: MidtermIn | None = Field(None, description="中期（实施期）资金")
    fiscal_year: Year
    annual_total: Money | None = Field(None, description="年度资金总额，应等于各项资金之和")
    funds: Annotated[list[FundIn], Field(min_length=1, max_length=20)]
    synthetic: Flag = False


class ResultOut(Out):
    """An earlier evaluation's result for this project (结果应用)."""

    fiscal_year: int
    unit_code: str
    score: Exact
    grade: str
    grade_label: str


class CodeParts(Out):
    """What the 21 characters say; the region may be the one that pays, the year the first one."""

    region: str
    year: int
    category: Category
    number: str


class _ProjectFields(Out):
    code: Code
    name: str
    unit_code: str
    unit_name: str
    department_code: str
    office: str
    category: Category
    category_label: str
    kind: Kind
    kind_label: str
    spending_kind: SpendingKind
    spending_kind_label: str
    sector: str | None
    sector_label: str | None
    is_key: bool
    synthetic: bool
    version: int
    updated_at: datetime
    allowed_actions: list[str]


class ProjectOut(_ProjectFields):
    """项目 with its budgets and what was found of it before."""

    code_parts: CodeParts
    period_start: date | None
    period_end: date | None
    midterm: MidtermOut | None
    funds: list[FundOut]
    budgets: list[YearBudget]
    results: list[ResultOut]


class ProjectSummary(_ProjectFields):
    """项目 in a list; `amount` is its budget in force of the year asked, in yuan, of all fund levels
    and sources."""

    fiscal_year: int
    amount: Exact
    goal_status: str | None
