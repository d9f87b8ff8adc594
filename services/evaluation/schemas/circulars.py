"""Circulars on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.evaluation.schemas.self_evaluations import UnitCode
from shared.fields import FromJson, In, LongText, Out, Text, Year

CircularKind = Literal["commendation", "criticism"]


class NamedUnitIn(In):
    """A unit to be named; one that was not proposed needs a reason."""

    unit_code: UnitCode
    reason: LongText | None = None


class LeftOutUnitIn(In):
    """A proposed unit that is not to be named, and why."""

    unit_code: UnitCode
    reason: LongText


class CircularIn(In):
    """通报: every unit proposed stands either in `units` or, with a reason, in `left_out`."""

    fiscal_year: Year
    kind: CircularKind
    document_no: Text = Field(description="通报文号")
    title: Text
    issued_on: date
    units: Annotated[list[NamedUnitIn], Field(min_length=1, max_length=2000)]
    left_out: Annotated[list[LeftOutUnitIn], Field(max_length=2000)]


class CriteriaOut(Out):
    """The rule version whose criteria propose, and whether it was checked against an official text."""

    rule_id: str
    version: date
    title: str
    article: str | None
    verified: bool


class ProposedUnit(Out):
    """A unit the data propose, with every reason."""

    unit_code: str
    unit_name: str | None
    grounds: list[str]


class ProposedUnits(Out):
    """通报名单建议 as of now; nothing is stored, nobody is named."""

    fiscal_year: int
    kind: str
    kind_label: str
    criteria: CriteriaOut
    units: list[ProposedUnit]


class CircularSummary(Out):
    """通报 in a list."""

    id: UUID
    fiscal_year: int
    kind: str
    kind_label: str
    document_no: str
    title: str
    issued_on: date
    unit_count: int


class NamedUnit(Out):
    """A unit named in a circular: what the criteria found, and what the officer added."""

    unit_code: str
    unit_name: str
    grounds: list[str]
    reason: str | None


class CircularOut(CircularSummary):
    """通报 as issued."""

    criteria: CriteriaOut
    units: Annotated[list[NamedUnit], FromJson]
    issued_by: str
    issued_at: datetime


class Departure(Out):
    """A unit added to the proposal or left out of it, and why."""

    unit_code: str
    unit_name: str
    standing: str
    standing_label: str
    grounds: Annotated[list[str], FromJson]
    reason: str


class Departures(Out):
    """Where a circular departs from what was proposed, by unit."""

    circular_id: UUID
    units: list[Departure]
