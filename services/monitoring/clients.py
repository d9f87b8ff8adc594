"""What the monitoring service reads of the other services' facts."""

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel


class UnitRegistered(BaseModel):
    """单位 as goals knows it."""

    code: str
    version: int
    name: str
    office: str
    department_code: str


class Fund(BaseModel):
    """预算 of one fund level, in yuan."""

    fund_level: str
    amount: Decimal


class SourceFund(Fund):
    """预算 of one fund level and source, in yuan."""

    source: str


class Indicator(BaseModel):
    """绩效指标 as approved."""

    position: int
    level1: str
    level2: str
    name: str
    operator: str
    target_value: Decimal | None
    target_text: str | None
    unit_of_measure: str | None


class GoalApproved(BaseModel):
    """绩效目标 as approved with its budget."""

    goal_id: UUID
    version: int
    version_no: int = 1
    project_code: str
    project_name: str
    unit_code: str
    unit_name: str
    department_code: str = ""
    category: str = ""
    is_key: bool = False
    sector: str | None = None
    fiscal_year: int
    document_no: str
    approved_on: date
    annual_goal: str
    funds: list[Fund]
    #: Absent in facts of the years before sources were told apart.
    fund_sources: list[SourceFund] | None = None
    indicators: list[Indicator]
    synthetic: bool

    def budget(self) -> list[SourceFund]:
        """The budget by fund level and source, as far as the fact tells sources apart."""
        if self.fund_sources is not None:
            return self.fund_sources
        return [SourceFund(source="unspecified", **fund.model_dump()) for fund in self.funds]


class RequestedProblem(BaseModel):
    """One thing evaluation wants rectified; without a project it concerns the whole unit."""

    project_code: str | None
    text: str


class RectificationRequested(BaseModel):
    """整改要求 that evaluation hands over to be followed up."""

    request_id: UUID
    unit_code: str
    fiscal_year: int
    letter_no: str
    due_on: date
    origin: Literal["self_evaluation", "evaluation"]
    result_fixed_on: date | None = None
    problems: list[RequestedProblem]
