"""第三方机构名录：登记、变更、重大违法违规，及历次变更."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.evaluation.queries import agencies as queries
from services.evaluation.schemas.agencies import (
    AgencyDetail,
    AgencyIn,
    AgencyOut,
    AgencyPatch,
    AgencyStatus,
    Institution,
    ViolationIn,
    WithdrawalIn,
)
from services.evaluation.schemas.evaluations import Kind
from services.evaluation.schemas.titles import TITLES
from services.evaluation.usecases import agencies as usecases
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch, tagged
from shared.exports import listed
from shared.fields import YearQuery
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["agencies"], route_class=StrictRoute)

AgencyReader = Annotated[Caller, allow("agency.read")]
AgencyKeeper = Annotated[Caller, allow("agency.amend")]


@router.post("/agencies", status_code=201, response_model=AgencyDetail)
async def register_agency(
    body: AgencyIn,
    by: Annotated[Caller, allow("agency.register")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """登记第三方机构；统一社会信用代码按 GB 32100 核对校验码。"""
    agency_id = await usecases.register_agency(session, body, by=by, at=now)
    out = await queries.agency(TransactionReads(session), by, agency_id)
    location = f"/api/v1/evaluation/agencies/{agency_id}"
    return await once.answer(out, location=location, row_version=out.version)


@listed(router, "/agencies", "第三方机构名录", TITLES)
async def list_agencies(
    by: AgencyReader,
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery | None = None,
    kind: Annotated[Kind | None, Query(description="评价类别")] = None,
    status: Annotated[AgencyStatus | None, Query()] = None,
    institution: Annotated[Institution | None, Query(description="机构类型")] = None,
    qualified_to: Annotated[date | None, Query(description="资质至迟到这一天为止")] = None,
) -> Page[AgencyOut]:
    """第三方机构名录；给出年度或评价类别时，只列有已审定评价的机构。"""
    asked = queries.AgenciesAsked(fiscal_year, kind, status, institution, qualified_to)
    return await queries.list_agencies(reads, by, paging, asked)


@router.get("/agencies/{agency_id}", response_model=AgencyDetail)
async def get_agency(
    request: Request, agency_id: UUID, by: AgencyReader, reads: Reader
) -> Response:
    """一家第三方机构，及名录的历次变更：何人何时为何改了什么。"""
    out = await queries.agency(reads, by, agency_id)
    return tagged(request, out, out.version)


@router.patch("/agencies/{agency_id}", response_model=AgencyDetail)
async def amend_agency(
    request: Request,
    agency_id: UUID,
    body: AgencyPatch,
    by: AgencyKeeper,
    session: Session,
    if_match: IfMatch,
    now: Now,
) -> Response:
    """变更名录，须说明理由：名称、类型、平台、资质有效期、暂停承接、移出、恢复。"""
    await usecases.amend_agency(session, agency_id, body, expected=if_match, by=by, at=now)
    out = await queries.agency(TransactionReads(session), by, agency_id)
    return tagged(request, out, out.version)


@router.post("/agencies/{agency_id}/violations", status_code=201, response_model=AgencyDetail)
async def record_agency_violation(
    agency_id: UUID,
    body: ViolationIn,
    by: AgencyKeeper,
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """登记机构的重大违法违规：何日、何事、出处。"""
    await usecases.record_violation(session, agency_id, body, expected=if_match, by=by, at=now)
    out = await queries.agency(TransactionReads(session), by, agency_id)
    return await once.answer(out, row_version=out.version)


@router.post(
    "/agencies/{agency_id}/violations/{violation_id}/withdrawals",
    status_code=201,
    response_model=AgencyDetail,
)
async def withdraw_agency_violation(
    agency_id: UUID,
    violation_id: UUID,
    body: WithdrawalIn,
    by: AgencyKeeper,
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """撤销登记有误的违法违规，须说明理由；原登记保留可查。"""
    await usecases.withdraw_violation(
        session, agency_id, violation_id, body, expected=if_match, by=by, at=now
    )
    out = await queries.agency(TransactionReads(session), by, agency_id)
    return await once.answer(out, row_version=out.version)
