"""Payments and execution on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import StringConstraints

from shared.fields import Exact, In, Out, SignedMoney, Text, Year

FundLevel = Literal["central", "provincial", "municipal", "county"]
UnitCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{3,21}$")]
ProjectCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}[RYT][0-9]{12}$")]


class PaymentRow(In):
    """支付凭证 as the treasury reports it; a refund is negative."""

    voucher_no: Text
    project_code: ProjectCode
    fiscal_year: Year
    fund_level: FundLevel
    amount: SignedMoney
    paid_on: date


class PaymentOut(Out):
    """支付凭证."""

    voucher_no: str
    project_code: str
    fiscal_year: int
    fund_level: str
    fund_level_label: str
    amount: Exact
    paid_on: date
    imported_at: datetime


class FundExecutionOut(Out):
    """Budget and payments of one fund level, in yuan; `rate` in percent, null without a budget."""

    fund_level: str
    fund_level_label: str
    budget: Exact
    paid: Exact
    rate: str | None


class ExecutionFigures(Out):
    """预算执行 of all fund levels, in yuan, and level by level; `rate` in percent."""

    budget: Exact
    paid: Exact
    rate: str | None
    funds: list[FundExecutionOut]
    last_paid_on: date | None


class ExecutionOut(ExecutionFigures):
    """预算执行 of a project's year; name and unit are null until its goal is known here."""

    project_code: str
    project_name: str | None
    unit_code: str | None
    unit_name: str | None
    fiscal_year: int
