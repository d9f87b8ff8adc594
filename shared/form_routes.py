"""What is the same for every service with official forms: the list, the help, files in and out."""

import asyncio
from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from shared.auth import Caller, allow
from shared.fields import Out
from shared.problems import FieldError, NotFound, Problem, UnsupportedMediaType
from shared.requests import StrictRoute, read_whole
from shared.workbooks.guard import Limits
from shared.workbooks.layout import Layout
from shared.workbooks.official import OfficialForms
from shared.workbooks.read import read
from shared.workbooks.values import Reading, WorkbookRefused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE: dict[str, Any] = {XLSX: {"schema": {"type": "string", "format": "binary"}}}
UPLOAD: dict[str, Any] = {"requestBody": {"required": True, "content": FILE}}

FormCode = Annotated[str, Path(max_length=60, description="表格代码，如 `project-goal`")]
_FormReader = Annotated[Caller, allow("form.read")]


class WorkbookUnusable(Problem):
    """这个文件不能作为官方表格导入"""

    status = 422
    english = "The file can't be taken as an official form"


class FieldHelpOut(Out):
    """填报说明 of one field; what the system fills in itself has no examples."""

    code: str
    label: str
    instruction: str
    required: bool
    filled_by_system: bool
    good_example: str | None
    bad_example: str | None
    bad_because: str | None
    rules: list[str]


class FormKind(Out):
    """A form of this service. `verified` is false until the official layout has been read."""

    form: str
    title: str
    purpose: str
    layout_version: int
    verified: bool
    help_href: str


class FormHelpOut(Out):
    """填报说明 of a form, its fields in the order of the sheet."""

    form: str
    title: str
    purpose: str
    fields: list[FieldHelpOut]


class Forms(Out):
    """The forms of this service."""

    items: list[FormKind]


class CellErrorOut(Out):
    """One cell to mend; `pointer` is the same place in the API's form."""

    sheet: str
    cell: str
    pointer: str
    code: str
    message: str
    mend: str


class SheetOut(Out):
    """What became of one sheet; `notes` need no mending."""

    sheet: str
    form_id: UUID
    status: Literal["updated", "unchanged", "failed"]
    errors: list[CellErrorOut]
    notes: list[CellErrorOut]


class FormsImported(Out):
    """What became of a workbook; nothing was stored when `stored` is false."""

    stored: bool
    updated: int
    unchanged: int
    failed: int
    sheets: list[SheetOut]
    errors: list[CellErrorOut] = Field(description="不是本表格或已损坏的工作表")
    notes: list[CellErrorOut]


def form_routes() -> APIRouter:
    """`/forms` and the help of each."""
    router = APIRouter(tags=["forms"], route_class=StrictRoute)
    router.add_api_route("/forms", list_forms, methods=["GET"])
    router.add_api_route("/forms/{form}/help", get_form_help, methods=["GET"])
    return router


async def list_forms(request: Request, by: _FormReader) -> Forms:
    """本服务的官方表格，各附填报说明的地址。"""
    official: OfficialForms = request.app.state.forms
    return Forms(
        items=[
            FormKind(
                form=code,
                title=layout.title,
                purpose=official.help[code].purpose,
                layout_version=layout.version,
                verified=layout.verified,
                help_href=f"/api/v1/{request.app.state.process}/forms/{code}/help",
            )
            for code, layout in official.layouts.items()
        ]
    )


async def get_form_help(request: Request, form: FormCode, by: _FormReader) -> FormHelpOut:
    """一张表每一栏的填报说明：怎样填、是否必填、好的和不好的例子、相关的检查规则。"""
    layout_of(request, form)
    official: OfficialForms = request.app.state.forms
    return FormHelpOut.model_validate(official.help[form])


def layout_of(request: Request, form: str) -> Layout:
    """The layout of a form code. Raises NotFound with the codes there are."""
    official: OfficialForms = request.app.state.forms
    if form not in official.layouts:
        raise NotFound(f"没有代码为 {form[:60]} 的表格，可用的有：{'、'.join(official.layouts)}")
    return official.layouts[form]


async def workbook_of(request: Request) -> bytes:
    """The uploaded file, as large as the guard takes. Raises UnsupportedMediaType."""
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent != XLSX:
        raise UnsupportedMediaType(f"请以 Content-Type: {XLSX} 提交 xlsx 文件")
    return await read_whole(request, Limits().compressed_bytes)


async def reading_of(layout: Layout, data: bytes) -> Reading:
    """The forms in the file, read beside the event loop. Raises WorkbookUnusable."""
    try:
        return await asyncio.to_thread(read, layout, data)
    except WorkbookRefused as error:
        reason = FieldError(pointer="", code=error.code, detail=error.message, mend=error.mend)
        raise WorkbookUnusable(error.message, errors=[reason]) from error


def file_answer(workbook: bytes, name: str) -> Response:
    """The workbook as a download under a Chinese name."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(workbook, media_type=XLSX, headers=headers)
