"""Gives a workbook back with what is wrong in it: red cells with a comment, and a list in front."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink

from shared.workbooks import guard
from shared.workbooks.scan import marks_by_sheet
from shared.workbooks.text import written
from shared.workbooks.values import CellError

REMARKS_MARK = "wenxiao-remarks"

_AUTHOR = "问效"
_NAME = "问题清单"
_RED = PatternFill("solid", fgColor="FFFFC7CE")
_HEADINGS = (("工作表", 30), ("单元格", 10), ("问题", 50), ("怎样修改", 50))
_SHARED_STRINGS = "xl/sharedStrings.xml"


def annotate(
    original: bytes, errors: Sequence[CellError], limits: guard.Limits | None = None
) -> bytes:
    """The same workbook with remarks; earlier remarks of ours are taken away first."""
    parts = guard.check(original, limits)
    marks_by_sheet(parts)
    workbook = load_workbook(io.BytesIO(_texts_kept(original)))
    _forget_earlier(workbook)
    for error in errors:
        if error.sheet in workbook.sheetnames and error.pointer:
            _remark_on(workbook[error.sheet][error.cell], error)
    _list_first(workbook, errors)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _texts_kept(original: bytes) -> bytes:
    """openpyxl drops every `x005F_` from shared strings, which changes the escapes of this format:
    given one inside another, what it leaves is the original text."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(original)) as archive,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept,
    ):
        for name in archive.namelist():
            content = archive.read(name)
            if name == _SHARED_STRINGS:
                content = content.replace(b"x005F_", b"x00x005F_5F_")
            kept.writestr(name, content)
    return out.getvalue()


def _forget_earlier(workbook: Workbook) -> None:
    for sheet in list(workbook.worksheets):
        if sheet["A1"].value == REMARKS_MARK:
            workbook.remove(sheet)
            continue
        for row in sheet.iter_rows():
            for cell in row:
                if cell.comment is not None and cell.comment.author == _AUTHOR:
                    cell.comment = None
                    cell.fill = PatternFill()


def _remark_on(cell: Any, error: CellError) -> None:
    text = f"{error.message}。{error.mend}"
    if cell.comment is not None and cell.comment.author == _AUTHOR:
        text = f"{cell.comment.text}\n{text}"
    cell.comment = Comment(text, _AUTHOR, height=120, width=280)
    cell.fill = _RED


def _list_first(workbook: Workbook, errors: Sequence[CellError]) -> None:
    sheet = workbook.create_sheet(_free_name(workbook), 0)
    sheet.sheet_properties.tabColor = "FFC00000"
    sheet["A1"] = REMARKS_MARK
    sheet.row_dimensions[1].hidden = True
    for position, (heading, width) in enumerate(_HEADINGS, 1):
        sheet.cell(2, position, heading).font = Font(bold=True)
        sheet.column_dimensions["ABCD"[position - 1]].width = width
    for row, error in enumerate(errors, 3):
        for position, text in enumerate((error.sheet, error.cell, error.message, error.mend), 1):
            cell = sheet.cell(row, position)
            cell._value, cell.data_type = written(text), "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        quoted = error.sheet.replace("'", "''")
        sheet.cell(row, 2)._hyperlink = Hyperlink(
            ref=f"B{row}", location=f"'{quoted}'!{error.cell}"
        )
    workbook.active = 0


def _free_name(workbook: Workbook) -> str:
    number = 1
    while (name := _NAME if number == 1 else f"{_NAME}({number})") in workbook.sheetnames:
        number += 1
    return name
