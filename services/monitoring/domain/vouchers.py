"""支付凭证: of what kind a voucher is, and when one may take back another (冲正)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class PaymentKind(StrEnum):
    """What a voucher does to the money paid so far."""

    PAYMENT = "payment"
    REFUND = "refund"
    REVERSAL = "reversal"
    CORRECTION = "correction"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    PaymentKind.PAYMENT: "支付",
    PaymentKind.REFUND: "退款",
    PaymentKind.REVERSAL: "冲正",
    PaymentKind.CORRECTION: "更正",
}


@dataclass(frozen=True)
class Voucher:
    """What a voucher says."""

    voucher_no: str
    project_code: str
    fiscal_year: int
    fund_level: str
    amount: Decimal
    paid_on: date
    kind: PaymentKind
    reverses_voucher_no: str | None


@dataclass(frozen=True)
class Mistake:
    """One thing wrong with a voucher: where, a stable code, why, and how to mend it."""

    pointer: str
    code: str
    detail: str
    mend: str


def kind_of(amount: Decimal, reverses_voucher_no: str | None) -> PaymentKind:
    """The kind of a voucher whose sender names none."""
    if reverses_voucher_no is not None:
        return PaymentKind.REVERSAL
    return PaymentKind.REFUND if amount < 0 else PaymentKind.PAYMENT


def voucher_mistake(voucher: Voucher) -> Mistake | None:
    """What is wrong with a voucher by itself: kind, sign and reversed voucher have to agree."""
    if (voucher.kind is PaymentKind.REVERSAL) != (voucher.reverses_voucher_no is not None):
        return Mistake(
            "/reverses_voucher_no", "reversal_incomplete",
            "冲正凭证须写明被冲正的凭证号，其他凭证不写",
            "冲正请同时填 kind=reversal 与 reverses_voucher_no；更正请另发 kind=correction",
        )  # fmt: skip
    if voucher.kind is PaymentKind.PAYMENT and voucher.amount < 0:
        return Mistake("/amount", "payment_negative", "支付的金额为负", "退款请填 kind=refund")
    if voucher.kind is PaymentKind.REFUND and voucher.amount >= 0:
        return Mistake("/amount", "refund_not_negative", "退款的金额不是负数", "退款请写成负数")
    return None


def reversal_mistake(reversal: Voucher, original: Voucher | None) -> Mistake | None:
    """Why a voucher can't take back the other: it undoes exactly one that was there before it."""
    named = reversal.reverses_voucher_no
    if original is None:
        return Mistake(
            "/reverses_voucher_no", "reversed_unknown", f"没有凭证 {named}",
            "请先推送被冲正的凭证；同一批中被冲正的凭证须列在前面",
        )  # fmt: skip
    if original.kind is PaymentKind.REVERSAL:
        return Mistake(
            "/reverses_voucher_no", "reverses_a_reversal", f"凭证 {named} 本身是冲正",
            "冲正不能再冲正；要恢复原支付请另发更正凭证（kind=correction）",
        )  # fmt: skip
    if _account(reversal) != _account(original):
        return Mistake(
            "/reverses_voucher_no", "reversed_elsewhere",
            f"凭证 {named} 属于另一项目、年度或资金级次", "冲正须与原凭证的项目、年度、资金级次相同",
        )  # fmt: skip
    if reversal.amount != -original.amount:
        return Mistake(
            "/amount", "reversal_not_whole",
            f"凭证 {named} 的金额为 {original.amount:f}，冲正金额须为 {-original.amount:f}",
            "冲正须冲回全额；只退一部分请用退款（kind=refund）",
        )  # fmt: skip
    if reversal.paid_on < original.paid_on:
        return Mistake(
            "/paid_on", "reversal_too_early", f"早于凭证 {named} 的日期 {original.paid_on}",
            "冲正日期不能早于被冲正的凭证",
        )  # fmt: skip
    return None


def _account(voucher: Voucher) -> tuple[str, int, str]:
    return voucher.project_code, voucher.fiscal_year, voucher.fund_level
