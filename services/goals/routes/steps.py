"""绩效目标：报送、撤回、审核、调整、免予公开."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.goals.queries import goals as queries
from services.goals.queries import reviews as review_queries
from services.goals.schemas.approvals import ExemptionIn
from services.goals.schemas.goals import AdjustmentIn, Empty, GoalOut, Reason
from services.goals.schemas.reviews import ReviewIn, ReviewsOut
from services.goals.usecases import adjustments, disclosures, reviews, submissions
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch
from shared.idempotency import Once, OnceOnly
from shared.requests import StrictRoute

router = APIRouter(tags=["goals"], route_class=StrictRoute)


@router.post("/goals/{goal_id}/submissions", status_code=201, response_model=GoalOut)
async def submit_goal(
    request: Request,
    goal_id: UUID,
    body: Empty,
    by: Annotated[Caller, allow("goal.submit")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """单位审核后报送财政；还有必须修改之处时不予受理。填报人不能自己报送。待完善的报送后即通过。"""
    rules = request.app.state.rules
    await submissions.submit_goal(session, goal_id, expected=if_match, rules=rules, by=by, at=now)
    return await _answer(request, session, once, by, goal_id)


@router.post("/goals/{goal_id}/recalls", status_code=201, response_model=GoalOut)
async def recall_goal(
    request: Request,
    goal_id: UUID,
    body: Reason,
    by: Annotated[Caller, allow("goal.recall")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """在业务室审核之前撤回报送。"""
    await submissions.recall_goal(session, goal_id, body.reason, expected=if_match, by=by, at=now)
    return await _answer(request, session, once, by, goal_id)


@router.post("/goals/{goal_id}/reviews", status_code=201, response_model=GoalOut)
async def review_goal(
    request: Request,
    goal_id: UUID,
    body: ReviewIn,
    by: Annotated[Caller, allow("goal.review")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """业务室审核：优通过，良完善后通过，中退回重报，差不予通过；后三者须写理由，可逐行批注。

    重点项目按量化审核表逐项打分，结论由总分得出。
    """
    rules = request.app.state.rules
    await reviews.review_goal(session, goal_id, body, expected=if_match, rules=rules, by=by, at=now)
    return await _answer(request, session, once, by, goal_id)


@router.get("/goals/{goal_id}/reviews")
async def list_goal_reviews(
    goal_id: UUID, by: Annotated[Caller, allow("goal.read")], reads: Reader
) -> ReviewsOut:
    """历次审核的结论、分项意见与逐行批注。"""
    return await review_queries.reviews(reads, by, goal_id)


@router.post("/goals/{goal_id}/review-withdrawals", status_code=201, response_model=GoalOut)
async def withdraw_goal_review(
    request: Request,
    goal_id: UUID,
    body: Reason,
    by: Annotated[Caller, allow("goal.withdraw_review")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """批复之前撤销“通过”或“不予通过”的结论，由业务室重新审核。"""
    await reviews.withdraw_review(session, goal_id, body.reason, expected=if_match, by=by, at=now)
    return await _answer(request, session, once, by, goal_id)


@router.post("/goals/{goal_id}/adjustments", status_code=201, response_model=GoalOut)
async def adjust_goal(
    request: Request,
    goal_id: UUID,
    body: AdjustmentIn,
    by: Annotated[Caller, allow("goal.adjust")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """随预算调整（调整、追加、结转）申请调整已批复的目标；原版本在新版本批复之前一直有效。"""
    await adjustments.open_adjustment(session, goal_id, body, expected=if_match, by=by, at=now)
    return await _answer(request, session, once, by, goal_id)


@router.post("/goals/{goal_id}/adjustment-cancellations", status_code=201, response_model=GoalOut)
async def cancel_goal_adjustment(
    request: Request,
    goal_id: UUID,
    body: Reason,
    by: Annotated[Caller, allow("goal.cancel_adjustment")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """放弃尚未通过的调整，恢复到已批复的内容。"""
    await adjustments.cancel_adjustment(
        session, goal_id, body.reason, expected=if_match, by=by, at=now
    )
    return await _answer(request, session, once, by, goal_id)


@router.post("/goals/{goal_id}/disclosure-exemptions", status_code=201, response_model=GoalOut)
async def exempt_goal(
    request: Request,
    goal_id: UUID,
    body: ExemptionIn,
    by: Annotated[Caller, allow("goal.exempt")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """涉密等不宜公开的目标免予公开，须写理由；不计入公开率。"""
    await disclosures.exempt(session, goal_id, body.reason, expected=if_match, by=by, at=now)
    return await _answer(request, session, once, by, goal_id)


async def _answer(
    request: Request, session: Session, once: OnceOnly, by: Caller, goal_id: UUID
) -> Response:
    reads = TransactionReads(session)
    out = await queries.goal(reads, by, goal_id, request.app.state.rules)
    return await once.answer(out, row_version=out.version)
