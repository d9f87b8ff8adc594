"""批复与公开."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.goals.queries import goals as queries
from services.goals.schemas.goals import BatchIn, BatchOut, DisclosureIn, DisclosureOut
from services.goals.usecases import approvals
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["approvals"], route_class=StrictRoute)

GoalReader = Annotated[Caller, allow("goal.read")]


@router.post("/approval-batches", status_code=201, response_model=BatchOut)
async def approve_goals(
    body: BatchIn,
    by: Annotated[Caller, allow("goal.approve")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """随部门预算批复绩效目标：一个文号，要么全部批复，要么都不批复。审核人不能批复。"""
    batch_id = await approvals.approve_batch(session, body, by=by, at=now)
    out = await queries.batch(TransactionReads(session), by, batch_id)
    return await once.answer(out, location=f"/api/v1/goals/approval-batches/{batch_id}")


@router.get("/approval-batches")
async def list_approval_batches(by: GoalReader, reads: Reader, paging: Paging) -> Page[BatchOut]:
    """批复文，最早的在前。"""
    return await queries.list_batches(reads, by, paging)


@router.get("/approval-batches/{batch_id}")
async def get_approval_batch(batch_id: UUID, by: GoalReader, reads: Reader) -> BatchOut:
    """一个批复文。"""
    return await queries.batch(reads, by, batch_id)


@router.post("/disclosures", status_code=201, response_model=DisclosureOut)
async def disclose_goals(
    body: DisclosureIn,
    by: Annotated[Caller, allow("goal.disclose")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """登记本单位已把批复的目标向社会公开（网址、日期）。"""
    disclosure_id = await approvals.disclose(session, body, by=by, at=now)
    out = await queries.disclosure(TransactionReads(session), by, disclosure_id)
    return await once.answer(out)
