"""整改：下达、报送措施、核实."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.monitoring.queries import rectifications as queries
from services.monitoring.schemas.payments import UnitCode
from services.monitoring.schemas.rectifications import (
    ExtensionIn,
    Lateness,
    MeasuresIn,
    Origin,
    ProgressIn,
    ReceiptIn,
    RectificationIn,
    RectificationOut,
    RectificationStatus,
    RectificationSummary,
    VerificationIn,
)
from services.monitoring.schemas.titles import TITLES
from services.monitoring.usecases import letters, rectifications
from shared.auth import Caller, allow
from shared.clock import Now, business_day
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch, tagged
from shared.exports import listed
from shared.fields import YearQuery
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["rectifications"], route_class=StrictRoute)

RectificationReader = Annotated[Caller, allow("rectification.read")]


@router.post("/rectifications", status_code=201, response_model=RectificationOut)
async def issue_rectification(
    body: RectificationIn,
    by: Annotated[Caller, allow("rectification.issue")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """向单位下达整改函：列明未解除的预警、其他问题，至少一条。文号同一年度内不能重复。

    年度取所列预警的年度；没有列预警的，取整改期限所在年度。不写期限的，自签收起按规则计算。
    """
    letter_id = await letters.issue_letter(session, body, by=by, at=now)
    reads, today = TransactionReads(session), business_day(now)
    out = await queries.rectification(reads, by, letter_id, today=today)
    location = f"/api/v1/monitoring/rectifications/{letter_id}"
    return await once.answer(out, location=location, row_version=out.version)


@listed(router, "/rectifications", "整改", TITLES)
async def list_rectifications(
    by: RectificationReader,
    reads: Reader,
    paging: Paging,
    now: Now,
    fiscal_year: YearQuery | None = None,
    status: Annotated[RectificationStatus | None, Query()] = None,
    unit_code: Annotated[UnitCode | None, Query()] = None,
    origin: Annotated[Origin | None, Query()] = None,
    lateness: Annotated[Lateness | None, Query()] = None,
    round_id: Annotated[UUID | None, Query(description="因该次监控的预警下达的")] = None,
) -> Page[RectificationSummary]:
    """各种来源的整改（监控、自评复审、评价），最早的在前；标明是否逾期。"""
    asked = queries.LettersAsked(fiscal_year, status, unit_code, origin, lateness, round_id)
    return await queries.list_rectifications(reads, by, paging, asked, today=business_day(now))


@router.get("/rectifications/{rectification_id}", response_model=RectificationOut)
async def get_rectification(
    request: Request, rectification_id: UUID, by: RectificationReader, reads: Reader, now: Now
) -> Response:
    """一件整改：问题、相关预警、措施、办理过程。"""
    out = await queries.rectification(reads, by, rectification_id, today=business_day(now))
    return tagged(request, out, out.version)


@router.post(
    "/rectifications/{rectification_id}/receipts", status_code=201, response_model=RectificationOut
)
async def receive_rectification(
    rectification_id: UUID,
    body: ReceiptIn,
    by: Annotated[Caller, allow("rectification.receive")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """单位签收整改函：何人何时签收；按规则计算的期限自签收之日起算。"""
    await rectifications.receive(session, rectification_id, body, expected=if_match, by=by, at=now)
    reads, today = TransactionReads(session), business_day(now)
    out = await queries.rectification(reads, by, rectification_id, today=today)
    return await once.answer(out, row_version=out.version)


@router.post(
    "/rectifications/{rectification_id}/measures", status_code=201, response_model=RectificationOut
)
async def file_rectification_measures(
    rectification_id: UUID,
    body: MeasuresIn,
    by: Annotated[Caller, allow("rectification.file_measures")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """单位报送整改措施（被退回后重报亦同）；逾期仍可报送。"""
    await rectifications.file_measures(
        session, rectification_id, body, expected=if_match, by=by, at=now
    )
    reads, today = TransactionReads(session), business_day(now)
    out = await queries.rectification(reads, by, rectification_id, today=today)
    return await once.answer(out, row_version=out.version)


@router.post(
    "/rectifications/{rectification_id}/verifications",
    status_code=201,
    response_model=RectificationOut,
)
async def verify_rectification(
    rectification_id: UUID,
    body: VerificationIn,
    by: Annotated[Caller, allow("rectification.verify")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """财政核实整改：核实销号，或退回并说明理由；报送措施的人不能核实。"""
    await rectifications.verify(session, rectification_id, body, expected=if_match, by=by, at=now)
    reads, today = TransactionReads(session), business_day(now)
    out = await queries.rectification(reads, by, rectification_id, today=today)
    return await once.answer(out, row_version=out.version)


@router.post(
    "/rectifications/{rectification_id}/progress-reports",
    status_code=201,
    response_model=RectificationOut,
)
async def report_rectification_progress(
    rectification_id: UUID,
    body: ProgressIn,
    by: Annotated[Caller, allow("rectification.report_progress")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """单位报告整改进展；已完成的填完成日期，由财政核实。"""
    await rectifications.report_progress(
        session, rectification_id, body, expected=if_match, by=by, at=now
    )
    reads, today = TransactionReads(session), business_day(now)
    out = await queries.rectification(reads, by, rectification_id, today=today)
    return await once.answer(out, row_version=out.version)


@router.post(
    "/rectifications/{rectification_id}/extensions",
    status_code=201,
    response_model=RectificationOut,
)
async def extend_rectification(
    rectification_id: UUID,
    body: ExtensionIn,
    by: Annotated[Caller, allow("rectification.extend")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """财政批准延期并说明理由；下达整改函的人不能自己批准。"""
    await rectifications.extend(session, rectification_id, body, expected=if_match, by=by, at=now)
    reads, today = TransactionReads(session), business_day(now)
    out = await queries.rectification(reads, by, rectification_id, today=today)
    return await once.answer(out, row_version=out.version)
