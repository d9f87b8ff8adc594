"""支付 as the treasury reports it, and what it adds up to."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from services.monitoring.tables.base import FUND_LEVEL, INSTANT, Table


class Payment(Table):
    """支付凭证: never changed; a correction is a voucher of its own, a refund is negative."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint(FUND_LEVEL, "fund_level"),
        Index(
            "ix_payment_region_code_project_code",
            "region_code",
            "project_code",
            "fiscal_year",
            "paid_on",
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    voucher_no: Mapped[str] = mapped_column(primary_key=True)
    project_code: Mapped[str]
    fiscal_year: Mapped[int]
    fund_level: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    paid_on: Mapped[date]
    imported_at: Mapped[datetime] = mapped_column(INSTANT)


class Execution(Table):
    """预算执行 of a project's year. Its row is locked while payments are added up."""

    __tablename__ = "execution"
    __table_args__ = (
        Index("ix_execution_region_code_fiscal_year", "region_code", "fiscal_year", "project_code"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    project_code: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    last_paid_on: Mapped[date]


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
