"""Payments in files: the columns of a table and what its rows mean, for import as a job."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.domain.execution import FundLevel
from services.monitoring.domain.vouchers import PaymentKind
from services.monitoring.schemas.payments import PaymentRow
from services.monitoring.usecases.payments import import_payments
from shared.auth import Caller
from shared.bulk import Rows
from shared.jobs import Importer
from shared.jobs_files import Column

_COLUMNS = (
    Column("voucher_no", "凭证号"),
    Column("project_code", "项目编码"),
    Column("fiscal_year", "年度"),
    Column("fund_level", "资金级次", words={level.label: str(level) for level in FundLevel}),
    Column("amount", "金额（元）"),
    Column("paid_on", "支付日期"),
    Column(
        "kind", "凭证类型", words={kind.label: str(kind) for kind in PaymentKind}, required=False
    ),
    Column("reverses_voucher_no", "被冲正凭证号", required=False),
)
_WORDS = {column.code: column.words for column in _COLUMNS}


def _payment_from_cells(cells: Mapping[str, str]) -> dict[str, Any]:
    """A table's row as NDJSON would have it."""
    item: dict[str, Any] = {code: _WORDS[code].get(cell, cell) for code, cell in cells.items()}
    if cells.get("fiscal_year", "").isdecimal():
        item["fiscal_year"] = int(cells["fiscal_year"])
    if "amount" in cells:
        item["amount"] = cells["amount"].replace(",", "")
    return item


async def _store_payments(
    session: AsyncSession, rows: Rows[PaymentRow], by: Caller, at: datetime
) -> None:
    await import_payments(session, rows, by=by, at=at)


PAYMENTS = Importer(
    kind="payments",
    model=PaymentRow,
    key_field="voucher_no",
    columns=_COLUMNS,
    shape=_payment_from_cells,
    store=_store_payments,
)
