"""监控：开展、延期、催报、结束；进度与逾期."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.monitoring.queries import round_progress
from services.monitoring.queries import rounds as queries
from services.monitoring.schemas.forms import Empty
from services.monitoring.schemas.payments import UnitCode
from services.monitoring.schemas.rounds import (
    ClosureIn,
    ExtensionIn,
    ExtensionOut,
    OverdueForm,
    ReminderOut,
    RemindersSent,
    RoundIn,
    RoundOut,
    RoundStatistics,
)
from services.monitoring.schemas.titles import TITLES
from services.monitoring.usecases import reminders, round_terms, rounds
from shared.auth import Caller, allow
from shared.clock import Now, business_day
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch, tagged
from shared.exports import listed
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["monitoring-rounds"], route_class=StrictRoute)

RoundReader = Annotated[Caller, allow("round.read")]


@router.post("/monitoring-rounds", status_code=201, response_model=RoundOut)
async def open_monitoring_round(
    request: Request,
    body: RoundIn,
    by: Annotated[Caller, allow("round.open")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """开展一次绩效监控：为所选的每份已批复目标生成一张监控表，预填预算、期间内的执行数和上次报送的数。

    不写 `selection` 即该年度全部；同一年度不能有同名的监控；没有符合条件的目标时不予受理。
    """
    deadlines = request.app.state.deadlines
    round_id = await rounds.open_round(session, body, deadlines, by=by, at=now)
    out = await queries.one_round(TransactionReads(session), by, round_id)
    location = f"/api/v1/monitoring/monitoring-rounds/{round_id}"
    return await once.answer(out, location=location, row_version=out.version)


@listed(router, "/monitoring-rounds", "监控轮次", TITLES)
async def list_monitoring_rounds(by: RoundReader, reads: Reader, paging: Paging) -> Page[RoundOut]:
    """历次监控，最早的在前。"""
    return await queries.list_rounds(reads, by, paging)


@router.get("/monitoring-rounds/{round_id}", response_model=RoundOut)
async def get_monitoring_round(
    request: Request, round_id: UUID, by: RoundReader, reads: Reader
) -> Response:
    """一次监控：期间、范围、填报期限、监控表张数。"""
    out = await queries.one_round(reads, by, round_id)
    return tagged(request, out, out.version)


@router.get("/monitoring-rounds/{round_id}/statistics")
async def get_monitoring_round_statistics(
    round_id: UUID, by: RoundReader, reads: Reader, now: Now
) -> RoundStatistics:
    """一次监控的进度：按业务室、单位统计待填报、已提交、已通过、已退回、逾期的张数；金额含全部资金级次。"""
    return await round_progress.round_statistics(reads, by, round_id, today=business_day(now))


@listed(router, "/monitoring-rounds/{round_id}/overdue-forms", "逾期监控表", TITLES)
async def list_overdue_forms(
    round_id: UUID,
    by: RoundReader,
    reads: Reader,
    paging: Paging,
    now: Now,
    unit_code: Annotated[UnitCode | None, Query()] = None,
) -> Page[OverdueForm]:
    """过了期限还没有报送（或退回后没有重报）的监控表，按单位、项目排列；期限含延期。"""
    return await round_progress.overdue_forms(
        reads, by, paging, round_id, today=business_day(now), unit_code=unit_code
    )


@router.post(
    "/monitoring-rounds/{round_id}/extensions", status_code=201, response_model=ExtensionOut
)
async def extend_monitoring_round(
    round_id: UUID,
    body: ExtensionIn,
    by: Annotated[Caller, allow("round.extend")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """为一个单位延长填报期限，须写理由；只能往后延。"""
    extension_id = await round_terms.extend_round(session, round_id, body, by=by, at=now)
    out = await queries.one_extension(TransactionReads(session), by, extension_id)
    return await once.answer(out)


@listed(router, "/monitoring-rounds/{round_id}/extensions", "延期", TITLES)
async def list_monitoring_round_extensions(
    round_id: UUID, by: RoundReader, reads: Reader, paging: Paging
) -> Page[ExtensionOut]:
    """历次延期，最早的在前；单位只看到本单位的。"""
    return await queries.list_extensions(reads, by, paging, round_id)


@router.post("/monitoring-rounds/{round_id}/closures", status_code=201, response_model=RoundOut)
async def close_monitoring_round(
    round_id: UUID,
    body: ClosureIn,
    by: Annotated[Caller, allow("round.close")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """结束一次监控：监控表不再变动；还有没通过的监控表时须写理由。"""
    await round_terms.close_round(session, round_id, body, expected=if_match, by=by, at=now)
    out = await queries.one_round(TransactionReads(session), by, round_id)
    return await once.answer(out, row_version=out.version)


@router.post(
    "/monitoring-rounds/{round_id}/reminders", status_code=201, response_model=RemindersSent
)
async def remind_units_of_monitoring_round(
    round_id: UUID,
    body: Empty,
    by: Annotated[Caller, allow("round.remind")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """催报：告知尚有监控表未报送的单位；同一天催两次只告知一次。临近期限时系统按规则自动催报。"""
    out = await reminders.remind_units(session, round_id, by=by, today=business_day(now), at=now)
    return await once.answer(out)


@listed(router, "/monitoring-reminders", "催报", TITLES)
async def list_monitoring_reminders(
    by: Annotated[Caller, allow("reminder.read")],
    reads: Reader,
    paging: Paging,
    round_id: Annotated[UUID | None, Query()] = None,
) -> Page[ReminderOut]:
    """催报记录，最近的在前；单位只看到本单位的。"""
    return await queries.list_reminders(reads, by, paging, round_id=round_id)
