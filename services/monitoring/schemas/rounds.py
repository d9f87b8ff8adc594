"""Monitoring rounds on the wire: what is looked at, until when, and how far the units are."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.monitoring.schemas.payments import FundLevel, ProjectCode, UnitCode
from shared.fields import Exact, FromJson, In, LongText, Money, Out, Text, Year

Category = Literal["personnel", "operation", "specific"]
_Codes = Annotated[list[UnitCode], Field(max_length=2000)]
_Projects = Annotated[list[ProjectCode], Field(max_length=5000)]


class Selection(In):
    """Which approved goals are monitored: all conditions given have to hold, none: the whole year."""

    unit_codes: _Codes = Field(default=[], description="这些单位，与部门并列时任一即可")
    department_codes: _Codes = Field(default=[], description="这些部门所属的单位")
    project_codes: _Projects = Field(default=[], description="只监控列出的项目")
    key_only: bool = Field(False, description="只监控重点项目")
    categories: Annotated[list[Category], Field(max_length=3)] = Field(default=[])
    fund_levels: Annotated[list[FundLevel], Field(max_length=4)] = Field(
        default=[], description="有这些级次的资金"
    )
    amount_from: Money | None = Field(
        None, description="预算（元）不低于；列了资金级次时只计这些级次"
    )
    previous_colours: Annotated[list[Literal["red", "yellow"]], Field(max_length=2)] = Field(
        default=[], description="上一次监控判为这些颜色"
    )
    leave_out_sectors: Annotated[list[Text], Field(max_length=50)] = Field(
        default=[], description="不监控这些行业的项目，如 `science`：科研项目可不开展年中监控"
    )
    leave_out_project_codes: _Projects = Field(default=[], description="不监控列出的项目")


class RoundIn(In):
    """监控: which months are looked at, of which projects, and until when the units report."""

    fiscal_year: Year
    name: Text
    period_from: date
    period_to: date
    due_on: date | None = Field(None, description="不填时按规则取当年报送期限（8 月 31 日）")
    selection: Selection = Field(default=Selection())

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.period_from <= self.period_to:
            raise ValueError("监控期间的起日不应晚于止日")
        if {self.period_from.year, self.period_to.year} != {self.fiscal_year}:
            raise ValueError("监控期间应在本会计年度之内")
        return self


class ExtensionIn(In):
    """延期: a later due date for one unit."""

    unit_code: UnitCode
    due_on: date
    reason: LongText


class ClosureIn(In):
    """结束监控; a reason is needed while forms are outstanding."""

    reason: LongText | None = None


class RoundOut(Out):
    """监控."""

    id: UUID
    fiscal_year: int
    name: str
    period_from: date
    period_to: date
    due_on: date
    selection: Annotated[Selection, FromJson]
    form_count: int
    status: str
    status_label: str
    opened_by: str
    opened_at: datetime
    closed_by: str | None
    closed_at: datetime | None
    close_reason: str | None
    version: int
    allowed_actions: list[str]


class ExtensionOut(Out):
    """延期."""

    id: UUID
    round_id: UUID
    unit_code: str
    due_before: date
    due_on: date
    reason: str
    granted_by: str
    granted_at: datetime


class ReminderOut(Out):
    """催报; `sent_by` is null when the rule sent it."""

    id: UUID
    round_id: UUID
    round_name: str
    unit_code: str
    due_on: date
    occasion: str
    form_count: int
    sent_by: str | None
    sent_at: datetime


class RemindersSent(Out):
    """What a call for outstanding forms did: units told now, and forms they owe."""

    unit_count: int
    form_count: int


class OverdueForm(Out):
    """A form that should have been handed in; `days_late` counts calendar days."""

    id: UUID
    project_code: str
    project_name: str
    unit_code: str
    unit_name: str
    office: str | None
    status: str
    status_label: str
    due_on: date
    days_late: int


class FormCounts(Out):
    """Forms by state; overdue ones are also among open or returned. Money in yuan, all levels."""

    total: int
    open: int
    submitted: int
    accepted: int
    returned: int
    overdue: int
    budget: Exact
    executed_to_date: Exact


class UnitCounts(FormCounts):
    """One unit's forms."""

    unit_code: str
    unit_name: str
    due_on: date


class OfficeCounts(FormCounts):
    """The forms of an office's units; null for units goals has not told of."""

    office: str | None
    units: list[UnitCounts]


class RoundStatistics(Out):
    """How far a round is, of the rows the caller reaches, as of a day."""

    round_id: UUID
    as_of: date
    total: FormCounts
    offices: list[OfficeCounts]
