"""Rectifications on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.monitoring.schemas.payments import ProjectCode, UnitCode
from shared.fields import FromJson, In, Int, LongText, Out, Text

RectificationStatus = Literal[
    "issued", "received", "measures_filed", "in_progress", "verified", "returned"
]
Lateness = Literal["on_time", "overdue", "escalated"]
Origin = Literal["monitoring", "self_evaluation", "evaluation"]


class ProblemIn(In):
    """One thing to rectify; without a project it concerns the whole unit."""

    project_code: ProjectCode | None = None
    text: LongText


class RectificationIn(In):
    """整改函: about warnings, other problems, or both; at least one is named."""

    letter_no: Text
    unit_code: UnitCode
    due_on: date | None = Field(
        default=None, description="不填的，按规则自签收之日起算；签收前按下达之日暂计"
    )
    warning_ids: Annotated[list[UUID], Field(max_length=200)] = Field(default=[])
    problems: Annotated[list[ProblemIn], Field(max_length=200)] = Field(default=[])


class ReceiptIn(In):
    """签收."""

    note: Text | None = None


class MeasureIn(In):
    """What is done about one problem or one warning of the letter."""

    problem_position: Int | None = Field(default=None, description="整改函第几个问题，从 1 起")
    warning_id: UUID | None = None
    measure: LongText
    responsible: Text
    planned_on: date


class MeasuresIn(In):
    """整改措施 as the unit reports them: as a whole, and problem by problem."""

    measures: LongText
    completed_on: date | None = None
    items: Annotated[list[MeasureIn], Field(max_length=400)] = Field(default=[])


class ProgressIn(In):
    """整改进展; with the day on which all was done, if it is done."""

    progress: LongText
    completed_on: date | None = None


class ExtensionIn(In):
    """延期: the new day and why."""

    until: date
    reason: LongText


class VerificationIn(In):
    """核实: verified, or returned with the reason and, if wanted, a new deadline."""

    outcome: Literal["verified", "returned"]
    reason: LongText | None = None
    due_on: date | None = Field(default=None, description="退回时可另定重报期限")


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


class MeasureItem(Out):
    """A measure of the latest filing."""

    problem_position: int | None
    warning_id: UUID | None
    measure: str
    responsible: str
    planned_on: date


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
    overdue: bool = Field(description="到期仍未报送整改措施，或过了承诺的完成日期仍未完成")
    lateness: str
    lateness_label: str
    owed_on: date | None = Field(description="单位应在此日前办理；轮到财政部门或已办结的为空")
    received_at: datetime | None
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
    items: Annotated[list[MeasureItem], FromJson]
    result_fixed_on: date | None = Field(description="结果确定之日")
    letter_due_on: date | None = Field(description="按规则应在此日前下达；无结果的为空")
    issued_in_time: bool | None
    finish_due_on: date | None = Field(description="各项措施承诺完成日期中最晚的一天")
    due_by_rule: bool = Field(description="期限按规则自签收起算")
    returned_reason: str | None
    issued_by: str
    received_by: str | None
    filed_by: str | None
    reported_by: str | None
    verified_by: str | None
    steps: Annotated[list[RectificationStepOut], FromJson]
