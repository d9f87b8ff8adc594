"""What the goals service reads of the other services' facts.

A fact only grows: what came to it later is absent in older events, hence the defaults.
"""

from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel


class ResultSubject(BaseModel):
    """A project and unit a score stands for; whole departments have no project."""

    project_code: str | None
    unit_code: str


class PublishedResult(BaseModel):
    """评价结果 as evaluation published it."""

    evaluation_id: UUID
    group_no: int
    version: int
    kind: str
    fiscal_year: int
    score: Decimal
    grade: str
    subjects: list[ResultSubject]


class AchievedRow(BaseModel):
    """An indicator with its target and what was achieved."""

    name: str
    level1: str
    level2: str
    operator: str
    target_value: Decimal | None
    actual_value: Decimal | None
    unit_of_measure: str | None


class SubmittedSelfEvaluation(BaseModel):
    """单位自评 as evaluation took it in."""

    project_code: str
    fiscal_year: int
    version: int
    total: Decimal
    grade: str | None
    rows: list[AchievedRow] = []


class ReturnedSelfEvaluation(BaseModel):
    """单位自评 that evaluation sent back: what was told of it is no longer so."""

    project_code: str
    fiscal_year: int
    version: int


class ConcludedExAnte(BaseModel):
    """事前评估结论 as evaluation published it."""

    project_code: str
    fiscal_year: int
    conclusion: str
    concluded_on: date
    report_no: str
    version: int


class DecidedResult(BaseModel):
    """结果应用决定 as evaluation published it; `fiscal_year` is the year it is for."""

    proposal_id: UUID
    version: int
    project_code: str | None
    unit_code: str
    fiscal_year: int
    result_year: int
    grade: str
    action: str
    action_label: str
    pct: Decimal | None
    amount: Decimal | None
    fund_level: str | None
    reason: str
    decided_on: date


class ChangedRectification(BaseModel):
    """整改 as monitoring published it; without projects it concerns the whole unit."""

    rectification_id: UUID
    version: int
    letter_no: str
    unit_code: str
    fiscal_year: int
    origin: str
    status: str
    due_on: date
    project_codes: list[str] = []
