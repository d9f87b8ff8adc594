"""暂停拨付与恢复拨付：建议、决定、恢复；预算系统据此控制支付."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from services.monitoring.queries import payment_controls as queries
from services.monitoring.queries.payment_controls import ControlsAsked
from services.monitoring.schemas.payment_controls import (
    ControlIn,
    ControlOut,
    ControlStatus,
    DecisionIn,
    LiftingIn,
)
from services.monitoring.schemas.payments import ProjectCode, UnitCode
from services.monitoring.schemas.titles import TITLES
from services.monitoring.usecases import payment_controls as usecases
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch, tagged
from shared.exports import listed
from shared.fields import YearQuery
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["payment-controls"], route_class=StrictRoute)

ControlReader = Annotated[Caller, allow("payment_control.read")]
Decider = Annotated[Caller, allow("payment_control.decide")]
ActiveOn = Annotated[date | None, Query(description="只要这一天处于暂停之中的")]


@router.post("/payment-controls", status_code=201, response_model=ControlOut)
async def propose_payment_control(
    body: ControlIn,
    by: Annotated[Caller, allow("payment_control.propose")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """建议暂停拨付一个项目的资金，写明理由和恢复的条件；由另一人决定后才生效。"""
    control_id = await usecases.propose_control(session, body, by=by, at=now)
    out = await queries.control(TransactionReads(session), by, control_id)
    location = f"/api/v1/monitoring/payment-controls/{control_id}"
    return await once.answer(out, location=location, row_version=out.version)


@listed(router, "/payment-controls", "暂停拨付", TITLES)
async def list_payment_controls(
    by: ControlReader,
    reads: Reader,
    paging: Paging,
    project_code: Annotated[ProjectCode | None, Query()] = None,
    unit_code: Annotated[UnitCode | None, Query()] = None,
    fiscal_year: YearQuery | None = None,
    status: Annotated[ControlStatus | None, Query()] = None,
    active_on: ActiveOn = None,
) -> Page[ControlOut]:
    """暂停拨付的建议、决定和恢复，最早的在前；单位看到本单位的，含理由和恢复的条件。"""
    asked = ControlsAsked(project_code, unit_code, fiscal_year, status, active_on)
    return await queries.list_controls(reads, by, paging, asked)


@router.get("/projects/{project_code}/payment-controls")
async def list_payment_controls_of_project(
    project_code: Annotated[ProjectCode, Path()],
    by: ControlReader,
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery | None = None,
    active_on: ActiveOn = None,
) -> Page[ControlOut]:
    """一个项目的暂停拨付；带 `active_on` 时，结果为空即可以拨付。"""
    asked = ControlsAsked(project_code, None, fiscal_year, None, active_on)
    return await queries.list_controls(reads, by, paging, asked)


@router.get("/payment-controls/{control_id}", response_model=ControlOut)
async def get_payment_control(
    request: Request, control_id: UUID, by: ControlReader, reads: Reader
) -> Response:
    """一件暂停拨付：谁提出、谁决定、为什么、怎样恢复。"""
    out = await queries.control(reads, by, control_id)
    return tagged(request, out, out.version)


@router.post("/payment-controls/{control_id}/decisions", status_code=201, response_model=ControlOut)
async def decide_payment_control(
    control_id: UUID,
    body: DecisionIn,
    by: Decider,
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """财政审核决定暂停或不暂停，并说明理由；提出建议的人不能自己决定。"""
    await usecases.decide(session, control_id, body, expected=if_match, by=by, at=now)
    out = await queries.control(TransactionReads(session), by, control_id)
    return await once.answer(out, row_version=out.version)


@router.post("/payment-controls/{control_id}/liftings", status_code=201, response_model=ControlOut)
async def lift_payment_control(
    control_id: UUID,
    body: LiftingIn,
    by: Decider,
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """恢复拨付，并说明理由；自当日起恢复。"""
    await usecases.lift(session, control_id, body, expected=if_match, by=by, at=now)
    out = await queries.control(TransactionReads(session), by, control_id)
    return await once.answer(out, row_version=out.version)
