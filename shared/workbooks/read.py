"""Reads filled-in forms back from a workbook, whatever was moved, renamed, sorted or added in it."""

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from uuid import UUID

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from shared.workbooks import guard
from shared.workbooks.cells import Raw
from shared.workbooks.fill import INDEX_MARK
from shared.workbooks.layout import Layout
from shared.workbooks.remarks import REMARKS_MARK
from shared.workbooks.scan import Marks, marks_by_sheet
from shared.workbooks.sheet import BEGIN_TAG, FORM_MARK, LINE_TAG
from shared.workbooks.sheet_read import SheetDamaged, read_sheet
from shared.workbooks.values import CellError, FormRead, Reading, WorkbookRefused

_MARK = re.compile(rf"{FORM_MARK}\|([\w-]+)\|(\d{{1,6}})\|([0-9a-fA-F-]{{36}})\|(\d{{1,9}})")


def read(layout: Layout, data: bytes, limits: guard.Limits | None = None) -> Reading:
    """Every form in the workbook. Raises WorkbookRefused when it is unsafe or holds no form."""
    marks = marks_by_sheet(guard.check(data, limits))
    forms: list[FormRead] = []
    errors: list[CellError] = []
    notes: list[CellError] = []
    for name, grid in _grids(data):
        if _corner(grid) in (INDEX_MARK, REMARKS_MARK):
            continue
        if not _is_form(grid):
            notes.append(_remark(name, "sheet_ignored", "这张工作表不是申报表，未导入", "无需处理"))
            continue
        try:
            forms.append(_form(layout, name, grid, marks.get(name, Marks())))
        except SheetDamaged as error:
            errors.append(_remark(name, error.code, error.message, error.mend))
    if not forms and not errors:
        raise WorkbookRefused(
            "no_form",
            "文件中没有从本系统导出的申报表，或其中的隐藏列已被删除",
            "请重新从系统导出表格，在导出的表格上填写后再导入",
        )
    once, twice = _without_copies(forms)
    return Reading(once, [*errors, *twice], notes)


def _grids(data: bytes) -> Iterator[tuple[str, list[list[Raw]]]]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for sheet in workbook.sheets_metadata:
            if sheet.typ == SheetTypeEnum.WorkSheet:
                cells = workbook.get_sheet_by_name(sheet.name)
                grid: list[list[Raw]] = cells.to_python(skip_empty_area=False)
                yield sheet.name, grid
    except CalamineError as error:
        raise guard.refusal("damaged") from error


def _corner(grid: Sequence[Sequence[Raw]]) -> Raw:
    return grid[0][0] if grid and grid[0] else ""


def _is_form(grid: Sequence[Sequence[Raw]]) -> bool:
    """Whether the sheet was one of ours, even when the mark itself was lost since."""
    if str(_corner(grid)).startswith(FORM_MARK):
        return True
    first_cells = [str(row[0]) for row in grid if row]
    if any(text.startswith((LINE_TAG, BEGIN_TAG)) for text in first_cells):
        return True
    return any(str(cell).startswith(FORM_MARK) for row in grid[:3] for cell in row) or (
        bool(grid) and [str(cell) for cell in grid[0][:3]] == ["B", "C", "D"]
    )


def _form(layout: Layout, name: str, grid: list[list[Raw]], marks: Marks) -> FormRead:
    found = _MARK.fullmatch(str(_corner(grid)))
    if found is None:
        raise SheetDamaged(
            "hidden_cells_lost", "表中隐藏的行或列被删除或改动，认不出是哪一份申报表"
        )
    layout_id, layout_version, form_id, version = found.groups()
    if layout_id != layout.layout_id:
        raise SheetDamaged(
            "other_form", f"这张表不是《{layout.title}》", "请在对应的功能中导入这张表"
        )
    if int(layout_version) > layout.version:
        raise SheetDamaged("newer_form", "这张表的版式比本系统的新", "请在导出它的系统中导入")
    if int(layout_version) < layout.version:
        raise SheetDamaged("older_form", "这张表的版式已更新")
    try:
        identity = UUID(form_id)
    except ValueError as error:
        raise SheetDamaged("hidden_cells_lost", "表中隐藏的编号被改动") from error
    return read_sheet(layout, name, identity, int(version), grid, marks)


def _without_copies(forms: Sequence[FormRead]) -> tuple[list[FormRead], list[CellError]]:
    """A copied sheet is the same form twice: nobody can say which one is meant."""
    count = Counter(form.form_id for form in forms)
    copies = [
        _remark(
            form.sheet,
            "form_twice",
            "同一份申报表在文件中有两张工作表",
            "请只保留一张，删去复制出来的工作表",
        )
        for form in forms
        if count[form.form_id] > 1
    ]
    return [form for form in forms if count[form.form_id] == 1], copies


def _remark(sheet: str, code: str, message: str, mend: str) -> CellError:
    return CellError(sheet, "A1", "", code, message, mend)
