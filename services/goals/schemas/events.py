"""Facts the goals service publishes."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.feed import Fact
from shared.fields import Exact, Out


class UnitRegistered(Fact):
    """单位已登记或变更。"""

    type: ClassVar[str] = "cn.wenxiao.unit.registered.v1"

    code: str
    version: int
    name: str
    department_code: str
    office: str
    synthetic: bool

    def subject(self) -> str:
        """The unit's code."""
        return self.code


class Fund(Out):
    """预算 of one fund level, in yuan."""

    fund_level: str
    amount: Exact


class SourceFund(Fund):
    """预算 of one fund level and source (资金来源), in yuan."""

    source: str


class ApprovedIndicator(Out):
    """An indicator as approved."""

    position: int
    level1: str
    level2: str
    name: str
    operator: str
    target_value: Exact | None
    target_text: str | None
    unit_of_measure: str | None
    weight: Exact


class GoalApproved(Fact):
    """绩效目标已随预算批复，或其调整已随预算调整批复；`version_no` 从 1 数起。"""

    type: ClassVar[str] = "cn.wenxiao.goal.approved.v1"

    goal_id: UUID
    version: int
    version_no: int
    project_code: str
    project_name: str
    unit_code: str
    unit_name: str
    department_code: str
    office: str
    fiscal_year: int
    document_no: str
    approved_on: date
    category: str
    is_key: bool
    sector: str | None
    funds: list[Fund]
    #: The same budget, told apart by where the money comes from.
    fund_sources: list[SourceFund]
    annual_goal: str
    indicators: list[ApprovedIndicator]
    synthetic: bool

    def subject(self) -> str:
        """The goal's id."""
        return str(self.goal_id)


class GoalDisclosed(Fact):
    """绩效目标已公开。"""

    type: ClassVar[str] = "cn.wenxiao.goal.disclosed.v1"

    goal_id: UUID
    version: int
    disclosed_on: date
    url: str

    def subject(self) -> str:
        """The goal's id."""
        return str(self.goal_id)
