"""Goals, reviews, approvals and disclosures on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.goals.schemas.directory import ProjectCode, UnitCode
from shared.fields import Exact, FromJson, In, LongText, Out, Points, Quantity, Text, Year

Level1 = Literal["output", "benefit", "satisfaction"]
Level2 = Literal[
    "quantity", "quality", "timeliness", "cost",
    "economic", "social", "ecological", "sustainable", "satisfaction",
]  # fmt: skip
Operator = Literal[">=", ">", "=", "<", "<=", "qualitative"]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s\x00-\x1f]{3,500}$")]


class IndicatorIn(In):
    """绩效指标 as filled in."""

    level1: Level1
    level2: Level2
    name: Text
    operator: Operator
    target_value: Quantity | None = None
    target_text: Text | None = None
    unit_of_measure: Text | None = None
    weight: Points


Indicators = Annotated[list[IndicatorIn], Field(max_length=60)]


class GoalDraft(In):
    """绩效目标申报表 as filled in so far."""

    project_code: ProjectCode
    fiscal_year: Year
    annual_goal: LongText
    indicators: Indicators


class GoalPatch(In):
    """Merge patch of a draft: what is absent stays as it is; `indicators` replaces all rows."""

    annual_goal: LongText = Field(default="")
    indicators: Indicators = Field(default=[])


class ReviewIn(In):
    """审核结论: 优、良 通过；中 退回修改；差 不予通过. The last two need a reason."""

    grade: Literal["excellent", "good", "fair", "poor"]
    reason: LongText | None = None


class BatchIn(In):
    """批复: `goal_ids` null takes every goal of the year that passed review."""

    document_no: Text
    fiscal_year: Year
    approved_on: date
    goal_ids: Annotated[list[UUID], Field(min_length=1, max_length=10000)] | None = None


class DisclosureIn(In):
    """公开 of every approved goal of a unit that was not yet published."""

    fiscal_year: Year
    unit_code: UnitCode
    url: Url
    disclosed_on: date


class Empty(In):
    """An empty object."""


class FindingOut(Out):
    """One thing to mend in a draft."""

    rule_id: str
    severity: Literal["blocking", "hint"]
    pointer: str
    message: str
    mend: str


class ChecksOut(Out):
    """What the checks say; nothing was saved."""

    findings: list[FindingOut]
    submittable: bool
    rule: str = Field(description="rule version the draft was held against")


class IndicatorOut(Out):
    """绩效指标."""

    position: int
    level1: str
    level1_label: str
    level2: str
    level2_label: str
    name: str
    operator: str
    target_value: Exact | None
    target_text: str | None
    unit_of_measure: str | None
    weight: Exact


class GoalSummary(Out):
    """绩效目标 in a list."""

    id: UUID
    project_code: str
    project_name: str
    unit_code: str
    unit_name: str
    fiscal_year: int
    status: str
    status_label: str
    document_no: str | None
    approved_on: date | None
    disclosure_due: date | None
    disclosed_on: date | None
    version: int
    updated_at: datetime
    allowed_actions: list[str]


class GoalOut(GoalSummary):
    """绩效目标, whole."""

    annual_goal: str
    indicators: Annotated[list[IndicatorOut], FromJson]
    drafted_by: str
    submitted_by: str | None
    reviewed_by: str | None
    approved_by: str | None


class StepOut(Out):
    """One entry of a goal's history."""

    step: str
    by: str
    at: datetime
    grade: str | None
    reason: str | None


class HistoryOut(Out):
    """Who did what to a goal, oldest first."""

    items: list[StepOut]


class BatchOut(Out):
    """批复 as issued; `amount` is the budget of all its projects and fund levels, in yuan."""

    id: UUID
    document_no: str
    fiscal_year: int
    approved_on: date
    approved_by: str
    goal_count: int
    amount: Exact
    allowed_actions: list[str]


class DisclosureOut(Out):
    """公开 as recorded."""

    id: UUID
    unit_code: str
    fiscal_year: int
    url: str
    disclosed_on: date
    goal_count: int
    allowed_actions: list[str]


class PublishedGoal(Out):
    """What the public sees of an approved and disclosed goal."""

    project_name: str
    unit_name: str
    fiscal_year: int
    annual_goal: str
    indicators: Annotated[list[IndicatorOut], FromJson]
    disclosed_on: date
    url: str


class CoverageOut(Out):
    """A rate with the lists behind it."""

    numerator: int
    denominator: int
    rate: Exact | None
    late: int | None
    numerator_href: str
    denominator_href: str
    missing_href: str


class YearCoverageOut(Out):
    """目标覆盖率与公开率 of a year; the scope says what is counted."""

    fiscal_year: int
    scope: str
    goal_coverage: CoverageOut
    disclosure: CoverageOut


class CoveredProject(Out):
    """A project behind a coverage figure."""

    code: str
    name: str
    unit_code: str
    unit_name: str
    goal_id: UUID | None
    goal_status: str | None
    disclosed_on: date | None


class WorkItem(Out):
    """待办: something that waits for the caller."""

    kind: str
    title: str
    href: str
    due_on: date | None
    count: int
    action: str


class WorkItems(Out):
    """待办事项."""

    items: list[WorkItem]
