"""Ex-ante results on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.evaluation.schemas.self_evaluations import ProjectCode, UnitCode
from shared.fields import Code, Exact, FromJson, In, LongText, Out, Points, Text, Year

Conclusion = Literal["support", "partial_support", "not_support"]
ExAnteStatus = Literal["recorded", "confirmed", "superseded"]


class OpinionIn(In):
    """评估意见 on one dimension; a score where the place scores."""

    dimension: Code
    opinion: LongText
    score: Points | None = None


class ExAnteIn(In):
    """事前评估结论 of a project for a fiscal year; every dimension of the rule has an opinion."""

    project_code: ProjectCode
    project_name: Text
    unit_code: UnitCode
    fiscal_year: Year
    dimensions: Annotated[list[OpinionIn], Field(max_length=20)]
    conclusion: Conclusion
    report_no: Text
    concluded_on: date
    engagement_id: UUID | None = None


class OpinionOut(Out):
    """评估意见 on one dimension."""

    dimension: str
    dimension_label: str
    opinion: str
    score: Exact | None


class ExAnteOut(Out):
    """事前评估结论; `revision` counts the records of the project's year, the newest confirmed holds."""

    id: UUID
    project_code: str
    project_name: str
    unit_code: str
    unit_name: str
    fiscal_year: int
    revision: int
    dimensions: Annotated[list[OpinionOut], FromJson]
    conclusion: str
    conclusion_label: str
    report_no: str
    concluded_on: date
    engagement_id: UUID | None
    agency_name: str | None
    status: str
    status_label: str
    rule: str = Field(description="rule version the dimensions follow")
    recorded_by: str
    confirmed_by: str | None
    confirmed_at: datetime | None
    version: int
    updated_at: datetime
    allowed_actions: list[str]
