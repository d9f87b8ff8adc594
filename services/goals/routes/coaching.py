"""填报辅导：检查草稿、推荐指标."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from starlette.requests import Request

from services.goals.domain.coach import blocking
from services.goals.domain.goal_content import parsed
from services.goals.queries import goals as goal_queries
from services.goals.queries import suggestions as queries
from services.goals.schemas.goals import ChecksOut, FindingOut, GoalDraft
from services.goals.schemas.suggestions import SuggestionsOut
from services.goals.usecases.coaching import Coached, Subject, coached
from services.goals.usecases.drafts import content_json
from shared.auth import Caller, allow
from shared.db import Reader
from shared.fields import Code, YearQuery
from shared.requests import StrictRoute

router = APIRouter(tags=["coaching"], route_class=StrictRoute)

Checker = Annotated[Caller, allow("goal.check")]


@router.post("/goal-checks")
async def check_goal(request: Request, body: GoalDraft, by: Checker, reads: Reader) -> ChecksOut:
    """检查一份草稿：依据哪条规则、哪里要改、为什么、怎么改、举例；不保存。

    `blocking` 的必须先改才能报送，`hint` 是提醒。
    """
    subject = Subject(by.region_code, body.project_code, body.unit_code, body.fiscal_year)
    content = parsed(content_json(body))
    rules = request.app.state.rules
    return _out(await coached(reads, rules, content, subject, units=by.units))


@router.get("/goals/{goal_id}/checks")
async def check_saved_goal(
    request: Request, goal_id: UUID, by: Checker, reads: Reader
) -> ChecksOut:
    """检查已保存的目标的当前内容。"""
    rules = request.app.state.rules
    goal = await goal_queries.goal(reads, by, goal_id, rules)
    unit_code = goal.unit_code if goal.kind == "department" else None
    subject = Subject(by.region_code, goal.project_code, unit_code, goal.fiscal_year)
    content = parsed(goal.model_dump(mode="json"))
    return _out(await coached(reads, rules, content, subject))


@router.get("/projects/{project_code}/suggestions")
async def list_suggestions(
    request: Request,
    project_code: Annotated[Code, Path()],
    by: Annotated[Caller, allow("project.read")],
    reads: Reader,
    fiscal_year: YearQuery,
    goal_text: Annotated[
        str | None, Query(max_length=1000, description="正在写的目标；不填则用已保存的草稿")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=50, description="指标库条数")] = 10,
) -> SuggestionsOut:
    """为项目推荐指标：上年的指标在前，其次是指标库中最接近的；每条说明为什么推荐。"""
    return await queries.suggestions(
        reads,
        by,
        request.app.state.rules,
        project_code,
        fiscal_year=fiscal_year,
        goal_text=goal_text,
        limit=limit,
    )


def _out(found: Coached) -> ChecksOut:
    return ChecksOut(
        findings=[FindingOut.model_validate(finding) for finding in found.findings],
        submittable=not blocking(found.findings),
        rule=found.form.label,
        coach_rule=found.coach.label,
    )
