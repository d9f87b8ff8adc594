"""单位与项目."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from services.goals.queries import directory as queries
from services.goals.schemas.directory import (
    ProjectOut,
    ProjectRow,
    ProjectSummary,
    UnitCode,
    UnitOut,
    UnitRow,
)
from services.goals.usecases import imports
from shared.auth import Caller, allow
from shared.bulk import Atomic, BulkIn, BulkOut, DryRun, Rows, import_rows
from shared.clock import Now
from shared.db import Reader, Session, reads_of
from shared.etags import tagged
from shared.fields import Code, YearQuery
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["directory"], route_class=StrictRoute)


@router.get("/projects/{project_code}", response_model=ProjectOut)
async def get_project(
    request: Request,
    project_code: Annotated[Code, Path()],
    by: Annotated[Caller, allow("project.read")],
) -> Response:
    """一个项目：各年度预算与以往评价结果。"""
    out = await queries.project(reads_of(request), by, project_code)
    return tagged(request, out, out.version)


@router.post("/unit-imports", status_code=207, response_model=BulkOut)
async def import_units(
    body: BulkIn,
    by: Annotated[Caller, allow("unit.import")],
    session: Session,
    once: Once,
    now: Now,
    dry_run: DryRun = False,
    atomic: Atomic = "row",
) -> Response:
    """批量推送单位：新的建立，变的更新，相同的不动；逐行报告结果。"""
    rows = Rows(body.items, UnitRow, lambda row: row.code)
    store = partial(imports.import_units, session, by=by, at=now)
    out = await import_rows(session, rows, store, dry_run=dry_run, atomic=atomic)
    return await once.answer(out, status=207)


@router.post("/project-imports", status_code=207, response_model=BulkOut)
async def import_projects(
    body: BulkIn,
    by: Annotated[Caller, allow("project.import")],
    session: Session,
    once: Once,
    now: Now,
    dry_run: DryRun = False,
    atomic: Atomic = "row",
) -> Response:
    """批量推送项目及其某一年度的预算（分资金级次）；未列出的资金级次视为取消。"""
    rows = Rows(body.items, ProjectRow, lambda row: row.code)
    store = partial(imports.import_projects, session, by=by, at=now)
    out = await import_rows(session, rows, store, dry_run=dry_run, atomic=atomic)
    return await once.answer(out, status=207)


@router.get("/units")
async def list_units(
    by: Annotated[Caller, allow("unit.read")], reads: Reader, paging: Paging
) -> Page[UnitOut]:
    """单位，按编码。"""
    return await queries.list_units(reads, by, paging)


@router.get("/projects")
async def list_projects(
    by: Annotated[Caller, allow("project.read")],
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery,
    unit_code: Annotated[UnitCode | None, Query()] = None,
) -> Page[ProjectSummary]:
    """某年度有预算的项目，按编码；金额为全部资金级次之和（元）。"""
    return await queries.list_projects(
        reads, by, paging, fiscal_year=fiscal_year, unit_code=unit_code
    )
