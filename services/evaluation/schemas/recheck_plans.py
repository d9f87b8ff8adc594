"""Plans of re-reviews on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from shared.fields import Exact, In, LongText, Out, Points, Text, Year

Method = Literal["all", "amount", "random", "picks"]
CandidateStatus = Literal["waiting", "returned", "done", "passed_on", "not_drawn"]


class PickIn(In):
    """指定复审: a form to look at whatever the sample draws, and why."""

    self_evaluation_id: UUID
    reason: LongText


def _picked_once(picks: list[PickIn]) -> list[PickIn]:
    if len({pick.self_evaluation_id for pick in picks}) != len(picks):
        raise ValueError("同一张自评表被指定两次")
    return picks


class RecheckPlanIn(In):
    """复审方案: who, which forms by which method, until when.

    `share` is in per cent: of the candidates' money (`amount`) or of their number (`random`).
    """

    fiscal_year: Year
    title: Text
    reviewer: Literal["agency", "bureau"]
    engagement_id: UUID | None = None
    method: Method
    share: Points | None = None
    picks: Annotated[list[PickIn], Field(max_length=500), AfterValidator(_picked_once)] = Field(
        default=[]
    )
    due_on: date

    @model_validator(mode="after")
    def _whole(self) -> "RecheckPlanIn":
        if (self.reviewer == "agency") != (self.engagement_id is not None):
            raise ValueError("第三方复审须填委托合同（engagement_id），财政自行复审不填")
        if (self.method in ("amount", "random")) != (self.share is not None) or self.share == 0:
            raise ValueError("按金额或随机抽取须填比例（share，大于 0 的百分数），其他方式不填")
        if self.method == "picks" and not self.picks:
            raise ValueError("只选指定项目时须列出项目与理由（picks）")
        return self


class RecheckPlanSummary(Out):
    """复审方案 with its progress; money is the full-year budget of all fund levels, in yuan."""

    id: UUID
    fiscal_year: int
    title: str
    reviewer: str
    reviewer_label: str
    engagement_id: UUID | None
    agency_name: str | None
    contract_no: str | None
    method: str
    method_label: str
    share: Exact | None
    due_on: date
    candidate_count: int
    candidate_budget: Exact
    drawn_count: int
    drawn_budget: Exact
    waiting_count: int
    returned_count: int
    done_count: int
    passed_on_count: int
    planned_by: str
    planned_at: datetime
    allowed_actions: list[str]


class RecheckPlanCandidateOut(Out):
    """A form in a plan: its place in the order, why it was drawn or not, and how far it is."""

    plan_id: UUID
    plan_title: str
    position: int
    self_evaluation_id: UUID
    project_code: str
    project_name: str
    unit_code: str
    unit_name: str
    budget_full_year: Exact
    drawn: bool
    why: str
    why_label: str
    reason: str | None
    rank_key: str | None
    status: str
    status_label: str
    form_version: int
    form_changed: bool
    due_on: date
    allowed_actions: list[str]


class ProofOut(Out):
    """All it takes, beside the candidates, to draw the same again."""

    algorithm: str | None
    seed: str | None
    candidates_digest: str
    how: str


class RecheckPlanOut(RecheckPlanSummary):
    """复审方案, whole; `items` are the forms drawn."""

    budget_scope: str
    proof: ProofOut
    items: list[RecheckPlanCandidateOut]
