"""批复、通知与公开."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.goals.queries import approvals as queries
from services.goals.schemas.approvals import (
    BatchIn,
    BatchOut,
    DisclosureIn,
    DisclosureOut,
    NoticeOut,
)
from services.goals.schemas.goals import Empty, PublishedGoal
from services.goals.schemas.titles import TITLES
from services.goals.usecases import approvals, disclosures, notices
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.exports import listed
from shared.fields import YearQuery
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.problems import NotFound
from shared.requests import StrictRoute

router = APIRouter(tags=["approvals"], route_class=StrictRoute)

GoalReader = Annotated[Caller, allow("goal.read")]
NoticeReader = Annotated[Caller, allow("notice.read")]


@router.post("/approval-batches", status_code=201, response_model=BatchOut)
async def approve_goals(
    request: Request,
    body: BatchIn,
    by: Annotated[Caller, allow("goal.approve")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """随部门预算批复绩效目标（或随预算调整批复目标调整）：一个文号，目标与预算要么全部批复，要么都不批复。

    审核人不能批复；新增重大项目须有事前绩效评估结论。每个单位各得一份通知。
    """
    rules = request.app.state.rules
    batch_id = await approvals.approve_batch(session, body, rules=rules, by=by, at=now)
    out = await queries.batch(TransactionReads(session), by, batch_id)
    return await once.answer(out, location=f"/api/v1/goals/approval-batches/{batch_id}")


@listed(router, "/approval-batches", "批复", TITLES)
async def list_approval_batches(by: GoalReader, reads: Reader, paging: Paging) -> Page[BatchOut]:
    """批复文，最早的在前。"""
    return await queries.list_batches(reads, by, paging)


@router.get("/approval-batches/{batch_id}")
async def get_approval_batch(batch_id: UUID, by: GoalReader, reads: Reader) -> BatchOut:
    """一个批复文。"""
    return await queries.batch(reads, by, batch_id)


@listed(router, "/notices", "批复通知", TITLES)
async def list_notices(
    by: NoticeReader,
    reads: Reader,
    paging: Paging,
    batch_id: UUID | None = None,
    received: bool | None = None,
) -> Page[NoticeOut]:
    """批复通知；单位只看到自己的。"""
    return await queries.list_notices(reads, by, paging, batch_id=batch_id, received=received)


@router.post("/notices/{notice_id}/receipts", status_code=201, response_model=NoticeOut)
async def receive_notice(
    notice_id: UUID,
    body: Empty,
    by: Annotated[Caller, allow("notice.receive")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """单位签收批复通知；再次签收不改变首次签收的人和时间。"""
    await notices.receive_notice(session, notice_id, by=by, at=now)
    out = await queries.notice(TransactionReads(session), by, notice_id)
    return await once.answer(out)


@router.post("/disclosures", status_code=201, response_model=DisclosureOut)
async def disclose_goals(
    body: DisclosureIn,
    by: Annotated[Caller, allow("goal.disclose")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """登记本单位已把批复的目标向社会公开（网址、日期）。"""
    disclosure_id = await disclosures.disclose(session, body, by=by, at=now)
    out = await queries.disclosure(TransactionReads(session), by, disclosure_id)
    return await once.answer(out)


@router.get("/published-goals")
async def list_published_goals(
    by: Annotated[Caller, allow("goal.read_published")],
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery,
    region_code: Annotated[
        str | None, Query(max_length=9, description="行政区划，未登录的公众须带；登录的只查本区划")
    ] = None,
) -> Page[PublishedGoal]:
    """已公开的绩效目标（公众可见的字段，公开时的版本）。"""
    if region_code not in (None, by.region_code):
        raise NotFound("只能查阅所登录区划已公开的目标；查其他区划请退出登录")
    return await queries.list_published(reads, by, paging, fiscal_year=fiscal_year)
