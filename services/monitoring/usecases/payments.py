"""Payments as the treasury reports them: set-based, safe to repeat, added up as they come."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.domain.vouchers import (
    PaymentKind,
    Voucher,
    reversal_mistake,
    voucher_mistake,
)
from services.monitoring.schemas.events import ExecutionChanged, PaidFund
from services.monitoring.schemas.payments import PaymentRow
from shared.auth import Caller
from shared.bulk import Rows, as_jsonb
from shared.feed import publish
from shared.problems import FieldError

_INSERT = text("""
    insert into payment (region_code, voucher_no, project_code, fiscal_year, fund_level, amount,
                         paid_on, kind, reverses_voucher_no, imported_at)
    select :region_code, r.voucher_no, r.project_code, r.fiscal_year, r.fund_level, r.amount,
           r.paid_on, r.kind, r.reverses_voucher_no, :at
    from jsonb_to_recordset(cast(:rows as jsonb))
         as r(voucher_no text, project_code text, fiscal_year int, fund_level text, amount numeric,
              paid_on date, kind text, reverses_voucher_no text)
    order by r.voucher_no
    on conflict do nothing
    returning voucher_no
""")

_STORED = text("""
    select voucher_no, project_code, fiscal_year, fund_level, amount, paid_on, kind,
           reverses_voucher_no
    from payment where region_code = :region_code and voucher_no = any (:vouchers)
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
    """Store new vouchers and add them up; a voucher known with another content is refused.

    Reversals are stored last: what they take back has to be stored by then, whoever sent it.
    """
    region_code = by.region_code
    rows.refuse(_unsound)
    plain = [row for row in rows.models if row.reverses_voucher_no is None]
    created = await _insert(session, region_code, plain, at=at)
    await _refuse_unfit_reversals(session, region_code, rows, created)
    reversals = [row for row in rows.models if row.reverses_voucher_no is not None]
    created |= await _insert(session, region_code, reversals, at=at)
    known = [row.voucher_no for row in rows.models if row.voucher_no not in created]
    stored = await _stored(session, region_code, known)
    rows.refuse(lambda row: None if row.voucher_no in created else _conflict(row, stored))
    rows.settle(dict.fromkeys(created, "created"))
    if created:
        await _add_up(session, created, region_code=region_code, at=at)


async def _insert(
    session: AsyncSession, region_code: str, rows: Sequence[PaymentRow], *, at: datetime
) -> set[str]:
    if not rows:
        return set()
    values = {"region_code": region_code, "rows": as_jsonb(rows), "at": at}
    return set(await session.scalars(_INSERT, values))


async def _stored(
    session: AsyncSession, region_code: str, vouchers: Iterable[str]
) -> dict[str, Voucher]:
    values = {"region_code": region_code, "vouchers": sorted(vouchers)}
    if not values["vouchers"]:
        return {}
    found = [
        Voucher(**{**row._mapping, "kind": PaymentKind(row.kind)})
        for row in await session.execute(_STORED, values)
    ]
    return {voucher.voucher_no: voucher for voucher in found}


async def _refuse_unfit_reversals(
    session: AsyncSession, region_code: str, rows: Rows[PaymentRow], created: Collection[str]
) -> None:
    """A voucher counts as there for a reversal when it stands before it: lines take effect in
    order, wherever a file is cut."""
    originals = await _stored(
        session,
        region_code,
        {row.reverses_voucher_no for row in rows.models if row.reverses_voucher_no is not None},
    )
    places = {name: place for name, (place, _) in rows.good.items()}
    taken: set[str] = set()

    def unfit(row: PaymentRow) -> FieldError | None:
        named = row.reverses_voucher_no
        if named is None:
            return None
        if named in taken:
            return _already_reversed(named)
        later = named in created and places[named] > places[row.voucher_no]
        mistake = reversal_mistake(_voucher(row), None if later else originals.get(named))
        if mistake is not None:
            return FieldError(**asdict(mistake))
        taken.add(named)
        return None

    rows.refuse(unfit)


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


def _voucher(row: PaymentRow) -> Voucher:
    return Voucher(**dict(row))


def _unsound(row: PaymentRow) -> FieldError | None:
    mistake = voucher_mistake(_voucher(row))
    return None if mistake is None else FieldError(**asdict(mistake))


def _conflict(row: PaymentRow, stored: Mapping[str, Voucher]) -> FieldError | None:
    known = stored.get(row.voucher_no)
    if known is None:
        return _already_reversed(str(row.reverses_voucher_no))
    if known == _voucher(row):
        return None
    return FieldError(
        pointer="/voucher_no",
        code="voucher_conflict",
        detail=f"凭证 {row.voucher_no} 已入库，内容不同",
        mend="已入库的凭证不改动，请以新凭证冲正",
    )


def _already_reversed(voucher_no: str) -> FieldError:
    return FieldError(
        pointer="/reverses_voucher_no",
        code="already_reversed",
        detail=f"凭证 {voucher_no} 已由另一凭证冲正",
        mend="每张凭证只能冲正一次，请核对凭证号",
    )
