"""Writes forms into a workbook: one sheet each, and an index sheet with links in front."""

from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation

from shared.workbooks.cell_xml import Cells, saved
from shared.workbooks.layout import Field, Layout
from shared.workbooks.scan import letters, number
from shared.workbooks.sheet import ROW_HEIGHT, SheetWriter
from shared.workbooks.styles import Styles
from shared.workbooks.text import sheet_names, starts_like_formula
from shared.workbooks.values import Form

INDEX_MARK = "wenxiao-index"
_INDEX_NAME = "目录"
_A4 = 9
_LAST_COLUMN = 16_384


def fill(layout: Layout, forms: Sequence[Form]) -> bytes:
    """The workbook with every form filled in as far as its values go."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    names = sheet_names([_INDEX_NAME, *(_wanted_name(layout, form) for form in forms)])
    index = workbook.create_sheet(names[0])
    styles = Styles(index)
    sheets = list(zip(names[1:], forms, strict=True))
    cells = [_write_index(index, styles, layout, sheets)]
    cells += [
        _write_form(workbook.create_sheet(name), styles, layout, form) for name, form in sheets
    ]
    return saved(workbook, cells)


def _wanted_name(layout: Layout, form: Form) -> str:
    return layout.sheet_name.format_map({code: _shown(form, code) for code in layout.fields})


def _shown(form: Form, code: str) -> str:
    value = form.values.get(code)
    return "" if value is None else str(value)


def _write_form(sheet: Any, styles: Styles, layout: Layout, form: Form) -> Cells:
    _set_up(sheet, layout, styles)
    writer = SheetWriter(layout, form, styles, sheet)
    writer.write()
    for field, ranges in writer.drop_downs:
        sheet.data_validations.append(_drop_down(field, ranges, form.offers))
    sheet.print_area = writer.print_area
    sheet.print_title_rows = "2:2"
    return writer.cells


def _set_up(sheet: Any, layout: Layout, styles: Styles) -> None:
    sheet.sheet_format.defaultRowHeight = ROW_HEIGHT
    sheet.sheet_format.customHeight = True
    unlocked = styles.array("plain")
    for column, width in {"A": 4.0, **layout.widths}.items():
        dimension = sheet.column_dimensions[column]
        dimension.width = width
        dimension.hidden = column == "A" or column in layout.hidden_columns
        dimension._style = unlocked
    # A row of a protected sheet can be deleted only when all of it is unlocked, to the last column.
    beyond = sheet.column_dimensions[letters(number(layout.columns[-1]) + 1)]
    beyond.min, beyond.max = number(layout.columns[-1]) + 1, _LAST_COLUMN
    beyond._style = unlocked
    print_on_a4(sheet, layout.orientation)
    protection = sheet.protection
    protection.sheet = True
    for permitted in (
        "formatCells",
        "formatRows",
        "formatColumns",
        "insertRows",
        "deleteRows",
        "sort",
    ):
        setattr(protection, permitted, False)


def print_on_a4(sheet: Any, orientation: str) -> None:
    """One page wide, as many high as it takes."""
    sheet.page_setup.orientation = orientation
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.7
    sheet.page_margins.header = sheet.page_margins.footer = 0.3
    sheet.oddFooter.center.text = "第 &P 页 共 &N 页"


def _drop_down(field: Field, ranges: str, offers: Any) -> DataValidation:
    codes = offers.get(field.list_name, field.choices)
    labels = ",".join(field.choices[code] for code in codes)
    validation = DataValidation(
        type="list", formula1=f'"{labels}"', allow_blank=True, sqref=ranges, showErrorMessage=True
    )
    validation.errorTitle = field.label
    validation.error = "请从下拉列表中选择"
    return validation


def _write_index(
    sheet: Any, styles: Styles, layout: Layout, sheets: Sequence[tuple[str, Form]]
) -> Cells:
    cells = Cells()
    for letter, width in zip("ABCDEF", (8, *(36 for _ in layout.index)), strict=False):
        sheet.column_dimensions[letter].width = width
    print_on_a4(sheet, "portrait")
    cells.text(1, 1, "A1", styles.of("plain"), INDEX_MARK)
    labels = ["序号", *(layout.fields[code].label for code in layout.index)]
    for column, label in enumerate(labels, 1):
        cells.text(2, column, f"{letters(column)}2", styles.of("label"), label)
    for row, (name, form) in enumerate(sheets, 3):
        cells.number(row, 1, f"A{row}", styles.of("centred"), row - 2)
        for column, code in enumerate(layout.index, 2):
            text = _shown(form, code)
            style = styles.of("text", "@", quoted=starts_like_formula(text))
            cells.text(row, column, f"{letters(column)}{row}", style, text)
        cells.link(f"B{row}", link(name))
    return cells


def link(sheet_name: str, cell: str = "B2") -> str:
    """A place in the workbook as links have it."""
    quoted = sheet_name.replace("'", "''")
    return f"'{quoted}'!{cell}"
