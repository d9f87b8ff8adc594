"""第三方机构从业人员：登记、变更，谁符合主评人条件."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.evaluation.queries import agency_staff as queries
from services.evaluation.schemas.agency_staff import (
    StaffDetail,
    StaffIn,
    StaffOut,
    StaffPatch,
    StaffStatus,
)
from services.evaluation.schemas.titles import TITLES
from services.evaluation.usecases import agency_staff as usecases
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch, tagged
from shared.exports import listed
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["agencies"], route_class=StrictRoute)

StaffReader = Annotated[Caller, allow("agency_staff.read")]
StaffKeeper = Annotated[Caller, allow("agency_staff.keep")]


@router.post("/agencies/{agency_id}/staff", status_code=201, response_model=StaffDetail)
async def register_agency_staff(
    request: Request,
    agency_id: UUID,
    body: StaffIn,
    by: StaffKeeper,
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """登记机构的一位从业人员；不登记身份证件号码。"""
    staff_id = await usecases.register_staff(session, agency_id, body, by=by, at=now)
    out = await queries.staff(TransactionReads(session), by, staff_id, request.app.state.rules)
    location = f"/api/v1/evaluation/agency-staff/{staff_id}"
    return await once.answer(out, location=location, row_version=out.version)


@listed(router, "/agency-staff", "第三方机构从业人员", TITLES)
async def list_agency_staff(
    request: Request,
    by: StaffReader,
    reads: Reader,
    paging: Paging,
    agency_id: Annotated[UUID | None, Query()] = None,
    status: Annotated[StaffStatus | None, Query()] = None,
) -> Page[StaffOut]:
    """从业人员，先登记的在前；机构只见本机构的。"""
    rules = request.app.state.rules
    return await queries.list_staff(reads, by, paging, rules, agency_id=agency_id, status=status)


@router.get("/agency-staff/{staff_id}", response_model=StaffDetail)
async def get_agency_staff(
    request: Request, staff_id: UUID, by: StaffReader, reads: Reader
) -> Response:
    """一位从业人员，及历次变更：何人何时为何改了什么。"""
    out = await queries.staff(reads, by, staff_id, request.app.state.rules)
    return tagged(request, out, out.version)


@router.patch("/agency-staff/{staff_id}", response_model=StaffDetail)
async def amend_agency_staff(
    request: Request,
    staff_id: UUID,
    body: StaffPatch,
    by: StaffKeeper,
    session: Session,
    if_match: IfMatch,
    now: Now,
) -> Response:
    """变更从业人员，须说明理由：职称、资格、年限、登录名、离职。"""
    await usecases.amend_staff(session, staff_id, body, expected=if_match, by=by, at=now)
    out = await queries.staff(TransactionReads(session), by, staff_id, request.app.state.rules)
    return tagged(request, out, out.version)
