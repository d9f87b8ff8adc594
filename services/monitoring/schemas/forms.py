"""Monitoring rounds and forms on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from shared.fields import Exact, FromJson, In, LongText, Money, Out, Quantity, Text, Year

FormStatus = Literal["open", "submitted", "accepted", "returned"]
Band = Literal["achieved", "partial", "failed"]
Likelihood = Literal["certain", "possible", "impossible"]
DeviationCause = Literal["funding", "system", "staffing", "hardware", "other"]


class RoundIn(In):
    """监控: which months are looked at, and until when the units report."""

    fiscal_year: Year
    name: Text
    period_from: date
    period_to: date
    due_on: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.period_from <= self.period_to:
            raise ValueError("监控期间的起日不应晚于止日")
        if {self.period_from.year, self.period_to.year} != {self.fiscal_year}:
            raise ValueError("监控期间应在本会计年度之内")
        return self


class RowPatch(In):
    """Merge patch of one indicator row: what is absent stays, null empties."""

    position: Annotated[int, Field(ge=1, le=1000)]
    actual_to_date: Quantity | None = None
    actual_forecast: Quantity | None = None
    band: Band | None = Field(None, description="定性指标的完成情况")
    deviation_causes: Annotated[list[DeviationCause], Field(max_length=5)] = Field(default=[])
    deviation_text: LongText | None = None
    likelihood: Likelihood | None = None


class FormPatch(In):
    """Merge patch of a form: only the rows and fields named change."""

    executed_forecast: Money | None = Field(None, description="全年预计执行数（元）")
    rows: Annotated[list[RowPatch], Field(max_length=60)] = Field(default=[])


class FormReviewIn(In):
    """财政审核: accept, or return with the reason."""

    decision: Literal["accept", "return"]
    reason: LongText | None = None


class Empty(In):
    """An empty object."""


class RoundOut(Out):
    """监控."""

    id: UUID
    fiscal_year: int
    name: str
    period_from: date
    period_to: date
    due_on: date
    form_count: int
    opened_by: str
    opened_at: datetime
    allowed_actions: list[str]


class FormSummary(Out):
    """监控表 in a list; money is of all fund levels, in yuan, `rate` in percent."""

    id: UUID
    round_id: UUID
    round_name: str
    due_on: date
    project_code: str
    project_name: str
    unit_code: str
    unit_name: str
    fiscal_year: int
    status: str
    status_label: str
    budget: Exact
    executed_to_date: Exact
    rate: str | None
    executed_forecast: Exact | None
    version: int
    updated_at: datetime
    allowed_actions: list[str]


class FormFundOut(Out):
    """Budget and what was paid of it in the period, of one fund level, in yuan."""

    fund_level: str
    fund_level_label: str
    budget: Exact
    executed_to_date: Exact
    rate: str | None


class FormRowOut(Out):
    """One indicator of the form."""

    position: int
    level1: str
    level1_label: str
    level2: str
    level2_label: str
    name: str
    operator: str
    operator_label: str
    target_value: Exact | None
    target_text: str | None
    unit_of_measure: str | None
    actual_to_date: Exact | None
    actual_forecast: Exact | None
    band: str | None
    band_label: str | None
    deviation_causes: list[str]
    deviation_cause_labels: list[str]
    deviation_text: str | None
    likelihood: str | None
    likelihood_label: str | None


class FormStepOut(Out):
    """One entry of a form's history."""

    step: str
    by: str
    at: datetime
    reason: str | None


class FormOut(FormSummary):
    """监控表, whole; `steps` oldest first."""

    goal_id: UUID
    period_from: date
    period_to: date
    annual_goal: str
    funds: list[FormFundOut]
    rows: list[FormRowOut]
    filled_by: str | None
    submitted_by: str | None
    reviewed_by: str | None
    returned_reason: str | None
    steps: Annotated[list[FormStepOut], FromJson]
