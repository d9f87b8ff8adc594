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


class Fund(BaseModel):
    """预算 of one fund level, in yuan."""

    fund_level: str
    amount: Decimal


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
    project_code: str
    project_name: str
    unit_code: str
    unit_name: str
    fiscal_year: int
    annual_goal: str
    funds: list[Fund]
    indicators: list[Indicator]
    synthetic: bool


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
