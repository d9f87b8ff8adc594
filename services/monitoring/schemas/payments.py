"""Payments and receipts on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from services.monitoring.domain.vouchers import PaymentKind, kind_of
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
    kind: PaymentKind | None = Field(None, description="不填则按金额正负为支付或退款")
    reverses_voucher_no: Text | None = Field(None, description="冲正：被冲正的凭证号")

    @model_validator(mode="after")
    def _named_kind(self) -> "PaymentRow":
        if self.kind is None:
            self.kind = kind_of(self.amount, self.reverses_voucher_no)
        return self


class PaymentOut(Out):
    """支付凭证."""

    voucher_no: str
    project_code: str
    fiscal_year: int
    fund_level: str
    fund_level_label: str
    amount: Exact
    paid_on: date
    kind: PaymentKind
    kind_label: str
    reverses_voucher_no: str | None
    imported_at: datetime


class ProjectPaymentOut(PaymentOut):
    """支付凭证 of one project; `paid_to_date` is what was paid of the year with it and before it."""

    paid_to_date: Exact


class FundReceiptRow(In):
    """资金到位 as the treasury reports it; money taken back is negative."""

    receipt_no: Text
    project_code: ProjectCode
    fiscal_year: Year
    fund_level: FundLevel
    amount: SignedMoney
    received_on: date


class FundReceiptOut(Out):
    """资金到位."""

    receipt_no: str
    project_code: str
    fiscal_year: int
    fund_level: str
    fund_level_label: str
    amount: Exact
    received_on: date
    imported_at: datetime
