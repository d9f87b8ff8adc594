"""Self-evaluations on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from services.evaluation.schemas.rechecks import Placed, RecheckOut, each_once
from shared.fields import Exact, FromJson, In, LongText, Out, Points, Quantity, Year

Status = Literal["open", "submitted", "rechecked"]
GradeCode = Literal["excellent", "good", "fair", "poor"]
UnitCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{3,21}$")]
ProjectCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}[RYT][0-9]{12}$")]


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


class SelfEvaluationPatch(In):
    """Merge patch of an open form; `rows` names only the rows that change."""

    goal_actual: LongText | None = None
    exec_reason: LongText | None = None
    rows: Annotated[list[RowPatch], Field(max_length=60), AfterValidator(each_once)] = Field(
        default=[]
    )


class Empty(In):
    """An empty object."""


class BatchOut(Out):
    """自评布置 as done."""

    id: UUID
    fiscal_year: int
    due_on: date
    created: int
    allowed_actions: list[str]


class FundOut(Out):
    """预算与执行 of one fund level, in yuan."""

    fund_level: str
    fund_level_label: str
    budget_full_year: Exact
    executed: Exact


class RowOut(Out):
    """One indicator of the form, with the receipt of its score."""

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
    self_score: Exact | None
    reason: str | None
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
    """项目支出绩效自评表; the money is live until submission and frozen by it."""

    goal_id: UUID
    annual_goal: str
    goal_actual: str | None
    amount_scope: str
    funds: Annotated[list[FundOut], FromJson]
    budget_full_year: Exact
    executed: Exact
    exec_rate: Exact | None
    exec_reason: str | None
    exec_weight: Exact | None
    exec_score: Exact | None
    exec_receipt: Annotated[dict[str, Any] | None, FromJson]
    rows: Annotated[list[RowOut], FromJson]
    total_arithmetic: str | None
    grade_receipt: Annotated[dict[str, Any] | None, FromJson]
    recheck: RecheckOut | None
    filled_by: str | None
    submitted_by: str | None
    submitted_at: datetime | None
