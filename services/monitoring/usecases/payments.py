"""Payments as the treasury reports them: set-based, safe to repeat, added up as they come."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.schemas.events import ExecutionChanged, PaidFund
from services.monitoring.schemas.payments import PaymentRow
from shared.auth import Caller
from shared.bulk import Rows, as_jsonb
from shared.feed import publish
from shared.problems import FieldError

_INSERT = text("""
    insert into payment (region_code, voucher_no, project_code, fiscal_year, fund_level, amount,
                         paid_on, imported_at)
    select :region_code, r.voucher_no, r.project_code, r.fiscal_year, r.fund_level, r.amount,
           r.paid_on, :at
    from jsonb_to_recordset(cast(:rows as jsonb))
         as r(voucher_no text, project_code text, fiscal_year int, fund_level text, amount numeric,
              paid_on date)
    order by r.voucher_no
    on conflict (region_code, voucher_no) do nothing
    returning voucher_no
""")

_STORED = text("""
    select voucher_no, project_code, fiscal_year, fund_level, amount, paid_on from payment
    where region_code = :region_code and voucher_no = any (:vouchers)
""")

#: Locks the project's year before its funds are touched, always in the same order.
_COUNT_UP = text("""
    insert into execution (region_code, project_code, fiscal_year, version, last_paid_on)
    select region_code, project_code, fiscal_year, 1, max(paid_on) from payment
    where region_code = :region_code and voucher_no = any (:vouchers)
    group by region_code, project_code, fiscal_year order by project_code, fiscal_year
    on conflict (region_code, project_code, fiscal_year) do update
    set version = execution.version + 1,
        last_paid_on = greatest(execution.last_paid_on, excluded.last_paid_on)
    returning project_code, fiscal_year, version, last_paid_on
""")

_ADD = text("""
    insert into execution_fund (region_code, project_code, fiscal_year, fund_level, paid)
    select region_code, project_code, fiscal_year, fund_level, sum(amount) from payment
    where region_code = :region_code and voucher_no = any (:vouchers)
    group by region_code, project_code, fiscal_year, fund_level
    on conflict (region_code, project_code, fiscal_year, fund_level) do update
    set paid = execution_fund.paid + excluded.paid
""")

_TOTALS = text("""
    select f.project_code, f.fiscal_year, f.fund_level, f.paid
    from execution_fund f
    join unnest(cast(:codes as text[]), cast(:years as int[])) as touched(project_code, fiscal_year)
      on touched.project_code = f.project_code and touched.fiscal_year = f.fiscal_year
    where f.region_code = :region_code order by f.project_code, f.fiscal_year, f.fund_level
""")


async def import_payments(
    session: AsyncSession, rows: Rows[PaymentRow], *, by: Caller, at: datetime
) -> None:
    """Store new vouchers and add them up; a voucher known with another content is refused."""
    values = {"region_code": by.region_code, "rows": as_jsonb(rows.models), "at": at}
    created = set(await session.scalars(_INSERT, values))
    known = [row.voucher_no for row in rows.models if row.voucher_no not in created]
    stored = await session.execute(_STORED, {"region_code": by.region_code, "vouchers": known})
    contents = {row.voucher_no: tuple(row) for row in stored}
    rows.refuse(lambda row: _conflict(row, contents))
    rows.settle(dict.fromkeys(created, "created"))
    if created:
        await _add_up(session, created, region_code=by.region_code, at=at)


async def _add_up(
    session: AsyncSession, vouchers: Collection[str], *, region_code: str, at: datetime
) -> None:
    values = {"region_code": region_code, "vouchers": sorted(vouchers)}
    touched = (await session.execute(_COUNT_UP, values)).all()
    await session.execute(_ADD, values)
    totals = await session.execute(
        _TOTALS,
        {
            "region_code": region_code,
            "codes": [row.project_code for row in touched],
            "years": [row.fiscal_year for row in touched],
        },
    )
    paid: defaultdict[tuple[str, int], list[PaidFund]] = defaultdict(list)
    for row in totals:
        fund = PaidFund(fund_level=row.fund_level, amount=row.paid)
        paid[row.project_code, row.fiscal_year].append(fund)
    facts = [
        ExecutionChanged(**row._mapping, paid=paid[row.project_code, row.fiscal_year])
        for row in touched
    ]
    await publish(session, region_code, *facts, at=at)


def _conflict(row: PaymentRow, contents: Mapping[str, tuple[Any, ...]]) -> FieldError | None:
    sent = (
        row.voucher_no,
        row.project_code,
        row.fiscal_year,
        row.fund_level,
        row.amount,
        row.paid_on,
    )
    if contents.get(row.voucher_no, sent) == sent:
        return None
    return FieldError(
        pointer="/voucher_no",
        code="voucher_conflict",
        detail=f"凭证 {row.voucher_no} 已入库，内容不同",
        mend="已入库的凭证不改动，请以新凭证冲正",
    )
