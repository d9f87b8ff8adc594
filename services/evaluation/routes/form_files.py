"""官方自评表（xlsx）的导出与导入."""

from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.evaluation.schemas.self_evaluations import UnitCode
from services.evaluation.usecases import form_exports, form_imports
from services.evaluation.usecases.official_forms import SELF_EVALUATION
from shared.auth import Caller, allow
from shared.bulk import Atomic, DryRun
from shared.clock import Now
from shared.db import Reader, Session
from shared.fields import YearPath
from shared.form_routes import (
    FILE,
    UPLOAD,
    FormCode,
    FormsImported,
    file_answer,
    layout_of,
    workbook_of,
)
from shared.idempotency import OnceUploaded
from shared.requests import StrictRoute
from shared.workbooks.imported import remarked

router = APIRouter(tags=["forms"], route_class=StrictRoute)

Filler = Annotated[Caller, allow("self_evaluation.fill")]


@router.get(
    "/self-evaluation-years/{fiscal_year}/forms.xlsx",
    response_class=Response,
    responses={200: {"content": FILE}},
)
async def export_self_evaluation_forms(
    request: Request,
    by: Annotated[Caller, allow("self_evaluation.read")],
    reads: Reader,
    fiscal_year: YearPath,
    unit_code: Annotated[UnitCode | None, Query()] = None,
) -> Response:
    """把一年的自评表导出成官方表格：一个工作簿，每个项目一张表，已预填；填好后可再导入。"""
    layout, rules = layout_of(request, SELF_EVALUATION), request.app.state.rules
    workbook = await form_exports.export_forms(
        reads, layout, by, fiscal_year, unit_code=unit_code, rules=rules
    )
    return file_answer(workbook, "项目支出绩效自评表.xlsx")


@router.post(
    "/form-imports/{form}", status_code=207, response_model=FormsImported, openapi_extra=UPLOAD
)
async def import_self_evaluation_forms(
    request: Request,
    form: FormCode,
    by: Filler,
    session: Session,
    key: OnceUploaded,
    now: Now,
    dry_run: DryRun = False,
    atomic: Atomic = "row",
) -> Response:
    """导入填好的自评表：无误的表入库，有误的逐格指出；表的次序、行的次序可以变。

    导出后自评表又被修改过的不入库，须重新导出；入库后仍由单位审核人报送。
    """
    layout, data = layout_of(request, form), await workbook_of(request)
    once = await key.claim(session, sha256(data).digest())
    rules = request.app.state.rules
    found = await form_imports.import_forms(
        session, layout, data, store=not dry_run, rules=rules, atomic=atomic, by=by, at=now
    )
    failed = atomic == "all" and bool(found.cell_errors())
    report = found.report(stored=not dry_run and not failed)
    answer = FormsImported.model_validate(report, from_attributes=True)
    return await once.answer(answer, status=207)


@router.post(
    "/form-imports/{form}/remarks",
    response_class=Response,
    responses={200: {"content": FILE}},
    openapi_extra=UPLOAD,
)
async def remark_self_evaluation_forms(
    request: Request, form: FormCode, by: Filler, session: Session, now: Now
) -> Response:
    """同一个工作簿原样返回，有误的单元格标红并加批注，另附问题清单；不入库。"""
    layout, data = layout_of(request, form), await workbook_of(request)
    rules = request.app.state.rules
    found = await form_imports.import_forms(
        session, layout, data, store=False, rules=rules, by=by, at=now
    )
    return file_answer(await remarked(data, found), "自评表-批注.xlsx")
