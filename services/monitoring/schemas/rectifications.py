"""Rectifications on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.monitoring.schemas.payments import ProjectCode, UnitCode
from shared.fields import FromJson, In, LongText, Out, Text

RectificationStatus = Literal["issued", "measures_filed", "verified", "returned"]
Origin = Literal["monitoring", "self_evaluation", "evaluation"]


class ProblemIn(In):
    """One thing to rectify; without a project it concerns the whole unit."""

    project_code: ProjectCode | None = None
    text: LongText


class RectificationIn(In):
    """整改函: about warnings, other problems, or both; at least one is named."""

    letter_no: Text
    unit_code: UnitCode
    due_on: date
    warning_ids: Annotated[list[UUID], Field(max_length=200)] = Field(default=[])
    problems: Annotated[list[ProblemIn], Field(max_length=200)] = Field(default=[])


class MeasuresIn(In):
    """整改措施 as the unit reports them."""

    measures: LongText
    completed_on: date | None = None


class VerificationIn(In):
    """核实: verified, or returned with the reason."""

    outcome: Literal["verified", "returned"]
    reason: LongText | None = None


class ProblemItem(Out):
    """One thing to rectify."""

    project_code: str | None
    text: str


class LetterWarning(Out):
    """A warning the letter was written about."""

    id: UUID
    project_code: str
    rule_id: str
    level: str
    status: str
    reason: str


class RectificationStepOut(Out):
    """One entry of a rectification's history; `text` is what was filed or why it was returned."""

    step: str
    by: str
    at: datetime
    text: str | None


class RectificationSummary(Out):
    """整改 in a list; `days_left` is negative after the due day."""

    id: UUID
    letter_no: str
    unit_code: str
    unit_name: str | None
    fiscal_year: int
    origin: str
    origin_label: str
    request_id: UUID | None
    status: str
    status_label: str
    due_on: date
    days_left: int
    overdue: bool = Field(description="到期仍未报送整改措施")
    completed_on: date | None
    issued_at: datetime
    version: int
    updated_at: datetime
    allowed_actions: list[str]


class RectificationOut(RectificationSummary):
    """整改, whole; `steps` oldest first."""

    problems: Annotated[list[ProblemItem], FromJson]
    warnings: Annotated[list[LetterWarning], FromJson]
    measures: str | None
    returned_reason: str | None
    issued_by: str
    filed_by: str | None
    verified_by: str | None
    steps: Annotated[list[RectificationStepOut], FromJson]
