"""问责移送：只作记录，不产生任何自动后果."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.evaluation.queries import accountability as queries
from services.evaluation.schemas.accountability import (
    AccountabilityCaseIn,
    AccountabilityCaseOut,
    CaseStatus,
    OutcomeIn,
)
from services.evaluation.schemas.self_evaluations import UnitCode
from services.evaluation.schemas.titles import TITLES
from services.evaluation.usecases import accountability as usecases
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch, tagged
from shared.exports import listed
from shared.fields import YearQuery
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["accountability-cases"], route_class=StrictRoute)

CaseReader = Annotated[Caller, allow("accountability.read")]


@router.post("/accountability-cases", status_code=201, response_model=AccountabilityCaseOut)
async def hand_over_accountability_case(
    request: Request,
    body: AccountabilityCaseIn,
    by: Annotated[Caller, allow("accountability.hand_over")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """登记一件问责移送：依据哪项整改、评价或自评，事实与条文，移送何机关、何日。只作记录。"""
    case_id = await usecases.hand_over(session, body, rules=request.app.state.rules, by=by, at=now)
    out = await queries.case(TransactionReads(session), by, case_id)
    location = f"/api/v1/evaluation/accountability-cases/{case_id}"
    return await once.answer(out, location=location, row_version=out.version)


@listed(router, "/accountability-cases", "问责移送", TITLES)
async def list_accountability_cases(
    by: CaseReader,
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery | None = None,
    status: Annotated[CaseStatus | None, Query()] = None,
    unit_code: Annotated[UnitCode | None, Query()] = None,
) -> Page[AccountabilityCaseOut]:
    """问责移送，最早的在前；财政与审计看全部，单位只看涉及本单位的。"""
    asked = queries.CasesAsked(fiscal_year, status, unit_code)
    return await queries.list_cases(reads, by, paging, asked)


@router.get("/accountability-cases/{case_id}", response_model=AccountabilityCaseOut)
async def get_accountability_case(
    request: Request, case_id: UUID, by: CaseReader, reads: Reader
) -> Response:
    """一件问责移送及历次处理结果。"""
    out = await queries.case(reads, by, case_id)
    return tagged(request, out, out.version)


@router.post(
    "/accountability-cases/{case_id}/outcomes",
    status_code=201,
    response_model=AccountabilityCaseOut,
)
async def note_accountability_outcome(
    case_id: UUID,
    body: OutcomeIn,
    by: Annotated[Caller, allow("accountability.note_outcome")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """登记承办机关告知的处理结果；可再次登记，历次都保留。"""
    await usecases.note_outcome(session, case_id, body, expected=if_match, by=by, at=now)
    out = await queries.case(TransactionReads(session), by, case_id)
    return await once.answer(out, row_version=out.version)
