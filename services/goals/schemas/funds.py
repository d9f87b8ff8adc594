"""Amounts by fund level and source, and the budgets they make, on the wire."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.fields import Exact, In, Money, Out, SignedMoney

FundLevel = Literal["central", "provincial", "municipal", "county"]
FundSource = Literal["appropriation", "carry_over", "special_account", "unit", "other"]
ChangeKind = Literal["supplement", "reduction", "transfer", "carry_over"]
ChangeStatus = Literal["pending", "approved", "withdrawn"]

SCOPE = "全部资金级次与资金来源"


class FundIn(In):
    """One fund level and source's share of a project's budget, in yuan."""

    fund_level: FundLevel
    source: FundSource = Field("appropriation", description="资金来源；不填为当年财政拨款")
    amount: Money


class MidtermIn(In):
    """中期（实施期）资金 of the whole project, in yuan."""

    total: Money
    fiscal: Money = Field(description="其中：财政拨款")
    other: Money = Field(description="其中：其他资金")


class ChangeLineIn(In):
    """What a change adds to (or, negative, takes from) one fund level and source, in yuan."""

    fund_level: FundLevel
    source: FundSource = Field("appropriation", description="资金来源；不填为当年财政拨款")
    amount: SignedMoney


class LineOut(Out):
    """An amount of one fund level and source, in yuan."""

    fund_level: FundLevel
    fund_level_label: str
    source: FundSource
    source_label: str
    amount: Exact


class FundOut(LineOut):
    """预算 in force of one year, fund level and source, in yuan."""

    fiscal_year: int


class MidtermOut(Out):
    """中期（实施期）资金, in yuan."""

    total: Exact
    fiscal: Exact
    other: Exact


class ChangeInBudget(Out):
    """预算调整 within a project's budget; `amount` is the sum of its lines."""

    id: UUID
    document_no: str
    kind: ChangeKind
    kind_label: str
    changed_on: date
    status: ChangeStatus
    status_label: str
    amount: Exact


Changes = Annotated[list[ChangeInBudget], Field(description="最早的在前；待批复的尚未计入 current")]


class YearBudget(Out):
    """A project's budget of one year, in yuan; the scope says what is summed."""

    fiscal_year: int
    scope: str
    initial: Exact | None = Field(description="年初批复数；未批复为 null")
    current: Exact = Field(description="现行数")
    changes: Changes
