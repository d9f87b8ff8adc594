"""Engagements on the wire."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import model_validator

from shared.fields import Exact, In, LongText, Money, Out, Text, Year

Scope = Literal[
    "ex_ante", "goal_review", "evaluation", "result_recheck", "indicator_system", "research",
    "goal_setting", "monitoring", "self_eval",
]  # fmt: skip
FundLevel = Literal["central", "provincial", "municipal", "county"]
FeeBasis = Literal["fixed", "by_date", "by_deliverable", "by_result"]


class EngagementIn(In):
    """委托合同: one kind of work, for one fiscal year."""

    agency_id: UUID
    scope: Scope
    fiscal_year: Year
    contract_no: Text
    starts_on: date
    ends_on: date
    title: Text
    contract_amount: Money | None = None
    fund_level: FundLevel | None = None
    fee_basis: FeeBasis = "fixed"

    @model_validator(mode="after")
    def _in_order(self) -> "EngagementIn":
        if self.starts_on > self.ends_on:
            raise ValueError("合同开始日期应不晚于结束日期")
        if (self.contract_amount is None) != (self.fund_level is None):
            raise ValueError("合同金额与资金级次应同时填写，或都不填写")
        return self


class ExtensionIn(In):
    """合同延期: the new last day, and why."""

    ends_on: date
    reason: LongText


class TerminationIn(In):
    """合同提前终止: at once, and why."""

    reason: LongText


class TermOut(Out):
    """合同期的一次确定: 签订、延期或提前终止."""

    kind: str
    kind_label: str
    ends_on: date
    reason: str | None
    decided_by: str
    decided_at: datetime


class EngagementOut(Out):
    """委托合同."""

    id: UUID
    agency_id: UUID
    agency_name: str
    scope: str
    scope_label: str
    fiscal_year: int
    contract_no: str
    title: str
    starts_on: date
    ends_on: date
    contract_amount: Exact | None
    fund_level: str | None
    fee_basis: str
    fee_basis_label: str
    terminated_on: date | None
    status: str
    status_label: str
    terms: list[TermOut]
    version: int
    updated_at: datetime
    allowed_actions: list[str]
