"""委托合同：签订、延期、提前终止."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.evaluation.queries import engagements as queries
from services.evaluation.schemas.engagements import (
    EngagementIn,
    EngagementOut,
    ExtensionIn,
    TerminationIn,
)
from services.evaluation.usecases import engagement_terms
from services.evaluation.usecases import engagements as usecases
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch, tagged
from shared.fields import YearQuery
from shared.idempotency import Once, OnceOnly
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["engagements"], route_class=StrictRoute)

EngagementReader = Annotated[Caller, allow("engagement.read")]
EngagementAmender = Annotated[Caller, allow("engagement.amend")]


@router.post("/engagements", status_code=201, response_model=EngagementOut)
async def conclude_engagement(
    request: Request,
    body: EngagementIn,
    by: Annotated[Caller, allow("engagement.conclude")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """登记委托合同；绩效目标设定、绩效运行监控、单位自评不得委托，名录中不符合条件的机构不得承接。"""
    rules = request.app.state.rules
    engagement_id = await usecases.conclude(session, body, rules=rules, by=by, at=now)
    out = await queries.engagement(TransactionReads(session), by, engagement_id, rules)
    location = f"/api/v1/evaluation/engagements/{engagement_id}"
    return await once.answer(out, location=location, row_version=out.version)


@router.get("/engagements")
async def list_engagements(
    request: Request,
    by: EngagementReader,
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery | None = None,
) -> Page[EngagementOut]:
    """委托合同；第三方机构只见自己的。"""
    return await queries.list_engagements(
        reads, by, paging, request.app.state.rules, fiscal_year=fiscal_year
    )


@router.get("/engagements/{engagement_id}", response_model=EngagementOut)
async def get_engagement(
    request: Request, engagement_id: UUID, by: EngagementReader, reads: Reader
) -> Response:
    """一份委托合同。"""
    out = await queries.engagement(reads, by, engagement_id, request.app.state.rules)
    return tagged(request, out, out.version)


@router.post(
    "/engagements/{engagement_id}/extensions", status_code=201, response_model=EngagementOut
)
async def extend_engagement(
    request: Request,
    engagement_id: UUID,
    body: ExtensionIn,
    by: EngagementAmender,
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """合同延期，须说明理由；已到期的合同延期后，机构重新可以办理受托事项。"""
    await engagement_terms.extend(session, engagement_id, body, expected=if_match, by=by, at=now)
    return await _amended(request, session, once, by, engagement_id)


@router.post(
    "/engagements/{engagement_id}/terminations", status_code=201, response_model=EngagementOut
)
async def terminate_engagement(
    request: Request,
    engagement_id: UUID,
    body: TerminationIn,
    by: EngagementAmender,
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """提前终止合同，须说明理由；机构即刻起不能再读写受托事项。"""
    await engagement_terms.terminate(session, engagement_id, body, expected=if_match, by=by, at=now)
    return await _amended(request, session, once, by, engagement_id)


async def _amended(
    request: Request, session: Session, once: OnceOnly, by: Caller, engagement_id: UUID
) -> Response:
    rules = request.app.state.rules
    out = await queries.engagement(TransactionReads(session), by, engagement_id, rules)
    return await once.answer(out, row_version=out.version)
