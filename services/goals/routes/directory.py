"""区划、单位、业务室与责任人、项目."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from services.goals.queries import directory as queries
from services.goals.queries import projects
from services.goals.schemas.directory import (
    Category,
    CodePrefix,
    DepartmentOut,
    Kind,
    OfficeOfficerIn,
    OfficeOut,
    OfficerAssignmentOut,
    OfficerIn,
    ProjectOut,
    ProjectRow,
    ProjectSummary,
    RegionIn,
    RegionOut,
    UnitCode,
    UnitOut,
    UnitRow,
)
from services.goals.schemas.funds import FundLevel
from services.goals.schemas.titles import TITLES
from services.goals.usecases import directory as usecases
from services.goals.usecases import imports
from shared.auth import Caller, allow
from shared.bulk import Atomic, BulkIn, BulkOut, DryRun, Rows, import_rows
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads, reads_of
from shared.etags import IfMatch, PutIfMatch, tagged
from shared.exports import listed
from shared.fields import Code, Text, YearQuery
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["directory"], route_class=StrictRoute)

UnitReader = Annotated[Caller, allow("unit.read")]
Assigner = Annotated[Caller, allow("unit.assign_officer")]
PathUnit = Annotated[UnitCode, Path()]


@router.get("/projects/{project_code}", response_model=ProjectOut)
async def get_project(
    request: Request,
    project_code: Annotated[Code, Path()],
    by: Annotated[Caller, allow("project.read")],
) -> Response:
    """一个项目：各年度资金（按级次、来源）、年初数与现行数、预算调整、以往评价结果。"""
    out = await projects.project(reads_of(request), by, project_code)
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
    """批量推送项目及其某一年度的预算（分资金级次、来源）；未列出的资金视为取消，预算批复后不能再改。"""
    rows = Rows(body.items, ProjectRow, lambda row: row.code)
    store = partial(imports.import_projects, session, by=by, at=now)
    out = await import_rows(session, rows, store, dry_run=dry_run, atomic=atomic)
    return await once.answer(out, status=207)


@router.get("/region", response_model=RegionOut)
async def get_region(
    request: Request, by: Annotated[Caller, allow("region.read")], reads: Reader
) -> Response:
    """本财政区划。"""
    out = await queries.region(reads, by)
    return tagged(request, out, out.version)


@router.put("/region", response_model=RegionOut)
async def put_region(
    request: Request,
    body: RegionIn,
    by: Annotated[Caller, allow("region.write")],
    session: Session,
    if_match: PutIfMatch,
    now: Now,
) -> Response:
    """登记或更名本财政区划：新建不带 If-Match，修改须带。"""
    new = await usecases.put_region(session, body, expected=if_match, by=by, at=now)
    out = await queries.region(TransactionReads(session), by)
    return tagged(request, out, out.version, status=201 if new else 200)


@listed(router, "/units", "单位", TITLES)
async def list_units(
    by: UnitReader,
    reads: Reader,
    paging: Paging,
    under: Annotated[CodePrefix | None, Query(description="编码以此开头的单位")] = None,
    office: Annotated[Text | None, Query(description="业务室")] = None,
    officer: Annotated[Text | None, Query(description="责任人的登录名")] = None,
) -> Page[UnitOut]:
    """单位，按编码。"""
    return await queries.list_units(reads, by, paging, under=under, office=office, officer=officer)


@router.get("/units/{unit_code}", response_model=UnitOut)
async def get_unit(request: Request, unit_code: PathUnit, by: UnitReader) -> Response:
    """一个单位及其责任人。"""
    out = await queries.unit(reads_of(request), by, unit_code)
    return tagged(request, out, out.version)


@router.put("/units/{unit_code}/officer", response_model=UnitOut)
async def put_unit_officer(
    request: Request,
    unit_code: PathUnit,
    body: OfficerIn,
    by: Assigner,
    session: Session,
    if_match: IfMatch,
    now: Now,
) -> Response:
    """指定单位的责任人（责任到人）；If-Match 用单位的 ETag。"""
    await usecases.assign_officer(session, unit_code, body, expected=if_match, by=by, at=now)
    out = await queries.unit(TransactionReads(session), by, unit_code)
    return tagged(request, out, out.version)


@router.get("/departments")
async def list_departments(by: UnitReader, reads: Reader, paging: Paging) -> Page[DepartmentOut]:
    """主管部门及其单位数，按编码。"""
    return await queries.list_departments(reads, by, paging)


@router.get("/offices")
async def list_offices(by: UnitReader, reads: Reader, paging: Paging) -> Page[OfficeOut]:
    """业务室及其单位、责任人，按名称。"""
    return await queries.list_offices(reads, by, paging)


@router.post("/officer-assignments", status_code=201, response_model=OfficerAssignmentOut)
async def assign_office_officer(
    body: OfficeOfficerIn, by: Assigner, session: Session, once: Once, now: Now
) -> Response:
    """为一个业务室的全部单位指定同一责任人。"""
    changed = await usecases.assign_office(session, body, by=by, at=now)
    out = await queries.officer_assignment(TransactionReads(session), by, body, changed)
    return await once.answer(out)


@listed(router, "/projects", "项目", TITLES)
async def list_projects(
    by: Annotated[Caller, allow("project.read")],
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery,
    unit_code: Annotated[UnitCode | None, Query()] = None,
    department_code: Annotated[UnitCode | None, Query()] = None,
    office: Annotated[Text | None, Query()] = None,
    category: Annotated[Category | None, Query()] = None,
    kind: Annotated[Kind | None, Query()] = None,
    is_key: Annotated[bool | None, Query()] = None,
    fund_level: Annotated[FundLevel | None, Query(description="有此级次资金的项目")] = None,
    q: Annotated[Text | None, Query(description="名称中的一段文字")] = None,
) -> Page[ProjectSummary]:
    """某年度有预算的项目，按编码；金额为现行预算全部资金级次与来源之和（元）。"""
    filters = {
        "unit_code": unit_code,
        "department_code": department_code,
        "office": office,
        "category": category,
        "kind": kind,
        "is_key": is_key,
        "fund_level": fund_level,
        "q": q,
    }
    return await projects.list_projects(reads, by, paging, fiscal_year=fiscal_year, filters=filters)
