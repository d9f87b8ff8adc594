"""Self-evaluations on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from services.evaluation.schemas.findings import FindingOut
from services.evaluation.schemas.rechecks import Placed, RecheckOut, each_once
from shared.fields import (
    Exact,
    FromJson,
    In,
    Int,
    LongText,
    Money,
    Out,
    Points,
    Quantity,
    Text,
    Year,
)
from shared.problems import FieldError

Status = Literal["open", "submitted", "rechecked"]
GradeCode = Literal["excellent", "good", "fair", "poor"]
UnitCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{3,21}$")]
ProjectCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}[RYT][0-9]{12}$")]


#: 四川的自评表: each of these parts has at most 200 characters.
ShortText = Annotated[Text, Field(max_length=200)]
Person = Annotated[Text, Field(max_length=40)]


class BatchIn(In):
    """布置自评: one form for each approved goal of the year that has none yet."""

    fiscal_year: Year
    due_on: date


class RowPatch(Placed):
    """What the unit fills in of one row; absent cells stay as they are, null empties them."""

    actual_value: Quantity | None = None
    band: Literal["achieved", "partial", "failed"] | None = None
    self_score: Points | None = None
    reason: LongText | None = None
    improvement: LongText | None = None


class FundKindPatch(In):
    """全年执行数 of one kind of funds, in yuan; asked only where a project has several kinds."""

    kind: Literal["current_appropriation", "carry_over", "other"]
    executed: Money | None


def _each_kind_once(kinds: list[FundKindPatch]) -> list[FundKindPatch]:
    if len({each.kind for each in kinds}) != len(kinds):
        raise ValueError("同一种资金（kind）出现两次")
    return kinds


class SelfEvaluationPatch(In):
    """Merge patch of an open form; `rows` names only the rows that change."""

    goal_actual: LongText | None = None
    exec_reason: LongText | None = None
    weights_reason: LongText | None = None
    conclusion: ShortText | None = None
    problems: ShortText | None = None
    measures: ShortText | None = None
    project_lead: Person | None = None
    finance_lead: Person | None = None
    other_notes: LongText | None = None
    fund_kinds: Annotated[list[FundKindPatch], AfterValidator(_each_kind_once)] = Field(
        default=[], max_length=3
    )
    rows: Annotated[list[RowPatch], Field(max_length=60), AfterValidator(each_once)] = Field(
        default=[]
    )


class Empty(In):
    """An empty object."""


class FormAsRead(In):
    """A form as it was read."""

    id: UUID
    version: Int


class SubmissionsIn(In):
    """成批报送: forms with the versions read; each goes out or stays by itself."""

    forms: Annotated[list[FormAsRead], Field(min_length=1, max_length=2000)]

    @model_validator(mode="after")
    def _each_once(self) -> "SubmissionsIn":
        if len({form.id for form in self.forms}) != len(self.forms):
            raise ValueError("同一张自评表出现两次")
        return self


class SubmissionOut(Out):
    """What became of one form; `errors` say what kept it back and how to mend it."""

    id: UUID
    status: Literal["submitted", "refused"]
    total: Exact | None
    grade: str | None
    code: str | None
    detail: str | None
    errors: list[FieldError]


class SubmissionsOut(Out):
    """成批报送的结果, in the order sent."""

    submitted: int
    refused: int
    results: list[SubmissionOut]


class ReturnIn(In):
    """退回修改."""

    reason: LongText


class ReturnedOut(Out):
    """One time the form was sent back, and what it had come to."""

    position: int
    reason: str
    total: Exact
    grade: GradeCode | None
    submitted_by: str
    submitted_at: datetime
    returned_by: str
    returned_at: datetime


class ReturnsOut(Out):
    """退回记录, the first first."""

    items: list[ReturnedOut]


class BatchOut(Out):
    """自评布置 as done."""

    id: UUID
    fiscal_year: int
    due_on: date
    created: int
    allowed_actions: list[str]


class FundOut(Out):
    """预算与执行 of one fund level, in yuan; the initial budget is null where it is not known."""

    fund_level: str
    fund_level_label: str
    budget_initial: Exact | None
    budget_full_year: Exact
    executed: Exact


class FundKindOut(Out):
    """资金构成: one row of 项目资金 under the total; `executed` is null until the unit says it."""

    kind: str
    kind_label: str
    budget_initial: Exact | None
    budget_full_year: Exact
    executed: Exact | None


class AskedOut(Out):
    """A cell still to be typed: its place in the form and what it is called."""

    pointer: str
    title: str


class RowOut(Out):
    """One indicator of the form, with the receipt of its score.

    While the form is open, `suggested_…` is what the unit's last monitoring form said of this
    indicator, as of its day: something to start from, never taken for the year's actual value.
    """

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
    actual_value: Exact | None
    band: str | None
    band_label: str | None
    suggested_actual: Exact | None
    suggested_band: str | None
    suggested_band_label: str | None
    suggested_as_of: date | None
    self_score: Exact | None
    reason: str | None
    improvement: str | None
    rule_score: Exact | None
    score: Exact | None
    receipt: dict[str, Any] | None
    review_score: Exact | None
    review_note: str | None


class SelfEvaluationSummary(Out):
    """自评 in a list; `amount` is the county's own share of the budget, set at submission."""

    id: UUID
    project_code: str
    project_name: str
    unit_code: str
    unit_name: str
    fiscal_year: int
    status: str
    status_label: str
    due_on: date
    amount: Exact | None
    total: Exact | None
    grade: str | None
    grade_label: str | None
    review_total: Exact | None
    rectification_advised: bool | None
    version: int
    updated_at: datetime
    allowed_actions: list[str]


class SelfEvaluationOut(SelfEvaluationSummary):
    """项目支出绩效自评表; the money is live until submission and frozen by it.

    While it is open, the rule's scores are what they would be today, `asked` are the cells still to
    be typed and `findings` what a submission would say.
    """

    goal_id: UUID
    goal_version: int
    annual_goal: str
    goal_actual: str | None
    amount_scope: str
    funds: Annotated[list[FundOut], FromJson]
    fund_kinds: list[FundKindOut]
    budget_initial: Exact | None
    budget_full_year: Exact
    executed: Exact
    exec_rate: Exact | None
    exec_reason: str | None
    weights_reason: str | None
    exec_weight: Exact | None
    exec_score: Exact | None
    exec_receipt: Annotated[dict[str, Any] | None, FromJson]
    rows: Annotated[list[RowOut], FromJson]
    total_arithmetic: str | None
    preview_total: Exact | None
    asked: list[AskedOut]
    findings: list[FindingOut]
    conclusion: str | None
    problems: str | None
    measures: str | None
    project_lead: str | None
    finance_lead: str | None
    other_notes: str | None
    grade_receipt: Annotated[dict[str, Any] | None, FromJson]
    recheck: RecheckOut | None
    filled_by: str | None
    submitted_by: str | None
    submitted_at: datetime | None
