"""绩效目标 on the wire: drafts as far as they are filled in, and what the service says of them."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.goals.schemas.directory import ProjectCode, UnitCode
from shared.fields import Exact, FromJson, In, LongText, Money, Out, Points, Quantity, Text, Year

Scope = Literal["annual", "midterm"]
Level1 = Literal["cost", "output", "benefit", "satisfaction"]
Level2 = Literal[
    "economic_cost", "social_cost", "ecological_cost",
    "quantity", "quality", "timeliness", "cost",
    "economic", "social", "ecological", "sustainable", "satisfaction",
]  # fmt: skip
Operator = Literal[">=", ">", "=", "<", "<=", "qualitative"]


class IndicatorIn(In):
    """绩效指标 as filled in so far; `row_id` names a row that was there before."""

    row_id: UUID | None = None
    scope: Scope = "annual"
    level1: Level1 | None = None
    level2: Level2 | None = None
    name: Text | None = None
    operator: Operator | None = None
    target_value: Quantity | None = None
    target_text: Text | None = None
    unit_of_measure: Text | None = None
    weight: Points | None = None
    evidence: Text | None = Field(None, description="佐证资料")
    scoring_rule: LongText | None = Field(None, description="评（扣）分标准")
    library_id: UUID | None = Field(None, description="取自指标库的哪一条")


class TaskIn(In):
    """年度主要任务 of a whole department; amounts in yuan."""

    name: Text
    content: LongText | None = None
    fiscal_amount: Money | None = None
    other_amount: Money | None = None


Indicators = Annotated[list[IndicatorIn], Field(max_length=120)]
Tasks = Annotated[list[TaskIn], Field(max_length=60)]


class GoalContentIn(In):
    """What the form says, as far as it is filled in."""

    annual_goal: LongText | None = None
    midterm_goal: LongText | None = None
    indicators: Indicators = Field(default=[])
    tasks: Tasks = Field(default=[])


class GoalDraft(GoalContentIn):
    """绩效目标申报表: of a project, or (`kind` department) of a whole department (部门整体)."""

    kind: Literal["project", "department"] = "project"
    project_code: ProjectCode | None = None
    unit_code: UnitCode | None = Field(None, description="部门整体目标的部门编码")
    fiscal_year: Year

    @model_validator(mode="after")
    def _names_its_object(self) -> Self:
        if (self.kind == "project") != (self.project_code is not None):
            raise ValueError("项目目标要有 project_code，部门整体目标不要")
        if (self.kind == "department") != (self.unit_code is not None):
            raise ValueError("部门整体目标要有 unit_code，项目目标不要（由项目得出）")
        return self


class GoalPatch(GoalContentIn):
    """Merge patch of a draft: what is absent stays as it is; lists are replaced whole."""


class Reason(In):
    """Why; it is kept in the history."""

    reason: LongText


class AdjustmentIn(Reason):
    """调整 of an approved goal, tied to the budget change it goes with."""

    budget_change_id: UUID


class Empty(In):
    """An empty object."""


class FindingOut(Out):
    """One thing to mend in a draft: which rule, where, why, how; `proposal` is an edit that follows
    from the draft itself: JSON pointer → value (a row where the pointer ends in `/-`)."""

    rule_id: str
    severity: Literal["blocking", "hint"]
    pointer: str
    message: str
    mend: str
    example: str | None
    proposal: dict[str, str | dict[str, str] | None]


class ChecksOut(Out):
    """What the coach says; nothing was saved."""

    findings: list[FindingOut]
    submittable: bool
    rule: str = Field(description="version of the form rule the draft was held against")
    coach_rule: str = Field(description="version of the drafting rules")


class IndicatorOut(Out):
    """绩效指标."""

    row_id: UUID
    position: int
    scope: str
    level1: str | None
    level1_label: str | None
    level2: str | None
    level2_label: str | None
    name: str | None
    operator: str | None
    target_value: Exact | None
    target_text: str | None
    unit_of_measure: str | None
    weight: Exact | None
    evidence: str | None
    scoring_rule: str | None
    library_id: UUID | None


class TaskOut(Out):
    """年度主要任务; amounts in yuan."""

    name: str
    content: str | None
    fiscal_amount: Exact | None
    other_amount: Exact | None


class GoalSummary(Out):
    """绩效目标 in a list."""

    id: UUID
    kind: str
    project_code: str | None
    project_name: str | None
    unit_code: str
    unit_name: str
    fiscal_year: int
    status: str
    status_label: str
    submission_count: int
    approved_version: int | None
    document_no: str | None
    approved_on: date | None
    disclosure_due: date | None
    disclosed_on: date | None
    disclosure_exemption: str | None
    budget_change_id: UUID | None
    attention: int = Field(description="0 最先看：上年结果差或整改逾期；3 没有需要先看的")
    version: int
    updated_at: datetime
    allowed_actions: list[str]


class GoalOut(GoalSummary):
    """绩效目标, whole: the form as it stands now."""

    annual_goal: str | None
    midterm_goal: str | None
    indicators: Annotated[list[IndicatorOut], FromJson]
    tasks: Annotated[list[TaskOut], FromJson]
    drafted_by: str
    submitted_by: str | None
    reviewed_by: str | None
    approved_by: str | None


class StepOut(Out):
    """One entry of a goal's history."""

    step: str
    step_label: str
    by: str
    at: datetime
    grade: str | None
    reason: str | None
    submission_no: int | None
    version_no: int | None


class HistoryOut(Out):
    """Who did what to a goal, oldest first."""

    items: list[StepOut]


class FundOut(Out):
    """预算 of one fund level and source, in yuan."""

    fund_level: str
    source: str
    amount: Exact


class VersionOut(Out):
    """批复的目标 as approved: never changed afterwards."""

    goal_id: UUID
    version_no: int
    submission_no: int
    document_no: str
    approved_on: date
    approved_by: str
    approved_at: datetime
    budget_change_id: UUID | None
    funds: Annotated[list[FundOut], FromJson]
    annual_goal: str | None
    midterm_goal: str | None
    indicators: list[IndicatorOut]
    tasks: list[TaskOut]


class VersionsOut(Out):
    """Every approved version, oldest first."""

    items: list[VersionOut]


class ChangeOut(Out):
    """One difference between two submissions of a goal."""

    pointer: str
    label: str
    row_id: UUID | None
    kind: Literal["added", "removed", "changed"]
    before: str | None
    after: str | None


class ChangesOut(Out):
    """What a later submission changed of an earlier one."""

    goal_id: UUID
    before_submission: int
    after_submission: int
    changes: list[ChangeOut]


class PublishedIndicator(Out):
    """绩效指标 as the public sees it."""

    level1: str | None
    level1_label: str | None
    level2: str | None
    level2_label: str | None
    name: str | None
    operator: str | None
    target_value: Exact | None
    target_text: str | None
    unit_of_measure: str | None


class PublishedGoal(Out):
    """What the public sees of an approved and disclosed goal: the version that was published."""

    project_name: str
    unit_name: str
    fiscal_year: int
    annual_goal: str | None
    indicators: list[PublishedIndicator]
    disclosed_on: date
    url: str
