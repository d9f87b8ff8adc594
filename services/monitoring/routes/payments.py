"""支付与预算执行."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.monitoring.queries import payments as queries
from services.monitoring.schemas.payments import (
    ExecutionOut,
    PaymentOut,
    PaymentRow,
    ProjectCode,
    UnitCode,
)
from services.monitoring.usecases import payments
from shared.auth import Caller, allow
from shared.bulk import Atomic, BulkIn, BulkOut, DryRun, Rows, import_rows
from shared.clock import Now
from shared.db import Reader, Session
from shared.fields import YearQuery
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["payments"], route_class=StrictRoute)


@router.post("/payment-imports", status_code=207, response_model=BulkOut)
async def import_payments(
    body: BulkIn,
    by: Annotated[Caller, allow("payment.import")],
    session: Session,
    once: Once,
    now: Now,
    dry_run: DryRun = False,
    atomic: Atomic = "row",
) -> Response:
    """批量推送支付凭证：新的入库并计入执行数，相同的不动，凭证号相同而内容不同的报错。

    已入库的凭证不改动：更正请以新凭证冲正，退款用负数。项目的绩效目标尚未批复也可先入库。
    """
    rows = Rows(body.items, PaymentRow, lambda row: row.voucher_no)
    store = partial(payments.import_payments, session, by=by, at=now)
    out = await import_rows(session, rows, store, dry_run=dry_run, atomic=atomic)
    return await once.answer(out, status=207)


@router.get("/payments")
async def list_payments(
    by: Annotated[Caller, allow("payment.read")],
    reads: Reader,
    paging: Paging,
    project_code: Annotated[ProjectCode | None, Query()] = None,
    fiscal_year: YearQuery | None = None,
) -> Page[PaymentOut]:
    """支付凭证，按凭证号；单位只看到本单位已批复目标的项目的凭证。"""
    return await queries.list_payments(
        reads, by, paging, project_code=project_code, fiscal_year=fiscal_year
    )


@router.get("/executions")
async def list_executions(
    by: Annotated[Caller, allow("execution.read")],
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery,
    unit_code: Annotated[UnitCode | None, Query()] = None,
) -> Page[ExecutionOut]:
    """某年度各项目的预算执行，按项目编码；金额为元，合计含全部资金级次，执行率为百分数。

    有已批复目标或有支付的项目都列出；尚无目标的项目没有名称和单位，其预算为 0、执行率为空。
    """
    return await queries.list_executions(
        reads, by, paging, fiscal_year=fiscal_year, unit_code=unit_code
    )
