"""Re-reviews of self-evaluations on the wire, and how far they agree with the units."""

from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import AfterValidator, Field

from shared.fields import Code, Exact, Flag, FromJson, In, Int, LongText, Out, Points


class Placed(In):
    """Something said about one row of a form."""

    position: Int


_R = TypeVar("_R", bound=Placed)


def each_once(rows: list[_R]) -> list[_R]:
    """The rows, if none is named twice."""
    if len({row.position for row in rows}) != len(rows):
        raise ValueError("同一行（position）出现两次")
    return rows


class ReviewedRow(Placed):
    """复审得分 of one row; a score off the rule's needs a note."""

    review_score: Points
    note: LongText | None = None


class FindingIn(In):
    """复审发现的问题; without a row it concerns the form as a whole."""

    code: Code
    row_position: Int | None = None
    text: LongText
    rectification_advised: Flag = False


class RecheckIn(In):
    """复审意见: every row of the form gets a score; the bureau's own names no engagement."""

    engagement_id: UUID | None = None
    rows: Annotated[list[ReviewedRow], Field(max_length=60), AfterValidator(each_once)]
    findings: Annotated[list[FindingIn], Field(max_length=50)] = Field(default=[])


class FindingOut(Out):
    """A finding, its kind as it was called when it was written."""

    number: int
    code: str
    label: str
    row_position: int | None
    text: str
    rectification_advised: bool


class RecheckOut(Out):
    """复审 as recorded."""

    reviewer: str
    reviewer_label: str
    engagement_id: UUID | None
    agency_name: str | None
    plan_id: UUID | None
    review_total: Exact
    grade: str | None
    grade_label: str | None
    grade_receipt: dict[str, Any] | None
    rectification_advised: bool
    findings: list[FindingOut]
    rechecked_by: str
    rechecked_at: datetime


class RecheckSummary(Out):
    """复审 in a list, beside what the unit came to."""

    self_evaluation_id: UUID
    project_code: str
    project_name: str
    unit_code: str
    unit_name: str
    fiscal_year: int
    reviewer: str
    reviewer_label: str
    engagement_id: UUID | None
    agency_name: str | None
    plan_id: UUID | None
    total: Exact | None
    self_grade: str | None
    self_grade_label: str | None
    review_total: Exact
    review_grade: str | None
    review_grade_label: str | None
    rectification_advised: bool
    findings: Annotated[list[FindingOut], FromJson]
    rechecked_by: str
    rechecked_at: datetime


class FindingKindOut(Out):
    """A kind of finding that may be named."""

    code: str
    label: str


class FindingKindsOut(Out):
    """问题类别 in force, and where they stand written."""

    rule: str
    source: str
    verified: bool
    kinds: list[FindingKindOut]


class GradeChangeOut(Out):
    """How many forms went from one grade to another; equal grades are told too."""

    self_grade: str
    self_grade_label: str
    review_grade: str
    review_grade_label: str
    form_count: int


class FindingCountOut(Out):
    """How often a kind of finding was named, and in how many forms."""

    code: str
    label: str
    finding_count: int
    form_count: int
    rectification_advised_count: int


class RecheckStatisticsOut(Out):
    """复审一致性 of one unit or reviewer: sums and counts first, then what they come to.

    Differences are self minus review, in points; per row they are taken without sign.
    """

    key: str
    name: str
    form_count: int
    equal_total_count: int
    total_difference_sum: Exact
    mean_total_difference: Exact | None
    row_count: int
    equal_row_count: int
    row_difference_sum: Exact
    mean_row_difference: Exact | None
    graded_form_count: int
    changed_grade_count: int
    grade_changes: Annotated[list[GradeChangeOut], FromJson]
    finding_count: int
    findings: Annotated[list[FindingCountOut], FromJson]
    rows_href: str
