"""官方申报表（xlsx）的导出与导入."""

from hashlib import sha256
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.goals.queries.goals import GoalFilter
from services.goals.schemas.directory import ProjectCode, UnitCode
from services.goals.schemas.forms import FormsImported
from services.goals.usecases import form_exports, form_imports
from shared.auth import Caller, allow
from shared.bulk import Atomic, DryRun
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.fields import YearQuery
from shared.form_routes import (
    FILE,
    UPLOAD,
    FormCode,
    file_answer,
    layout_of,
    reading_of,
    workbook_of,
)
from shared.idempotency import OnceUploaded
from shared.requests import StrictRoute
from shared.workbooks.imported import remarked

router = APIRouter(tags=["forms"], route_class=StrictRoute)

Filler = Annotated[Caller, allow("goal.revise")]


@router.get("/goal-forms", response_class=Response, responses={200: {"content": FILE}})
async def export_goal_forms(
    request: Request,
    by: Annotated[Caller, allow("goal.read")],
    reads: Reader,
    fiscal_year: YearQuery,
    unit_code: Annotated[UnitCode | None, Query()] = None,
    project_code: Annotated[ProjectCode | None, Query()] = None,
    kind: Annotated[Literal["project", "department"], Query()] = "project",
    status: Annotated[
        Literal["draft", "submitted", "returned", "improving", "reviewed", "rejected", "approved"]
        | None,
        Query(),
    ] = None,
) -> Response:
    """把目标导出成官方申报表：一个工作簿，每个目标一张表，可在 Excel 或 WPS 中修改后再导入。"""
    asked = GoalFilter(
        fiscal_year=fiscal_year,
        unit_code=unit_code,
        project_code=project_code,
        kind=kind,
        status=status,
    )
    state = request.app.state
    workbook = await form_exports.export_forms(reads, state.forms, state.rules, by, asked)
    return file_answer(workbook, f"{fiscal_year}年绩效目标申报表.xlsx")


@router.post(
    "/form-imports/{form}", status_code=207, response_model=FormsImported, openapi_extra=UPLOAD
)
async def import_goal_forms(
    request: Request,
    form: FormCode,
    by: Filler,
    session: Session,
    key: OnceUploaded,
    now: Now,
    dry_run: DryRun = False,
    atomic: Atomic = "row",
) -> Response:
    """导入改好的申报表：无误的表入库，有误的逐格指出；表的次序、行的次序可以变。

    导出后目标又被修改过的表不入库，须重新导出。
    """
    layout, data = layout_of(request, form), await workbook_of(request)
    reading = await reading_of(layout, data)
    once = await key.claim(session, sha256(data).digest())
    if dry_run:
        reads = TransactionReads(session)
        found = await form_imports.check_forms(reads, layout, reading, by=by)
    else:
        found = await form_imports.import_forms(
            session, layout, reading, atomic=atomic, by=by, at=now
        )
    failed = atomic == "all" and bool(found.cell_errors())
    report = found.report(stored=not dry_run and not failed)
    return await once.answer(FormsImported.model_validate(report, from_attributes=True), status=207)


@router.post(
    "/form-imports/{form}/remarks",
    response_class=Response,
    responses={200: {"content": FILE}},
    openapi_extra=UPLOAD,
)
async def remark_goal_forms(
    request: Request, form: FormCode, by: Filler, reads: Reader
) -> Response:
    """同一个工作簿原样返回，有误的单元格标红并加批注，另附问题清单；不入库。"""
    layout, data = layout_of(request, form), await workbook_of(request)
    reading = await reading_of(layout, data)
    found = await form_imports.check_forms(reads, layout, reading, by=by)
    return file_answer(await remarked(data, found), "申报表-批注.xlsx")
