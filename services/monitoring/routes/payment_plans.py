"""用款计划."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from services.monitoring.queries import payment_plans as queries
from services.monitoring.schemas.payment_plans import (
    PaymentPlanIn,
    PaymentPlanOut,
    PaymentPlanRow,
)
from services.monitoring.schemas.payments import ProjectCode
from services.monitoring.usecases import payment_plans
from shared.auth import Caller, allow
from shared.bulk import Atomic, BulkIn, BulkOut, DryRun, Rows, import_rows
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.etags import PutIfMatch, tagged
from shared.idempotency import Once
from shared.requests import StrictRoute

router = APIRouter(tags=["payment plans"], route_class=StrictRoute)

PathYear = Annotated[int, Path(ge=2000, le=2100)]


@router.get("/projects/{code}/payment-plans/{fiscal_year}", response_model=PaymentPlanOut)
async def get_payment_plan(
    request: Request,
    code: Annotated[ProjectCode, Path()],
    fiscal_year: PathYear,
    by: Annotated[Caller, allow("payment_plan.read")],
    reads: Reader,
) -> Response:
    """项目某年度的用款计划及其历次版本；没有计划则为 404，进度按月均折算。"""
    out = await queries.payment_plan(reads, by, code, fiscal_year)
    return tagged(request, out, out.version)


@router.put("/projects/{code}/payment-plans/{fiscal_year}", response_model=PaymentPlanOut)
async def put_payment_plan(
    request: Request,
    code: Annotated[ProjectCode, Path()],
    fiscal_year: PathYear,
    body: PaymentPlanIn,
    by: Annotated[Caller, allow("payment_plan.write")],
    session: Session,
    if_match: PutIfMatch,
    now: Now,
) -> Response:
    """编报或调整本单位已批复项目的用款计划：新建不带 If-Match，调整须带；历次版本都保留。"""
    new = await payment_plans.put_plan(
        session, code, fiscal_year, body, expected=if_match, by=by, at=now
    )
    out = await queries.payment_plan(TransactionReads(session), by, code, fiscal_year)
    return tagged(request, out, out.version, status=201 if new else 200)


@router.post("/payment-plan-imports", status_code=207, response_model=BulkOut)
async def import_payment_plans(
    body: BulkIn,
    by: Annotated[Caller, allow("payment_plan.import")],
    session: Session,
    once: Once,
    now: Now,
    dry_run: DryRun = False,
    atomic: Atomic = "row",
) -> Response:
    """批量推送用款计划，以项目编码和年度识别：与现行计划相同的不动，不同的成为新版本。"""
    rows = Rows(body.items, PaymentPlanRow, payment_plans.key_of)
    store = partial(payment_plans.import_plans, session, by=by, at=now)
    out = await import_rows(session, rows, store, dry_run=dry_run, atomic=atomic)
    return await once.answer(out, status=207)
