"""The few views that need several services, and who the caller is."""

from collections.abc import Awaitable
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.requests import Request

from gateway.peers import Ask, UnavailablePart, parts_of
from gateway.settings import SERVICES
from gateway.sign_in import SignedIn
from shared.auth import ROLE_LABELS, Principal, Role
from shared.fields import Code, Out, YearQuery
from shared.problems import NotFound
from shared.requests import StrictRoute

router = APIRouter(prefix="/api/v1", tags=["gateway"], route_class=StrictRoute)


class RoleOut(Out):
    """角色 and what it is called."""

    role: Role
    label: str


class Me(Out):
    """Who the caller is, as the token says."""

    subject: str
    name: str
    roles: list[RoleOut]
    region_code: str
    unit_codes: list[str]
    agency: str | None


class WorkItem(Out):
    """待办: what waits for the caller in one service."""

    service: str
    kind: str
    title: str
    href: str
    due_on: str | None
    count: int
    action: str


class WorkList(Out):
    """Everything that waits for the caller; services that could not be asked are named."""

    items: list[WorkItem]
    unavailable: list[UnavailablePart]


class Lifecycle(Out):
    """项目全景: a project through a year, each part as its service tells it."""

    project_code: str
    fiscal_year: int
    project: dict[str, Any] | None
    goal: dict[str, Any] | None
    monitoring: dict[str, Any] | None
    evaluation: dict[str, Any] | None
    unavailable: list[UnavailablePart]


@router.get("/me")
async def get_me(principal: SignedIn) -> Me:
    """当前用户：姓名、角色、区划、所属单位或机构。"""
    return Me(
        subject=principal.subject,
        name=principal.name,
        roles=[RoleOut(role=role, label=ROLE_LABELS[role]) for role in sorted(principal.roles)],
        region_code=principal.region_code,
        unit_codes=list(principal.unit_codes),
        agency=principal.agency_code,
    )


@router.get("/work-items")
async def list_work_items(request: Request, principal: SignedIn) -> WorkList:
    """当前用户在各服务中的待办，按期限；未应答的服务列入 `unavailable`，其余照常返回。"""
    ask = _ask(request, principal)
    parts, unavailable = await parts_of({name: ask(name, "/work-items") for name in SERVICES})
    items = [
        WorkItem.model_validate({**item, "service": service})
        for service, answer in parts.items()
        if answer is not None
        for item in answer["items"]
    ]
    items.sort(key=lambda item: item.due_on or "9999")
    return WorkList(items=items, unavailable=unavailable)


@router.get("/projects/{project_code}/lifecycle")
async def get_project_lifecycle(
    request: Request,
    project_code: Annotated[Code, Path()],
    principal: SignedIn,
    fiscal_year: YearQuery,
) -> Lifecycle:
    """一个项目某年度的全过程：预算与目标、监控、评价。无权查看或尚无内容的部分为 null。"""
    ask = _ask(request, principal)
    path = f"/projects/{project_code}"
    parts, unavailable = await parts_of(
        {
            "goals": _project_and_goal(ask, project_code, fiscal_year),
            "monitoring": _if_any(ask("monitoring", f"{path}/monitoring", fiscal_year=fiscal_year)),
            "evaluation": _if_any(ask("evaluation", f"{path}/results", fiscal_year=fiscal_year)),
        }
    )
    project, goal = parts.get("goals", (None, None))
    return Lifecycle(
        project_code=project_code,
        fiscal_year=fiscal_year,
        project=project,
        goal=goal,
        monitoring=parts.get("monitoring"),
        evaluation=parts.get("evaluation"),
        unavailable=unavailable,
    )


def _ask(request: Request, principal: Principal) -> Ask:
    state = request.app.state
    return Ask(state.peers, principal, state.settings.view_seconds)


async def _project_and_goal(ask: Ask, project_code: str, fiscal_year: int) -> tuple[Any, Any]:
    project = await ask("goals", f"/projects/{project_code}")
    if project is None:
        return None, None
    query = {"fiscal_year": fiscal_year, "project_code": project_code}
    goals = (await ask("goals", "/goals", **query))["items"]
    return project, await ask("goals", f"/goals/{goals[0]['id']}") if goals else None


async def _if_any(asked: Awaitable[Any]) -> Any:
    """None when the service has nothing about the project."""
    try:
        return await asked
    except NotFound:
        return None
