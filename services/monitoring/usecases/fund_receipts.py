"""资金到位 as the treasury reports it: set-based, safe to repeat, never changed."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.schemas.payments import FundReceiptRow
from services.monitoring.usecases.execution_years import know_years
from shared.auth import Caller
from shared.bulk import Rows, as_jsonb
from shared.problems import FieldError

_INSERT = text("""
    insert into fund_receipt (region_code, receipt_no, project_code, fiscal_year, fund_level,
                              amount, received_on, imported_at)
    select :region_code, r.receipt_no, r.project_code, r.fiscal_year, r.fund_level, r.amount,
           r.received_on, :at
    from jsonb_to_recordset(cast(:rows as jsonb))
         as r(receipt_no text, project_code text, fiscal_year int, fund_level text, amount numeric,
              received_on date)
    order by r.receipt_no
    on conflict (region_code, receipt_no) do nothing
    returning receipt_no
""")

_STORED = text("""
    select receipt_no, project_code, fiscal_year, fund_level, amount, received_on
    from fund_receipt where region_code = :region_code and receipt_no = any (:receipts)
""")


async def import_receipts(
    session: AsyncSession, rows: Rows[FundReceiptRow], *, by: Caller, at: datetime
) -> None:
    """Store new receipts; one known with another content is refused."""
    values = {"region_code": by.region_code, "rows": as_jsonb(rows.models), "at": at}
    created = set(await session.scalars(_INSERT, values))
    known = [row.receipt_no for row in rows.models if row.receipt_no not in created]
    stored = await session.execute(_STORED, {"region_code": by.region_code, "receipts": known})
    contents = {row.receipt_no: dict(row._mapping) for row in stored}
    rows.refuse(lambda row: _conflict(row, contents.get(row.receipt_no, dict(row))))
    years = {(row.project_code, row.fiscal_year) for row in rows.models}
    await know_years(session, by.region_code, years)
    rows.settle(dict.fromkeys(created, "created"))


def _conflict(row: FundReceiptRow, stored: dict[str, object]) -> FieldError | None:
    if stored == dict(row):
        return None
    return FieldError(
        pointer="/receipt_no",
        code="receipt_conflict",
        detail=f"到位单 {row.receipt_no} 已入库，内容不同",
        mend="已入库的到位单不改动；收回资金请以新单号推送负数",
    )
