"""Monitoring forms on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from shared.fields import Exact, FromJson, In, LongText, Money, Out, Quantity

FormStatus = Literal["open", "submitted", "accepted", "returned"]
Band = Literal["achieved", "partial", "failed"]
Likelihood = Literal["certain", "possible", "impossible"]
DeviationCause = Literal["funding", "system", "staffing", "hardware", "other"]


class RowPatch(In):
    """Merge patch of one indicator row: what is absent stays, null empties."""

    position: Annotated[int, Field(ge=1, le=1000)]
    actual_to_date: Quantity | None = None
    actual_forecast: Quantity | None = None
    band: Band | None = Field(None, description="定性指标的完成情况")
    deviation_causes: Annotated[list[DeviationCause], Field(max_length=5)] = Field(default=[])
    deviation_text: LongText | None = None
    likelihood: Likelihood | None = None
    remark: LongText | None = None


class FormPatch(In):
    """Merge patch of a form: only the rows and fields named change."""

    executed_forecast: Money | None = Field(None, description="全年预计执行数（元）")
    rows: Annotated[list[RowPatch], Field(max_length=60)] = Field(default=[])


class FormCheckIn(FormPatch):
    """A form as it would be after this patch; nothing is stored."""

    form_id: UUID


class RowRemark(In):
    """退回意见 on one row."""

    position: Annotated[int, Field(ge=1, le=1000)]
    remark: LongText


class FormReviewIn(In):
    """财政审核: accept, or return with the reason and, if need be, a remark on each row."""

    decision: Literal["accept", "return"]
    reason: LongText | None = None
    row_remarks: Annotated[list[RowRemark], Field(max_length=60)] = Field(default=[])

    @model_validator(mode="after")
    def _remarks_go_with_a_return(self) -> Self:
        if self.row_remarks and self.decision == "accept":
            raise ValueError("逐行意见只用于退回；通过时请不带 row_remarks")
        return self


class Empty(In):
    """An empty object."""


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
    remark: str | None
    previous_actual: Exact | None = Field(description="同一年上一次监控报送的执行情况")
    previous_band: str | None
    defaulted: list[str] = Field(description="由系统预填、尚未改过的字段")
    to_type: list[str] = Field(description="尚待填写的字段；为空即无需填写")
    asks_deviation: bool = Field(description="执行或预计不足，应说明偏差原因")
    returned_remark: str | None = Field(description="最近一次退回时对本行的意见")


class FindingOut(Out):
    """One thing to mend; only `blocking` ones stop the submission."""

    pointer: str
    code: str
    severity: Literal["blocking", "advice"]
    detail: str
    mend: str


class FormCheckOut(Out):
    """What there is to say of the form as typed; `rows` show what the system would fill in."""

    findings: list[FindingOut]
    to_type_count: int
    rows: list[FormRowOut]


class FormChangeOut(Out):
    """One field that the present content says differently from what was handed in before."""

    pointer: str
    row_name: str | None
    field: str
    field_label: str
    before: Any
    after: Any


class FormChanges(Out):
    """Changes since the form was handed in that was returned; none before a first return."""

    form_id: UUID
    returned_at: datetime | None
    items: list[FormChangeOut]


class FormStepOut(Out):
    """One entry of a form's history."""

    step: str
    by: str
    at: datetime
    reason: str | None
    remarks: list[dict[str, Any]] | None = Field(description="逐行意见：position、remark")


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
    to_type_count: int = Field(description="尚待填写的单元格数")
    findings: list[FindingOut]
    steps: Annotated[list[FormStepOut], FromJson]
