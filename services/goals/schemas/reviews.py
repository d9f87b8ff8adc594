"""审核 on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.fields import Code, Exact, FromJson, In, LongText, Out, Points, Text

Grade = Literal["excellent", "good", "fair", "poor"]


class OpinionIn(In):
    """One item of the quantitative table (`score`), or one of the four contents (`grade`)."""

    code: Code
    score: Points | None = None
    grade: Grade | None = None
    opinion: LongText | None = None


class RemarkIn(In):
    """What is to be mended in one row of the form."""

    row_id: UUID
    field: Code | None = None
    text: Text


class ReviewIn(In):
    """审核结论: 优 通过；良 完善后通过；中 退回重报；差 不予通过. The last three need a reason.

    Key projects are scored item by item and `grade` follows from the total; for others the officer
    gives the conclusion, and an opinion on any of the four contents.
    """

    grade: Grade | None = None
    items: Annotated[list[OpinionIn], Field(max_length=20)] = Field(default=[])
    remarks: Annotated[list[RemarkIn], Field(max_length=200)] = Field(default=[])
    reason: LongText | None = None


class OpinionOut(Out):
    """One item as judged."""

    code: str
    label: str
    weight: Exact | None
    score: Exact | None
    grade: str | None
    opinion: str | None


class RemarkOut(Out):
    """A remark on a row, with the name the row had."""

    row_id: UUID
    row_name: str | None
    field: str | None
    text: str


class ReviewOut(Out):
    """审核 of one submission. Never changed afterwards."""

    id: UUID
    submission_no: int
    mode: Literal["quantitative", "qualitative"]
    grade: Grade
    grade_label: str
    total: Exact | None
    items: Annotated[list[OpinionOut], FromJson]
    remarks: Annotated[list[RemarkOut], FromJson]
    reason: str | None
    rule: str
    reviewed_by: str
    reviewed_at: datetime


class ReviewsOut(Out):
    """Every review of a goal, oldest first."""

    items: list[ReviewOut]
