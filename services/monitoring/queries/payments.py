"""Payments and receipts, row by row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from services.monitoring.domain.execution import Execution, FundLevel, execution
from services.monitoring.domain.vouchers import PaymentKind
from services.monitoring.schemas.payments import FundReceiptOut, PaymentOut, ProjectPaymentOut
from shared.auth import Caller
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest

#: What a unit sees: the rows of its own approved projects.
_REACHED = """
    ($2::text[] is null or exists (
        select from approved_goal g where g.region_code = p.region_code
          and g.project_code = p.project_code and g.fiscal_year = p.fiscal_year
          and g.unit_code = any ($2)))
"""

_OF_UNIT = """
    (p.project_code, p.fiscal_year) in (
        select g.project_code, g.fiscal_year from approved_goal g
        where g.region_code = $1 and g.unit_code = {})
"""

_PAYMENT = """
    p.voucher_no, p.project_code, p.fiscal_year, p.fund_level, p.amount, p.paid_on, p.kind,
    p.reverses_voucher_no, p.imported_at
"""

_PAYMENTS = f"select {_PAYMENT} from payment p where p.region_code = $1 and {_REACHED}"

_RECEIPTS = f"""
    select p.receipt_no, p.project_code, p.fiscal_year, p.fund_level, p.amount, p.received_on,
           p.imported_at
    from fund_receipt p where p.region_code = $1 and {_REACHED}
"""

#: A project's year is short: the running total is of all its vouchers, the page is cut after.
_OF_PROJECT = f"""
    select * from (
        select {_PAYMENT},
               sum(p.amount) over (order by p.paid_on, p.voucher_no) as paid_to_date
        from payment p
        where p.region_code = $1 and {_REACHED} and p.project_code = $3 and p.fiscal_year = $4) p
    where true
"""

_KNOWN = """
    select where $2::text[] is null and exists (
        select from execution
        where region_code = $1 and project_code = $3 and fiscal_year = $4)
    union all
    select from approved_goal
    where region_code = $1 and ($2 is null or unit_code = any ($2)) and project_code = $3
      and fiscal_year = $4
"""


@dataclass(frozen=True)
class VouchersAsked:
    """Which vouchers: of a project, or a unit by its approved goals, in days both included."""

    project_code: str | None
    fiscal_year: int | None
    unit_code: str | None
    first_on: date | None
    last_on: date | None


async def list_payments(
    reads: Reads, caller: Caller, paging: PageRequest, asked: VouchersAsked
) -> Page[PaymentOut]:
    """Payments by voucher number; a unit sees those of its own approved projects."""
    where = _narrowed(caller, asked, "paid_on")
    where.add_after("p.voucher_no > {}", paging.after(str))
    sql = f"{_PAYMENTS}{where} order by p.voucher_no{where.limit(paging.limit + 1)}"
    rows = await reads.all(sql, *where.arguments)
    return paging.page(rows, _payment, lambda row: [row["voucher_no"]])


async def list_receipts(
    reads: Reads, caller: Caller, paging: PageRequest, asked: VouchersAsked
) -> Page[FundReceiptOut]:
    """Receipts by number; a unit sees those of its own approved projects."""
    where = _narrowed(caller, asked, "received_on")
    where.add_after("p.receipt_no > {}", paging.after(str))
    sql = f"{_RECEIPTS}{where} order by p.receipt_no{where.limit(paging.limit + 1)}"
    rows = await reads.all(sql, *where.arguments)
    return paging.page(rows, _receipt, lambda row: [row["receipt_no"]])


async def payments_of_project(
    reads: Reads, caller: Caller, paging: PageRequest, project_code: str, *, fiscal_year: int
) -> Page[ProjectPaymentOut]:
    """A project's vouchers of a year by day, with what was paid so far. Raises NotFound."""
    scope = (caller.region_code, caller.units, project_code, fiscal_year)
    await reads.one(_KNOWN, *scope)
    where = Where(*scope)
    where.add_after("(p.paid_on::text, p.voucher_no) > ({}, {})", paging.after(str, str))
    sql = f"{_OF_PROJECT}{where} order by p.paid_on, p.voucher_no{where.limit(paging.limit + 1)}"
    rows = await reads.all(sql, *where.arguments)
    return paging.page(
        rows,
        lambda row: ProjectPaymentOut.model_validate(_labelled(row)),
        lambda row: [row["paid_on"], row["voucher_no"]],
    )


def by_level(levels: str, paid: str) -> Execution:
    """Fund levels as the statements aggregate them; `paid` names the column of the payments."""
    entries = orjson.loads(levels)
    return execution(
        {FundLevel(entry["fund_level"]): Decimal(entry["budget"]) for entry in entries},
        {FundLevel(entry["fund_level"]): Decimal(entry[paid]) for entry in entries},
    )


def _narrowed(caller: Caller, asked: VouchersAsked, day: str) -> Where:
    return (
        Where(caller.region_code, caller.units)
        .add("p.project_code = {}", asked.project_code)
        .add("p.fiscal_year = {}", asked.fiscal_year)
        .add(_OF_UNIT, asked.unit_code)
        .add(f"p.{day} >= {{}}", asked.first_on)
        .add(f"p.{day} <= {{}}", asked.last_on)
    )


def _payment(row: Mapping[str, Any]) -> PaymentOut:
    return PaymentOut.model_validate(_labelled(row))


def _labelled(row: Mapping[str, Any]) -> dict[str, Any]:
    level, kind = FundLevel(row["fund_level"]), PaymentKind(row["kind"])
    return {**row, "fund_level_label": level.label, "kind_label": kind.label}


def _receipt(row: Mapping[str, Any]) -> FundReceiptOut:
    label = FundLevel(row["fund_level"]).label
    return FundReceiptOut.model_validate({**row, "fund_level_label": label})
