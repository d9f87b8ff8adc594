"""Gives a workbook back with what is wrong in it: red cells with a comment, and a list in front."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink

from shared.workbooks import guard
from shared.workbooks.fill import link, print_on_a4
from shared.workbooks.scan import marks_by_sheet, part_names
from shared.workbooks.text import written
from shared.workbooks.values import CellError

REMARKS_MARK = "wenxiao-remarks"

_AUTHOR = "问效"
_NAME = "问题清单"
_RED = PatternFill("solid", fgColor="FFFFC7CE")
_HEADINGS = (("工作表", 30), ("单元格", 10), ("问题", 50), ("怎样修改", 50))
_SHARED_STRINGS = "xl/sharedStrings.xml"
_MERGED = re.compile(rb"<(?:\w+:)?mergeCells\b.*?</(?:\w+:)?mergeCells\s*>", re.S)
_AREA = re.compile(rb"""ref=["']([A-Z]+[0-9]+:[A-Z]+[0-9]+)["']""")


def annotate(
    original: bytes, errors: Sequence[CellError], limits: guard.Limits | None = None
) -> bytes:
    """The same workbook with remarks; earlier remarks of ours are taken away first."""
    parts = guard.check(original, limits)
    marks_by_sheet(parts)
    workbook = load_workbook(io.BytesIO(_prepared(parts)))
    for name, part in part_names(parts).items():
        for area in _merged_areas(parts.get(part, b"")):
            workbook[name].merged_cells.add(area)
    _forget_earlier(workbook)
    for error in errors:
        if error.sheet in workbook.sheetnames and error.pointer:
            _remark_on(workbook[error.sheet][error.cell], error)
    _list_first(workbook, errors)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _prepared(parts: Mapping[str, bytes]) -> bytes:
    """The workbook as openpyxl has to get it so that what it saves is the original.

    It drops every `x005F_` from shared strings, which changes the escapes of this format: given one
    inside another, it leaves the original text. And it redraws the borders of merged areas, which
    takes most of its time: they are put back afterwards.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as prepared:
        for name, part in parts.items():
            if name == _SHARED_STRINGS:
                part = part.replace(b"x005F_", b"x00x005F_5F_")
            prepared.writestr(name, _MERGED.sub(b"", part) if b"sheetData" in part else part)
    return out.getvalue()


def _merged_areas(part: bytes) -> Iterator[str]:
    for areas in _MERGED.findall(part):
        yield from (area.decode() for area in _AREA.findall(areas))


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
    print_on_a4(sheet, "landscape")
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
        sheet.cell(row, 2)._hyperlink = Hyperlink(
            ref=f"B{row}", location=link(error.sheet, error.cell)
        )
    for other in workbook.worksheets:
        # Several selected sheets are edited together.
        other.sheet_view.tabSelected = other is sheet
    workbook.active = 0


def _free_name(workbook: Workbook) -> str:
    number = 1
    while (name := _NAME if number == 1 else f"{_NAME}({number})") in workbook.sheetnames:
        number += 1
    return name
