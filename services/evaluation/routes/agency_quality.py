"""第三方机构工作质量."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.evaluation.queries import agency_quality as queries
from services.evaluation.schemas.agency_quality import (
    AgencyQuality,
    QualityScoreIn,
    QualityScoreOut,
)
from services.evaluation.usecases.agency_quality import score_quality
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.idempotency import Once
from shared.requests import StrictRoute

router = APIRouter(tags=["engagements"], route_class=StrictRoute)


@router.post(
    "/engagements/{engagement_id}/quality-scores", status_code=201, response_model=QualityScoreOut
)
async def score_agency_quality(
    request: Request,
    engagement_id: UUID,
    body: QualityScoreIn,
    by: Annotated[Caller, allow("agency_quality.score")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """合同到期或提前终止后，按标准逐项评机构的工作质量；一份合同评一次。"""
    rules = request.app.state.rules
    await score_quality(session, engagement_id, body, rules=rules, by=by, at=now)
    out = await queries.quality_of_engagement(TransactionReads(session), by, engagement_id)
    return await once.answer(out, row_version=1)


@router.get("/agencies/{agency_id}/quality-scores")
async def get_agency_quality(
    agency_id: UUID, by: Annotated[Caller, allow("agency_quality.read")], reads: Reader
) -> AgencyQuality:
    """一家机构历年的工作质量：逐份合同、逐年平均与份数；机构只见自己的。"""
    return await queries.quality_of_agency(reads, by, agency_id)
