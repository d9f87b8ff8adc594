"""结果应用 on the wire."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.evaluation.schemas.engagements import FundLevel
from shared.fields import Code, Exact, Flag, FromJson, In, LongText, Money, Out, Points, Year

ProposalStatus = Literal["proposed", "adopted", "departed"]


class ProposalsIn(In):
    """Propose for every final result of the year that has no proposal yet."""

    fiscal_year: Year
    self_evaluations: Flag = Field(False, description="也对等级为办法所列（中、差）的自评提出建议")


class ProposalsMade(Out):
    """How many proposals were made, and how many were there before."""

    fiscal_year: int
    created: int
    kept: int


class DecisionIn(In):
    """决定: an action of the policy; a cut may say how much, of which funds."""

    action: Code
    pct: Points | None = None
    amount: Money | None = None
    fund_level: FundLevel | None = None
    reason: LongText


class DecisionOut(Out):
    """A decision; the newest holds."""

    number: int
    action: str
    action_label: str
    pct: Exact | None
    amount: Exact | None
    fund_level: str | None
    reason: str
    decided_by: str
    decided_at: datetime


class ProposalOut(Out):
    """结果应用建议 with its decisions; `fiscal_year` is the result's, the next one is decided on."""

    id: UUID
    scope: str
    project_code: str | None
    project_name: str | None
    unit_code: str
    unit_name: str
    fiscal_year: int
    score: Exact
    grade: str
    grade_label: str
    action: str
    action_label: str
    receipt: Annotated[Mapping[str, Any], FromJson]
    receipt_href: str
    status: str
    status_label: str
    decisions: list[DecisionOut] = Field(description="最近的在前")
    proposed_by: str
    proposed_at: datetime
    version: int
    updated_at: datetime
    allowed_actions: list[str]


class AppliedCount(Out):
    """Proposals of one grade and proposed action by what was decided."""

    grade: str
    grade_label: str
    action: str
    action_label: str
    proposed: int
    adopted: int
    departed: int


class AppliedStatistics(Out):
    """结果应用台账 of a year: the rows add up to all proposals."""

    fiscal_year: int
    scope: str
    items: list[AppliedCount]
