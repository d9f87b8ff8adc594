"""支付与资金到位."""

from datetime import date
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from services.monitoring.queries import payments as queries
from services.monitoring.schemas.payments import (
    FundReceiptOut,
    FundReceiptRow,
    PaymentOut,
    PaymentRow,
    ProjectCode,
    ProjectPaymentOut,
    UnitCode,
)
from services.monitoring.schemas.titles import TITLES
from services.monitoring.usecases import fund_receipts, payment_files, payments
from shared.auth import Caller, allow
from shared.bulk import Atomic, BulkIn, BulkOut, DryRun, Rows, import_rows
from shared.clock import Now
from shared.db import Reader, Session
from shared.exports import listed
from shared.fields import YearQuery
from shared.idempotency import Once, OnceUploaded
from shared.jobs import JobOut
from shared.jobs_intake import UPLOAD_BODY, start_job
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["payments"], route_class=StrictRoute)

PaymentImporter = Annotated[Caller, allow("payment.import")]
PaymentReader = Annotated[Caller, allow("payment.read")]
Unit = Annotated[UnitCode | None, Query(description="已批复目标的单位")]


@router.post("/payment-imports", status_code=207, response_model=BulkOut)
async def import_payments(
    body: BulkIn,
    by: PaymentImporter,
    session: Session,
    once: Once,
    now: Now,
    dry_run: DryRun = False,
    atomic: Atomic = "row",
) -> Response:
    """批量推送支付凭证：新的入库并计入执行数，相同的不动，凭证号相同而内容不同的报错。

    已入库的凭证不改动：退款用负数；冲正以新凭证冲回全额并写明被冲正的凭证号，每张只能冲正一次；更正另发凭证。
    项目的绩效目标尚未批复也可先入库。
    """
    rows = Rows(body.items, PaymentRow, lambda row: row.voucher_no)
    store = partial(payments.import_payments, session, by=by, at=now)
    out = await import_rows(session, rows, store, dry_run=dry_run, atomic=atomic)
    return await once.answer(out, status=207)


@router.post(
    "/payment-import-jobs", status_code=202, response_model=JobOut, openapi_extra=UPLOAD_BODY
)
async def create_payment_import_job(
    request: Request,
    by: PaymentImporter,
    session: Session,
    once: OnceUploaded,
    dry_run: DryRun = False,
    atomic: Atomic = "row",
) -> Response:
    """以文件批量推送支付凭证：NDJSON、CSV（UTF-8 或 GB18030）或 xlsx，至多 100 MB。

    立即返回任务，随后在后台入库，进度与逐行结果见 `Location` 所指。各行按文件顺序生效，
    被冲正的凭证须列在冲正之前；试导入（`dry_run`）与全有全无（`atomic=all`）的检查只对照已入库的凭证，被冲正的凭证须先已入库。
    """
    return await start_job(
        request, payment_files.PAYMENTS, session, once, by=by, dry_run=dry_run, atomic=atomic
    )


@router.post("/fund-receipt-imports", status_code=207, response_model=BulkOut)
async def import_fund_receipts(
    body: BulkIn,
    by: Annotated[Caller, allow("fund_receipt.import")],
    session: Session,
    once: Once,
    now: Now,
    dry_run: DryRun = False,
    atomic: Atomic = "row",
) -> Response:
    """批量推送资金到位：以到位单号识别，相同的不动，内容不同的报错；收回资金以新单号推送负数。"""
    rows = Rows(body.items, FundReceiptRow, lambda row: row.receipt_no)
    store = partial(fund_receipts.import_receipts, session, by=by, at=now)
    out = await import_rows(session, rows, store, dry_run=dry_run, atomic=atomic)
    return await once.answer(out, status=207)


@listed(router, "/payments", "支付凭证", TITLES)
async def list_payments(
    by: PaymentReader,
    reads: Reader,
    paging: Paging,
    project_code: Annotated[ProjectCode | None, Query()] = None,
    fiscal_year: YearQuery | None = None,
    unit_code: Unit = None,
    paid_from: Annotated[date | None, Query(description="支付日期，自（含）")] = None,
    paid_to: Annotated[date | None, Query(description="支付日期，至（含）")] = None,
) -> Page[PaymentOut]:
    """支付凭证，按凭证号；单位只看到本单位已批复目标的项目的凭证。"""
    asked = queries.VouchersAsked(project_code, fiscal_year, unit_code, paid_from, paid_to)
    return await queries.list_payments(reads, by, paging, asked)


@listed(router, "/fund-receipts", "资金到位", TITLES)
async def list_fund_receipts(
    by: PaymentReader,
    reads: Reader,
    paging: Paging,
    project_code: Annotated[ProjectCode | None, Query()] = None,
    fiscal_year: YearQuery | None = None,
    unit_code: Unit = None,
    received_from: Annotated[date | None, Query(description="到位日期，自（含）")] = None,
    received_to: Annotated[date | None, Query(description="到位日期，至（含）")] = None,
) -> Page[FundReceiptOut]:
    """资金到位，按到位单号；单位只看到本单位已批复目标的项目的到位单。"""
    asked = queries.VouchersAsked(project_code, fiscal_year, unit_code, received_from, received_to)
    return await queries.list_receipts(reads, by, paging, asked)


@router.get("/projects/{code}/payments")
async def list_project_payments(
    code: Annotated[ProjectCode, Path()],
    by: PaymentReader,
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery,
) -> Page[ProjectPaymentOut]:
    """一个项目某年度的支付凭证，按支付日期，每行附截至该凭证的累计支付。"""
    return await queries.payments_of_project(reads, by, paging, code, fiscal_year=fiscal_year)
