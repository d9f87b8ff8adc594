"""复审后的整改要求."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.evaluation.queries import rectifications as queries
from services.evaluation.schemas.rectifications import (
    RectificationRequestIn,
    RectificationRequestOut,
    RequestStatus,
)
from services.evaluation.schemas.self_evaluations import UnitCode
from services.evaluation.schemas.titles import TITLES
from services.evaluation.usecases import rectifications as usecases
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.exports import listed
from shared.fields import YearQuery
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["rectification-requests"], route_class=StrictRoute)

RequestReader = Annotated[Caller, allow("rectification.read")]


@router.post("/rectification-requests", status_code=201, response_model=RectificationRequestOut)
async def request_rectification(
    body: RectificationRequestIn,
    by: Annotated[Caller, allow("rectification.request")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """依据已复审的自评要求一个单位整改；监控服务随后开具整改函。"""
    request_id = await usecases.request_rectification(session, body, by=by, at=now)
    out = await queries.request(TransactionReads(session), by, request_id)
    location = f"/api/v1/evaluation/rectification-requests/{request_id}"
    return await once.answer(out, location=location)


@listed(router, "/rectification-requests", "整改要求", TITLES)
async def list_rectification_requests(
    by: RequestReader,
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery | None = None,
    unit_code: Annotated[UnitCode | None, Query()] = None,
    status: Annotated[RequestStatus | None, Query()] = None,
) -> Page[RectificationRequestOut]:
    """整改要求，最早的在前；状态由监控服务传回，未能开具整改函的为 `refused` 并说明原因。"""
    return await queries.list_requests(
        reads, by, paging, fiscal_year=fiscal_year, unit_code=unit_code, status=status
    )


@router.get("/rectification-requests/{request_id}")
async def get_rectification_request(
    request_id: UUID, by: RequestReader, reads: Reader
) -> RectificationRequestOut:
    """一项整改要求。"""
    return await queries.request(reads, by, request_id)
