"""Evaluations, scoring sheets and results on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from services.evaluation.schemas.self_evaluations import ProjectCode, UnitCode
from shared.fields import (
    Exact,
    Flag,
    FromJson,
    In,
    Int,
    Out,
    Points,
    Quantity,
    Text,
    Year,
)

Kind = Literal["project", "department", "policy"]
Mode = Literal["finance", "department"]
Status = Literal[
    "planned",
    "notified",
    "scheme",
    "fieldwork",
    "draft",
    "exchange_of_views",
    "final",
    "fed_back",
    "disclosed",
    "archived",
]
Merge = Literal["average", "median", "drop_extremes_average", "lead"]
GroupNo = Annotated[Int, Field(ge=1, le=9999)]
Count = Annotated[Int, Field(ge=0, le=100000)]


class SubjectIn(In):
    """评价对象: a project and the unit that carries it out; a whole department has no project, a policy
    (政策) may have some."""

    project_code: ProjectCode | None = None
    unit_code: UnitCode


class GroupIn(In):
    """What gets one score together; in the evaluation of policies, one policy by its title."""

    group_no: GroupNo
    label: Text
    policy_title: Text | None = None
    subjects: Annotated[list[SubjectIn], Field(min_length=1, max_length=100)]


class EvaluatorIn(In):
    """评价人员, known by login; an expert is one of the pool (专家库)."""

    subject: Text
    name: Text
    kind: Literal["agency", "expert"]
    is_lead: Flag = False


class EvaluationIn(In):
    """评价 to be carried out by the engagement's agency.

    With `evaluators` each of them scores blind and `merge` says how the sheets become one; without,
    whoever signs in for the agency scores. `due_on` replaces the days the rule gives to steps.
    """

    kind: Kind
    mode: Mode = "finance"
    fiscal_year: Year
    title: Text
    engagement_id: UUID
    groups: Annotated[list[GroupIn], Field(min_length=1, max_length=200)]
    evaluators: Annotated[list[EvaluatorIn], Field(max_length=30, default_factory=list)]
    merge: Merge | None = None
    due_on: Annotated[dict[Status, date], Field(default_factory=dict)]

    @model_validator(mode="after")
    def _policies_have_titles(self) -> "EvaluationIn":
        titled = {group.policy_title is not None for group in self.groups}
        if titled != {self.kind == "policy"}:
            raise ValueError("政策评价的每一组须写明政策名称（policy_title），其他评价不填")
        return self


class SheetRowIn(In):
    """What was found for one row of the framework: `ratio` has an actual value, `checklist` the
    number of points met, `band` the band and a score inside it. A row computed from base data may
    leave actual value and basis empty; another value needs a basis that says why."""

    position: Annotated[Int, Field(ge=1, le=200)]
    actual_value: Quantity | None = None
    points_met: Count | None = None
    band: Literal["achieved", "partial", "failed"] | None = None
    score: Points | None = None
    basis: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)] = ""


class ScoringSheetIn(In):
    """评分表 of one group: every row of its framework, once."""

    group_no: GroupNo
    rows: Annotated[list[SheetRowIn], Field(min_length=1, max_length=200)]


class SubjectOut(Out):
    """评价对象."""

    project_code: str | None
    project_name: str | None
    unit_code: str
    unit_name: str


class GroupOut(Out):
    """A group with its score, once it has one."""

    group_no: int
    label: str
    policy_title: str | None
    subjects: list[SubjectOut]
    score: Exact | None
    grade: str | None
    grade_label: str | None
    receipt_href: str | None


class StepOut(Out):
    """A step with the day it is due; `is_late` also while it waits."""

    step: str
    label: str
    due_on: date | None
    done_at: datetime | None
    done_by: str | None
    is_late: bool
    details: dict[str, Any]


class EvaluationSummary(Out):
    """评价 in a list."""

    id: UUID
    kind: str
    kind_label: str
    mode: str
    mode_label: str
    fiscal_year: int
    title: str
    status: str
    status_label: str
    engagement_id: UUID
    agency_id: UUID
    agency_name: str
    group_count: int
    scored_count: int
    version: int
    updated_at: datetime
    allowed_actions: list[str]


class EvaluationOut(EvaluationSummary):
    """评价, whole."""

    groups: Annotated[list[GroupOut], FromJson]
    steps: list[StepOut]
    merge: str | None
    planned_by: str
    framework_approved_by: str | None
    finalized_by: str | None
    finalized_at: datetime | None


class SheetRowOut(Out):
    """A scored row with its receipt."""

    position: int
    level1: str
    level1_label: str
    level2: str
    name: str
    weight: Exact
    method: str
    operator: str | None
    target_value: Exact | None
    actual_value: Exact | None
    points_met: int | None
    points_total: int | None
    ratio_code: str | None
    band: str | None
    basis: str
    score: Exact
    receipt: dict[str, Any]


class ScoringSheetOut(Out):
    """评分表 as scored: why the group has its score and its grade."""

    evaluation_id: UUID
    group_no: int
    label: str
    score: Exact
    score_arithmetic: str
    grade: str
    grade_label: str
    grade_receipt: Annotated[dict[str, Any], FromJson]
    weight_reason: str | None
    scored_by: str
    scored_at: datetime
    rows: Annotated[list[SheetRowOut], FromJson]
    allowed_actions: list[str]


class ResultOut(Out):
    """评价结果 of one group; final once the evaluation is."""

    evaluation_id: UUID
    evaluation_title: str
    group_no: int
    label: str
    policy_title: str | None
    kind: str
    kind_label: str
    fiscal_year: int
    status: str
    status_label: str
    score: Exact
    grade: str
    grade_label: str
    subjects: Annotated[list[SubjectOut], FromJson]
    agency_name: str
    receipt_href: str
