"""支付 as the treasury reports it, and what it adds up to."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.monitoring.tables.base import FUND_LEVEL, INSTANT, Table


class Payment(Table):
    """支付凭证: never changed; refunds, reversals and corrections are vouchers of their own."""

    __tablename__ = "payment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "reverses_voucher_no"], ["payment.region_code", "payment.voucher_no"]
        ),
        CheckConstraint(FUND_LEVEL, "fund_level"),
        CheckConstraint("kind in ('payment', 'refund', 'reversal', 'correction')", "kind"),
        CheckConstraint("(kind = 'reversal') = (reverses_voucher_no is not null)", "reverses"),
        Index(
            "ix_payment_region_code_project_code",
            "region_code",
            "project_code",
            "fiscal_year",
            "paid_on",
        ),
        Index(
            "ix_payment_region_code_fiscal_year",
            "region_code",
            "fiscal_year",
            "project_code",
            "paid_on",
            postgresql_include=["fund_level", "amount"],
        ),
        Index("ix_payment_region_code_paid_on", "region_code", "paid_on"),
        Index(
            "ix_payment_region_code_reverses_voucher_no",
            "region_code",
            "reverses_voucher_no",
            unique=True,
            postgresql_where=text("reverses_voucher_no is not null"),
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    voucher_no: Mapped[str] = mapped_column(primary_key=True)
    project_code: Mapped[str]
    fiscal_year: Mapped[int]
    fund_level: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    paid_on: Mapped[date]
    kind: Mapped[str]
    #: 冲正: the voucher it takes back, whole; each can be taken back once.
    reverses_voucher_no: Mapped[str | None]
    imported_at: Mapped[datetime] = mapped_column(INSTANT)


class FundReceipt(Table):
    """资金到位: money that arrived for a project; never changed, taken back by a negative one."""

    __tablename__ = "fund_receipt"
    __table_args__ = (
        CheckConstraint(FUND_LEVEL, "fund_level"),
        Index(
            "ix_fund_receipt_region_code_fiscal_year",
            "region_code",
            "fiscal_year",
            "project_code",
            "received_on",
            postgresql_include=["fund_level", "amount"],
        ),
        Index("ix_fund_receipt_region_code_received_on", "region_code", "received_on"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    receipt_no: Mapped[str] = mapped_column(primary_key=True)
    project_code: Mapped[str]
    fiscal_year: Mapped[int]
    fund_level: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    received_on: Mapped[date]
    imported_at: Mapped[datetime] = mapped_column(INSTANT)


class Execution(Table):
    """预算执行 of a project's year: here as soon as a payment, receipt or plan is known.

    Its row is locked while any of them changes. `version` counts what was told of its payments.
    """

    __tablename__ = "execution"
    __table_args__ = (
        Index("ix_execution_region_code_fiscal_year", "region_code", "fiscal_year", "project_code"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    project_code: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    last_paid_on: Mapped[date | None]


class ExecutionFund(Table):
    """What was paid of one fund level, net of refunds."""

    __tablename__ = "execution_fund"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "project_code", "fiscal_year"],
            ["execution.region_code", "execution.project_code", "execution.fiscal_year"],
        ),
        CheckConstraint(FUND_LEVEL, "fund_level"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    project_code: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True)
    fund_level: Mapped[str] = mapped_column(primary_key=True)
    paid: Mapped[Decimal] = mapped_column(Numeric(18, 2))


class PaymentPlan(Table):
    """用款计划: what is planned to be paid by each month's end; the newest version is in force."""

    __tablename__ = "payment_plan"
    __table_args__ = (CheckConstraint("cardinality(planned_pct_by_month) = 12", "months"),)

    region_code: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True)
    project_code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    #: Cumulative percentages of the year's budget, January first.
    planned_pct_by_month: Mapped[list[Decimal]] = mapped_column(ARRAY(Numeric(5, 2)))
    filed_by: Mapped[str]
    filed_at: Mapped[datetime] = mapped_column(INSTANT)
