"""Engagements on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from shared.fields import Code, Exact, Flag, In, Int, LongText, Money, Out, Text, Year

Scope = Literal[
    "ex_ante", "goal_review", "evaluation", "result_recheck", "indicator_system", "research",
    "goal_setting", "monitoring", "self_eval",
]  # fmt: skip
FundLevel = Literal["central", "provincial", "municipal", "county"]
FeeBasis = Literal["fixed", "by_date", "by_deliverable", "by_result"]


class DeliverableIn(In):
    """交付成果 and the day it is due, if one was agreed."""

    name: Text
    due_on: date | None = None


class InstalmentIn(In):
    """分期付款: on a day, or with the deliverable of this number (from 1)."""

    amount: Annotated[Money, Field(gt=0)]
    fund_level: FundLevel
    due_on: date | None = None
    deliverable: Annotated[Int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _falls_due_once(self) -> "InstalmentIn":
        if (self.due_on is None) == (self.deliverable is None):
            raise ValueError("请填写付款日期（due_on）或成果序号（deliverable），二者填一")
        return self


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
    entrusted_by: Code | None = None
    unit_codes: Annotated[list[Code], Field(max_length=500)] = Field(default_factory=list)
    project_codes: Annotated[list[Code], Field(max_length=2000)] = Field(default_factory=list)
    no_subcontracting: Flag = False
    confidentiality: Flag = False
    staff_ids: Annotated[list[UUID], Field(max_length=100)] = Field(default_factory=list)
    deliverables: Annotated[list[DeliverableIn], Field(max_length=50)] = Field(default_factory=list)
    instalments: Annotated[list[InstalmentIn], Field(max_length=50)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _in_order(self) -> "EngagementIn":
        if self.starts_on > self.ends_on:
            raise ValueError("合同开始日期应不晚于结束日期")
        if (self.contract_amount is None) != (self.fund_level is None):
            raise ValueError("合同金额与资金级次应同时填写，或都不填写")
        if len(set(self.staff_ids)) < len(self.staff_ids):
            raise ValueError("同一位评价人员只写一次")
        if any((each.deliverable or 0) > len(self.deliverables) for each in self.instalments):
            raise ValueError("分期付款所填的成果序号超出交付成果的个数")
        return self


class ExtensionIn(In):
    """合同延期: the new last day, and why."""

    ends_on: date
    reason: LongText


class TerminationIn(In):
    """合同提前终止: at once, and why."""

    reason: LongText


class NamedStaff(Out):
    """合同写明的评价人员."""

    staff_id: UUID
    name: str


class DeliverableOut(Out):
    """交付成果."""

    position: int
    name: str
    due_on: date | None


class InstalmentOut(Out):
    """分期付款."""

    position: int
    amount: Exact
    fund_level: str
    due_on: date | None
    deliverable: int | None


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
    entrusted_by: str | None
    unit_codes: list[str]
    project_codes: list[str]
    no_subcontracting: bool | None
    confidentiality: bool | None
    staff: list[NamedStaff]
    deliverables: list[DeliverableOut]
    instalments: list[InstalmentOut]
    archive_until: date | None
    warnings: list[str]
    terminated_on: date | None
    status: str
    status_label: str
    terms: list[TermOut]
    version: int
    updated_at: datetime
    allowed_actions: list[str]
