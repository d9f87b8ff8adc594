"""绩效目标：填报、检查、报送、审核."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.goals.domain.coach import blocking
from services.goals.queries import goals as queries
from services.goals.queries import work
from services.goals.schemas.directory import ProjectCode, UnitCode
from services.goals.schemas.goals import (
    ChecksOut,
    Empty,
    FindingOut,
    GoalDraft,
    GoalOut,
    GoalPatch,
    GoalSummary,
    HistoryOut,
    PublishedGoal,
    ReviewIn,
    WorkItems,
)
from services.goals.usecases import goals as usecases
from shared.auth import Caller, allow
from shared.clock import Now, business_day
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch, tagged
from shared.fields import YearQuery
from shared.idempotency import Once, OnceOnly
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["goals"], route_class=StrictRoute)

Drafter = Annotated[Caller, allow("goal.draft")]
Approver = Annotated[Caller, allow("goal.submit")]
Reviewer = Annotated[Caller, allow("goal.review")]
GoalReader = Annotated[Caller, allow("goal.read")]
StatusFilter = Literal["draft", "submitted", "returned", "reviewed", "rejected", "approved"]


@router.post("/goal-checks")
async def check_goal(
    request: Request, body: GoalDraft, by: Annotated[Caller, allow("goal.check")], now: Now
) -> ChecksOut:
    """检查一份草稿：指出哪里要改、怎么改；不保存。"""
    rules, day = request.app.state.rules, business_day(now)
    rule = rules["goal-form"].on(day)
    findings = usecases.check_draft(body, rule, rules["drafting-coach"].on(day))
    return ChecksOut(
        findings=[FindingOut.model_validate(finding) for finding in findings],
        submittable=not blocking(findings),
        rule=rule.label,
    )


@router.post("/goals", status_code=201, response_model=GoalOut)
async def create_goal(
    request: Request, body: GoalDraft, by: Drafter, session: Session, once: Once, now: Now
) -> Response:
    """填报一个项目某年度的绩效目标（草稿）。"""
    goal_id = await usecases.draft_goal(session, body, by=by, at=now)
    return await _answer(request, session, once, by, goal_id, created=True)


@router.get("/goals")
async def list_goals(
    request: Request,
    by: GoalReader,
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery | None = None,
    unit_code: Annotated[UnitCode | None, Query()] = None,
    status: Annotated[StatusFilter | None, Query()] = None,
    disclosed: bool | None = None,
    project_code: Annotated[ProjectCode | None, Query()] = None,
) -> Page[GoalSummary]:
    """绩效目标，最早的在前。"""
    return await queries.list_goals(
        reads,
        by,
        paging,
        request.app.state.rules,
        fiscal_year=fiscal_year,
        unit_code=unit_code,
        status=status,
        disclosed=disclosed,
        project_code=project_code,
    )


@router.get("/goals/{goal_id}", response_model=GoalOut)
async def get_goal(request: Request, goal_id: UUID, by: GoalReader, reads: Reader) -> Response:
    """一份绩效目标及其指标。"""
    out = await queries.goal(reads, by, goal_id, request.app.state.rules)
    return tagged(request, out, out.version)


@router.patch("/goals/{goal_id}", response_model=GoalOut)
async def revise_goal(
    request: Request,
    goal_id: UUID,
    body: GoalPatch,
    by: Drafter,
    session: Session,
    if_match: IfMatch,
    now: Now,
) -> Response:
    """修改草稿或被退回的目标（merge patch；`indicators` 整体替换）。"""
    await usecases.revise_goal(session, goal_id, body, expected=if_match, by=by, at=now)
    reads = TransactionReads(session)
    out = await queries.goal(reads, by, goal_id, request.app.state.rules)
    return tagged(request, out, out.version)


@router.post("/goals/{goal_id}/submissions", status_code=201, response_model=GoalOut)
async def submit_goal(
    request: Request,
    goal_id: UUID,
    body: Empty,
    by: Approver,
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """单位审核后报送财政；还有必须修改之处时不予受理。填报人不能自己报送。"""
    rules = request.app.state.rules
    await usecases.submit_goal(session, goal_id, expected=if_match, rules=rules, by=by, at=now)
    return await _answer(request, session, once, by, goal_id)


@router.post("/goals/{goal_id}/reviews", status_code=201, response_model=GoalOut)
async def review_goal(
    request: Request,
    goal_id: UUID,
    body: ReviewIn,
    by: Reviewer,
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """业务室审核：优、良通过，中退回修改，差不予通过；后两者须写理由。"""
    await usecases.review_goal(session, goal_id, body, expected=if_match, by=by, at=now)
    return await _answer(request, session, once, by, goal_id)


@router.get("/goals/{goal_id}/history")
async def get_goal_history(goal_id: UUID, by: GoalReader, reads: Reader) -> HistoryOut:
    """谁在何时对目标做了什么、为什么。"""
    return await queries.history(reads, by, goal_id)


@router.get("/published-goals")
async def list_published_goals(
    by: Annotated[Caller, allow("goal.read_published")],
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery,
) -> Page[PublishedGoal]:
    """已公开的绩效目标（公众可见的字段）。"""
    return await queries.list_published(reads, by, paging, fiscal_year=fiscal_year)


@router.get("/work-items")
async def list_goal_work_items(
    by: Annotated[Caller, allow("work_item.read")], reads: Reader
) -> WorkItems:
    """当前用户在目标管理中的待办。"""
    return await work.work_items(reads, by)


async def _answer(
    request: Request,
    session: Session,
    once: OnceOnly,
    by: Caller,
    goal_id: UUID,
    *,
    created: bool = False,
) -> Response:
    reads = TransactionReads(session)
    out = await queries.goal(reads, by, goal_id, request.app.state.rules)
    location = f"/api/v1/goals/goals/{goal_id}" if created else None
    return await once.answer(out, location=location, row_version=out.version)
