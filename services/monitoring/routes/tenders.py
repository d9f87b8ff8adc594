"""招标结果."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from services.monitoring.queries import tenders as queries
from services.monitoring.schemas.payments import ProjectCode
from services.monitoring.schemas.tenders import TenderOut, TenderRow
from services.monitoring.usecases import tenders
from shared.auth import Caller, allow
from shared.bulk import Atomic, BulkIn, BulkOut, DryRun, Rows, import_rows
from shared.clock import Now
from shared.db import Reader, Session
from shared.etags import tagged
from shared.idempotency import Once
from shared.requests import StrictRoute

router = APIRouter(tags=["tenders"], route_class=StrictRoute)


@router.get("/projects/{code}/tenders/{fiscal_year}", response_model=TenderOut)
async def get_tender(
    request: Request,
    code: Annotated[ProjectCode, Path()],
    fiscal_year: Annotated[int, Path(ge=2000, le=2100)],
    by: Annotated[Caller, allow("tender.read")],
    reads: Reader,
) -> Response:
    """项目某年度的招标结果及其历次报告；“招标后未实施”的规则由此起算。"""
    out = await queries.tender(reads, by, code, fiscal_year)
    return tagged(request, out, out.version)


@router.post("/tender-imports", status_code=207, response_model=BulkOut)
async def import_tenders(
    body: BulkIn,
    by: Annotated[Caller, allow("tender.import")],
    session: Session,
    once: Once,
    now: Now,
    dry_run: DryRun = False,
    atomic: Atomic = "row",
) -> Response:
    """批量推送招标结果，以项目编码和年度识别：与已报告相同的不动，不同的成为新的报告。"""
    rows = Rows(body.items, TenderRow, tenders.key_of)
    store = partial(tenders.import_tenders, session, by=by, at=now)
    out = await import_rows(session, rows, store, dry_run=dry_run, atomic=atomic)
    return await once.answer(out, status=207)
