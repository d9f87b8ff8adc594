"""Rectification requests on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.evaluation.schemas.self_evaluations import ProjectCode, UnitCode
from shared.fields import FromJson, In, LongText, Out, Text, Year

RequestStatus = Literal[
    "issued", "received", "measures_filed", "in_progress", "verified", "returned", "refused"
]


class FindingRef(In):
    """The finding of a re-review that a problem is taken from."""

    self_evaluation_id: UUID
    number: Annotated[int, Field(ge=1, le=1000, strict=True)]


class ProblemIn(In):
    """What is to be put right; without a project it concerns the unit.

    A problem may name the finding it is taken from: its project is then that of the form.
    """

    project_code: ProjectCode | None = None
    text: LongText
    finding: FindingRef | None = None


class RectificationRequestIn(In):
    """整改要求 after a re-review: one letter to one unit."""

    unit_code: UnitCode
    fiscal_year: Year
    letter_no: Text
    due_on: date
    self_evaluation_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)]
    problems: Annotated[list[ProblemIn], Field(min_length=1, max_length=100)]


class NamedFinding(Out):
    """The finding behind a problem, its kind as it was called."""

    self_evaluation_id: UUID
    number: int
    code: str
    label: str


class RequestedProblem(Out):
    """A problem as written in the request."""

    project_code: str | None
    text: str
    finding: NamedFinding | None


class RectificationRequestOut(Out):
    """整改要求, with the state monitoring reports back; null until its letter is opened."""

    id: UUID
    origin: str
    origin_label: str
    letter_no: str
    unit_code: str
    unit_name: str | None
    fiscal_year: int
    due_on: date
    self_evaluation_ids: list[UUID]
    problems: Annotated[list[RequestedProblem], FromJson]
    rectification_id: UUID | None
    rectification_href: str | None
    status: str | None
    status_label: str
    refused_reason: str | None = Field(description="未能开具整改函的原因；改正后请另行提出")
    lateness: str | None
    lateness_label: str | None
    requested_by: str
    requested_at: datetime
    allowed_actions: list[str]
