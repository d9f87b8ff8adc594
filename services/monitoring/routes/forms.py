"""监控表：填报、检查、报送、审核."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.monitoring.queries import forms as queries
from services.monitoring.schemas.forms import (
    DeviationCause,
    Empty,
    FormChanges,
    FormCheckIn,
    FormCheckOut,
    FormOut,
    FormPatch,
    FormReviewIn,
    FormStatus,
    FormSummary,
)
from services.monitoring.schemas.payments import UnitCode
from services.monitoring.schemas.titles import TITLES
from services.monitoring.usecases import form_checks, forms
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch, tagged
from shared.exports import listed
from shared.idempotency import Once, OnceOnly
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["monitoring-forms"], route_class=StrictRoute)

FormReader = Annotated[Caller, allow("form.read")]


@listed(router, "/monitoring-forms", "监控表", TITLES)
async def list_monitoring_forms(
    by: FormReader,
    reads: Reader,
    paging: Paging,
    round_id: Annotated[UUID | None, Query()] = None,
    status: Annotated[FormStatus | None, Query()] = None,
    unit_code: Annotated[UnitCode | None, Query()] = None,
    cause: Annotated[DeviationCause | None, Query(description="有指标填了这一偏差原因的")] = None,
) -> Page[FormSummary]:
    """监控表，最早的在前；金额为元，合计含全部资金级次。"""
    return await queries.list_forms(
        reads, by, paging, round_id=round_id, status=status, unit_code=unit_code, cause=cause
    )


@router.get("/monitoring-forms/{form_id}", response_model=FormOut)
async def get_monitoring_form(
    request: Request, form_id: UUID, by: FormReader, reads: Reader
) -> Response:
    """一张监控表：资金、逐项指标、办理过程。"""
    out = await queries.form(reads, by, form_id)
    return tagged(request, out, out.version)


@router.patch("/monitoring-forms/{form_id}", response_model=FormOut)
async def fill_monitoring_form(
    request: Request,
    form_id: UUID,
    body: FormPatch,
    by: Annotated[Caller, allow("form.fill")],
    session: Session,
    if_match: IfMatch,
    now: Now,
) -> Response:
    """填报监控表（merge patch）：只改所列的行和字段，写 null 即清空；待填报或被退回时可改。

    实际值已达标的行，全年预计和“确定能”由系统预填（见 `defaulted`），改过即以所填为准；
    累计指标达到时间进度的，预计为目标值；落后的填了预计即为“有可能”。先填的偏差原因也用于其他需要
    说明而没有说明的行。`to_type` 列出还要填的字段。
    """
    await forms.fill_form(session, form_id, body, expected=if_match, by=by, at=now)
    out = await queries.form(TransactionReads(session), by, form_id)
    return tagged(request, out, out.version)


@router.get("/monitoring-forms/{form_id}/changes")
async def get_monitoring_form_changes(form_id: UUID, by: FormReader, reads: Reader) -> FormChanges:
    """退回后改了什么：现在的内容与被退回的那次报送逐项比较。"""
    return await queries.changes_since_return(reads, by, form_id)


@router.post("/monitoring-form-checks")
async def check_monitoring_form(
    body: FormCheckIn, by: Annotated[Caller, allow("form.check")], reads: Reader
) -> FormCheckOut:
    """检查填报内容，不入库：逐处说明哪里不对、为什么、怎么改；`blocking` 的须改好才能报送。"""
    return await form_checks.check_form(reads, body, by=by)


@router.post("/monitoring-forms/{form_id}/submissions", status_code=201, response_model=FormOut)
async def submit_monitoring_form(
    form_id: UUID,
    body: Empty,
    by: Annotated[Caller, allow("form.submit")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """单位审核后报送财政；填报人不能自己报送。

    定量指标须填执行情况和全年预计，定性指标须填完成情况，每行须填完成目标可能性，
    不是“确定能”或全年预计达不到目标的须选偏差原因并说明；有缺漏时不予受理，逐处指出。
    """
    await forms.submit_form(session, form_id, expected=if_match, by=by, at=now)
    return await _answer(session, once, by, form_id)


@router.post("/monitoring-forms/{form_id}/reviews", status_code=201, response_model=FormOut)
async def review_monitoring_form(
    form_id: UUID,
    body: FormReviewIn,
    by: Annotated[Caller, allow("form.review")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """业务室审核监控表：通过，或退回修改；退回须写理由，可逐行写意见。"""
    await forms.review_form(session, form_id, body, expected=if_match, by=by, at=now)
    return await _answer(session, once, by, form_id)


async def _answer(session: Session, once: OnceOnly, by: Caller, form_id: UUID) -> Response:
    out = await queries.form(TransactionReads(session), by, form_id)
    return await once.answer(out, row_version=out.version)
