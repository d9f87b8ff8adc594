"""绩效目标：填报、检查、查询."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.goals.queries import goals as queries
from services.goals.queries import work
from services.goals.schemas.coverage import WorkItems
from services.goals.schemas.directory import ProjectCode, UnitCode
from services.goals.schemas.goals import (
    ChangesOut,
    GoalDraft,
    GoalOut,
    GoalPatch,
    GoalSummary,
    HistoryOut,
    VersionsOut,
)
from services.goals.schemas.titles import TITLES
from services.goals.usecases import drafts
from shared import clock
from shared.auth import Caller, allow
from shared.clock import Now, business_day
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch, tagged
from shared.exports import listed
from shared.fields import Code, Text, YearQuery
from shared.idempotency import OnceByStatement
from shared.pages import Page, Paging
from shared.problems import MalformedRequest
from shared.requests import StrictRoute

router = APIRouter(tags=["goals"], route_class=StrictRoute)

GoalReader = Annotated[Caller, allow("goal.read")]
StatusFilter = Literal[
    "draft", "submitted", "returned", "improving", "reviewed", "rejected", "approved"
]
SubmissionNo = Annotated[int | None, Query(ge=1, le=10000)]


@router.post("/goals", status_code=201, response_model=GoalOut)
async def create_goal(
    body: GoalDraft, by: Annotated[Caller, allow("goal.draft")], once: OnceByStatement
) -> Response:
    """填报一个项目（或部门整体）某年度的绩效目标；填到哪里存到哪里。"""
    return await drafts.start_goal(once, body, by=by, at=clock.now())


@listed(router, "/goals", "绩效目标", TITLES)
async def list_goals(
    request: Request,
    by: GoalReader,
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery | None = None,
    unit_code: Annotated[UnitCode | None, Query()] = None,
    department_code: Annotated[UnitCode | None, Query()] = None,
    office: Annotated[Text | None, Query(description="业务室")] = None,
    officer: Annotated[Code | None, Query(description="责任人；me 是自己")] = None,
    kind: Annotated[Literal["project", "department"] | None, Query()] = None,
    status: Annotated[StatusFilter | None, Query()] = None,
    disclosed: Annotated[
        bool | None, Query(description="true：现行版本已公开；false：已批复、待公开")
    ] = None,
    project_code: Annotated[ProjectCode | None, Query()] = None,
    order: Annotated[
        Literal["oldest", "queue"], Query(description="queue：待审核的，该先看的排前面")
    ] = "oldest",
) -> Page[GoalSummary]:
    """绩效目标，最早的在前；order=queue 只列待审核的，上年结果差、整改逾期的在前。"""
    if order == "queue" and status not in (None, "submitted"):
        raise MalformedRequest("order=queue 只列待审核的目标；要看其他状态请去掉 order")
    asked = queries.GoalFilter(
        fiscal_year=fiscal_year,
        unit_code=unit_code,
        department_code=department_code,
        office=office,
        officer=by.subject if officer == "me" else officer,
        kind=kind,
        status=status,
        disclosed=disclosed,
        project_code=project_code,
        queue=order == "queue",
    )
    return await queries.list_goals(reads, by, paging, request.app.state.rules, asked)


@router.get("/goals/{goal_id}", response_model=GoalOut)
async def get_goal(request: Request, goal_id: UUID, by: GoalReader, reads: Reader) -> Response:
    """一份绩效目标的当前内容。"""
    out = await queries.goal(reads, by, goal_id, request.app.state.rules)
    return tagged(request, out, out.version)


@router.patch("/goals/{goal_id}", response_model=GoalOut)
async def revise_goal(
    request: Request,
    goal_id: UUID,
    body: GoalPatch,
    by: Annotated[Caller, allow("goal.revise")],
    session: Session,
    if_match: IfMatch,
    now: Now,
) -> Response:
    """修改草稿、被退回或待完善的目标（merge patch）。

    `indicators`、`tasks` 整体替换；带 row_id 的行仍是原来的行。
    """
    await drafts.revise_goal(session, goal_id, body, expected=if_match, by=by, at=now)
    reads = TransactionReads(session)
    out = await queries.goal(reads, by, goal_id, request.app.state.rules)
    return tagged(request, out, out.version)


@router.get("/goals/{goal_id}/history")
async def get_goal_history(goal_id: UUID, by: GoalReader, reads: Reader) -> HistoryOut:
    """谁在何时对目标做了什么、为什么。"""
    return await queries.history(reads, by, goal_id)


@router.get("/goals/{goal_id}/versions")
async def get_goal_versions(goal_id: UUID, by: GoalReader, reads: Reader) -> VersionsOut:
    """历次批复的目标及其预算，一经批复不再改动。"""
    return await queries.versions(reads, by, goal_id)


@router.get("/goals/{goal_id}/changes")
async def get_goal_changes(
    goal_id: UUID,
    by: GoalReader,
    reads: Reader,
    before: SubmissionNo = None,
    after: SubmissionNo = None,
) -> ChangesOut:
    """两次报送之间改了什么；不指明 after 时看最近一次，不指明 before 时与它的前一次比较。"""
    return await queries.changes_between(reads, by, goal_id, before=before, after=after)


@router.get("/work-items")
async def list_goal_work_items(
    request: Request, by: Annotated[Caller, allow("work_item.read")], reads: Reader, now: Now
) -> WorkItems:
    """当前用户在目标管理中的待办及期限。"""
    return await work.work_items(reads, by, request.app.state.rules, today=business_day(now))
