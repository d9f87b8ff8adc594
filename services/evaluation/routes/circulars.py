"""通报表扬与通报批评：数据提出建议名单，由人确定，印发后不再改动."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.evaluation.queries import circulars as queries
from services.evaluation.schemas.circulars import (
    CircularIn,
    CircularKind,
    CircularOut,
    CircularSummary,
    Departures,
    ProposedUnits,
)
from services.evaluation.schemas.titles import TITLES
from services.evaluation.usecases import circulars as usecases
from shared.auth import Caller, allow
from shared.clock import Now, business_day
from shared.db import Reader, Session, TransactionReads
from shared.etags import tagged
from shared.exports import listed
from shared.fields import YearQuery
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["circulars"], route_class=StrictRoute)

CircularReader = Annotated[Caller, allow("circular.read")]


@router.get("/circular-proposals")
async def get_circular_proposals(
    request: Request,
    by: Annotated[Caller, allow("circular.propose")],
    reads: Reader,
    now: Now,
    fiscal_year: YearQuery,
    kind: Annotated[CircularKind, Query()],
) -> ProposedUnits:
    """通报名单建议：按标准由当前数据得出，逐个单位写明理由；不保存，也不通报任何单位。

    某年度同类通报中已通报的单位不再提出。
    """
    rule = usecases.criteria_of_year(request.app.state.rules, fiscal_year)
    return await queries.proposed_units(
        reads, by, rule, fiscal_year=fiscal_year, kind=kind, today=business_day(now)
    )


@router.post("/circulars", status_code=201, response_model=CircularOut)
async def issue_circular(
    request: Request,
    body: CircularIn,
    by: Annotated[Caller, allow("circular.issue")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """登记印发的通报：建议名单中的每个单位，或列入，或说明理由不列入；另行列入的须说明理由。

    登记后不再改动。登记时建议名单已有变化的，拒绝并指明是哪些单位。
    """
    rules = request.app.state.rules
    circular_id = await usecases.issue(session, body, rules=rules, by=by, at=now)
    out = await queries.circular(TransactionReads(session), by, circular_id)
    location = f"/api/v1/evaluation/circulars/{circular_id}"
    return await once.answer(out, location=location, row_version=1)


@listed(router, "/circulars", "通报", TITLES)
async def list_circulars(
    by: CircularReader,
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery | None = None,
    kind: Annotated[CircularKind | None, Query()] = None,
) -> Page[CircularSummary]:
    """已印发的通报，最早登记的在前；本地区财政、审计与各预算单位可见。"""
    return await queries.list_circulars(reads, by, paging, fiscal_year=fiscal_year, kind=kind)


@router.get("/circulars/{circular_id}", response_model=CircularOut)
async def get_circular(
    request: Request, circular_id: UUID, by: CircularReader, reads: Reader
) -> Response:
    """一份通报：印发时的单位与理由。"""
    out = await queries.circular(reads, by, circular_id)
    return tagged(request, out, 1)


@router.get("/circulars/{circular_id}/departures")
async def get_circular_departures(
    circular_id: UUID, by: Annotated[Caller, allow("circular.propose")], reads: Reader
) -> Departures:
    """一份通报与建议名单的出入：另行列入与未列入的单位及理由；只供财政与审计。"""
    return await queries.departures(reads, by, circular_id)
