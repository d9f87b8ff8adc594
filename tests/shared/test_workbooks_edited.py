"""What people and their programs do to a form between export and import."""

import io
import re
import tomllib
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart

from shared.workbooks import layout as layouts
from shared.workbooks.layout import UnsoundLayout
from shared.workbooks.read import read
from shared.workbooks.remarks import annotate
from shared.workbooks.values import CellError, WorkbookRefused
from tests.shared.order_form import (
    CHOICES,
    LAYOUT,
    an_id,
    codes,
    edited,
    filled,
    item,
    names,
    order,
    read_one,
    row_of,
)

TOML = Path(__file__).with_name("order_form.toml")


def on_sheet(edit: Callable[[Any], object]) -> Callable[[Workbook], object]:
    """An edit of the one form's sheet."""
    return lambda workbook: edit(workbook["文具"])


def put(address: str, value: object, number_format: str = "General") -> Callable[[Any], object]:
    """Type something into a cell."""

    def type_it(sheet: Any) -> None:
        sheet[address] = value
        sheet[address].number_format = number_format

    return type_it


def with_bytes(data: bytes, pattern: bytes, replacement: bytes) -> bytes:
    """The workbook as a program with a calculator would have saved it."""
    out = io.BytesIO()
    count = 0
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content, found = re.subn(pattern, replacement, old.read(name))
            count += found
            new.writestr(name, content)
    assert count == 1
    return out.getvalue()


def test_an_untouched_form_comes_back_as_it_was() -> None:
    form = order("文具", remark="第一行\n第二行", due_on=date(2023, 1, 31), urgency="urgent")
    back = read_one(filled(form))
    assert (back.form_id, back.version, back.sheet) == (form.form_id, 7, "文具")
    assert back.values == form.values
    assert back.cells["remark"] == "D4"
    assert [(row.row_id, dict(row.values)) for row in back.rows["items"]] == [
        (row.row_id, {**dict.fromkeys(("price", "target")), **row.values})
        for row in form.rows["items"]
    ]
    assert back.rows["items"][0].cells["name"] == "B6"
    assert not back.errors
    assert not back.notes


def test_the_index_leads_to_every_form_whatever_it_is_called() -> None:
    book = load_workbook(io.BytesIO(filled(order("文具"), order("王's <纸>"), order("文具/二"))))
    places = [book["目录"][f"B{row}"].hyperlink.location for row in (3, 4, 5)]
    assert places == ["'文具'!B2", "'王''s <纸>'!B2", "'文具 二'!B2"]
    assert book.sheetnames == ["目录", "文具", "王's <纸>", "文具 二"]


def test_grey_cells_and_totals_are_locked_and_what_a_person_fills_in_is_not() -> None:
    sheet = load_workbook(io.BytesIO(filled()))["文具"]
    assert sheet.protection.sheet
    assert not sheet.protection.insertRows
    assert not sheet.protection.deleteRows
    locked = {at: sheet[at].protection.locked for at in ("D3", "E12", "D4", "B6", "C6", "B9")}
    assert locked == {"D3": True, "E12": True, "D4": False, "B6": False, "C6": False, "B9": False}
    assert sheet["E12"].value == "=SUM(E5:E11)"


def test_every_page_is_a4_and_as_wide_as_the_paper() -> None:
    for sheet in load_workbook(io.BytesIO(annotate(filled(), []))).worksheets:
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToWidth) == (9, 1)
        properties = sheet.sheet_properties.pageSetUpPr
        assert properties is not None
        assert properties.fitToPage


def test_a_text_too_long_for_one_row_goes_on_and_is_read_whole() -> None:
    text = "\n".join(f"第 {number} 句，说的是采购的缘由与经过。" for number in range(150))
    data = filled(order("文具", remark=text))
    assert read_one(data).values["remark"] == text
    sheet = load_workbook(io.BytesIO(data))["文具"]
    assert all((row.height or 0) < 409 for row in sheet.row_dimensions.values())


def test_rows_keep_their_ids_when_sorted_inserted_and_deleted() -> None:
    def edit(sheet: Any) -> None:
        first, last = row_of(sheet.parent, "文具", "甲"), row_of(sheet.parent, "文具", "丙")
        values = [[cell.value for cell in sheet[row]] for row in range(first, last + 1)]
        for row, cells in zip(range(first, last + 1), reversed(values), strict=True):
            for column, value in enumerate(cells, 1):
                sheet.cell(row, column).value = value
        sheet.insert_rows(first + 1)
        sheet.cell(first + 1, 2).value = "新"
        sheet.delete_rows(row_of(sheet.parent, "文具", "乙"))

    back = read_one(edited(filled(), on_sheet(edit)))
    assert names(back) == ["丙", "新", "甲"]
    assert [row.row_id for row in back.rows["items"]] == [an_id("丙"), None, an_id("甲")]


def test_lines_and_columns_put_in_elsewhere_move_nothing() -> None:
    def edit(sheet: Any) -> None:
        sheet.insert_rows(3, 2)
        sheet.insert_cols(2)
        sheet.insert_cols(5)

    form = order("文具", due_on=date(2023, 1, 31))
    back = read_one(edited(filled(form), on_sheet(edit)))
    assert names(back) == ["甲", "乙", "丙"]
    assert back.values["due_on"] == date(2023, 1, 31)
    assert back.cells["due_on"] == "H5"


def test_a_copied_row_becomes_a_new_one_and_is_said_to() -> None:
    def edit(sheet: Any) -> None:
        for column in range(1, 7):
            sheet.cell(9, column).value = sheet.cell(6, column).value

    back = read_one(edited(filled(), on_sheet(edit)))
    assert [row.row_id for row in back.rows["items"]][-1] is None
    assert codes(back.notes) == ["row_copied"]


def test_a_damaged_row_id_makes_a_new_row_and_a_cleared_row_is_none() -> None:
    def edit(sheet: Any) -> None:
        sheet["C6"] = "甲的编号"
        for address in ("B7", "D7"):
            sheet[address] = " "

    back = read_one(edited(filled(), on_sheet(edit)))
    assert [(row.row_id, row.values["name"]) for row in back.rows["items"]] == [
        (None, "甲"),
        (an_id("丙"), "丙"),
    ]
    assert codes(back.notes) == ["row_id_damaged"]


def test_sheets_may_be_renamed_and_moved_and_others_added() -> None:
    def edit(workbook: Workbook) -> None:
        workbook["文具"].title = "改名"
        workbook.move_sheet("纸张", -2)
        workbook.create_sheet("草稿")["A1"] = "随手记"
        workbook.create_chartsheet("图").add_chart(BarChart())

    reading = read(LAYOUT, edited(filled(order("文具"), order("纸张")), edit))
    assert [form.form_id for form in reading.forms] == [an_id("纸张"), an_id("文具")]
    assert [(note.sheet, note.code) for note in reading.notes] == [("草稿", "sheet_ignored")]
    assert not reading.errors


def test_a_copied_sheet_is_refused_because_nobody_knows_which_one_counts() -> None:
    data = edited(
        filled(order("文具"), order("纸张")), lambda book: book.copy_worksheet(book["文具"])
    )
    reading = read(LAYOUT, data)
    assert [form.form_id for form in reading.forms] == [an_id("纸张")]
    assert codes(reading.errors) == ["form_twice", "form_twice"]


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda sheet: sheet.delete_cols(1), "hidden_cells_lost"),
        (lambda sheet: sheet.delete_rows(1), "hidden_cells_lost"),
        (lambda sheet: sheet.delete_cols(3), "column_lost"),
        (lambda sheet: sheet.delete_cols(5), "column_lost"),
        (put("G1", "B"), "column_twice"),
        (lambda sheet: sheet.delete_rows(4), "line_lost"),
        (lambda sheet: sheet.delete_rows(5), "block_lost"),
        (put("A1", "wenxiao-form|other|1|" + str(an_id("x")) + "|1"), "other_form"),
        (put("A1", "wenxiao-form|order|3|" + str(an_id("x")) + "|1"), "newer_form"),
        (put("A1", "wenxiao-form|order|1|" + str(an_id("x")) + "|1"), "older_form"),
        (put("A1", "wenxiao-form|order|2|" + "-" * 36 + "|1"), "hidden_cells_lost"),
    ],
)
def test_a_damaged_sheet_is_named_and_the_others_are_read(
    edit: Callable[[Any], object], code: str
) -> None:
    reading = read(LAYOUT, edited(filled(order("文具"), order("纸张")), on_sheet(edit)))
    assert [form.sheet for form in reading.forms] == ["纸张"]
    assert [(error.sheet, error.code) for error in reading.errors] == [("文具", code)]
    assert all(error.message and error.mend for error in reading.errors)


def test_a_workbook_without_any_form_is_refused() -> None:
    def edit(workbook: Workbook) -> None:
        workbook.create_sheet("别的")
        workbook.remove(workbook["文具"])

    with pytest.raises(WorkbookRefused) as refused:
        read(LAYOUT, edited(filled(), edit))
    assert refused.value.code == "no_form"


@pytest.mark.parametrize(
    ("address", "value", "number_format", "field", "expected"),
    [
        ("F6", 0.9, "0%", "target", "90%"),
        ("F6", 0.905, "0.0%", "target", "90.5%"),
        ("F6", "≥90%", "@", "target", "≥90%"),
        ("D6", "１２", "@", "quantity", Decimal(12)),
        ("D6", 0.5, "0%", "quantity", Decimal(50)),
        ("E6", 1.5, "General", "price", Decimal(15000)),
        ("B6", 2023, "General", "name", "2023"),
    ],
)
def test_what_was_typed_is_read_whatever_the_cell_made_of_it(
    address: str, value: object, number_format: str, field: str, expected: object
) -> None:
    back = read_one(edited(filled(), on_sheet(put(address, value, number_format))))
    assert back.rows["items"][0].values[field] == expected


def test_a_formula_a_person_typed_counts_by_its_result_and_is_noted() -> None:
    typed = edited(filled(), on_sheet(put("D6", "=1+2")))
    assert codes(read_one(typed).errors) == ["formula_without_result"]
    back = read_one(with_bytes(typed, rb"<f>1\+2</f><v ?/?>(</v>)?", b"<f>1+2</f><v>3</v>"))
    assert back.rows["items"][0].values["quantity"] == 3
    assert codes(back.notes) == ["formula_result_taken"]


def test_a_formula_that_fails_is_an_error() -> None:
    typed = edited(filled(), on_sheet(put("D6", "=1/0")))
    back = read_one(
        with_bytes(
            typed,
            rb'<c r="D6"( s="\d+")?><f>1/0</f><v ?/?>(</v>)?',
            b'<c r="D6" t="e"><f>1/0</f><v>#DIV/0!</v>',
        )
    )
    assert codes(back.errors) == ["formula_fails"]


def test_a_bad_cell_names_sheet_cell_pointer_reason_and_mending() -> None:
    def edit(sheet: Any) -> None:
        sheet["D7"] = "约两个"
        sheet["F4"] = "不急"

    back = read_one(edited(filled(), on_sheet(edit)))
    assert [(e.sheet, e.cell, e.pointer, e.code) for e in back.errors] == [
        ("文具", "F4", "/urgency", "choice_unknown"),
        ("文具", "D7", "/items/1/quantity", "number_expected"),
    ]
    assert "紧急、一般" in back.errors[0].mend
    assert back.rows["items"][1].values["quantity"] is None


def test_the_workbook_comes_back_with_remarks_and_the_mended_one_is_read_again() -> None:
    wrong = edited(filled(order("文具", item("_x0041_名"))), on_sheet(put("D6", "约两个")))
    errors = read_one(wrong).errors
    annotated = annotate(wrong, errors)
    book = load_workbook(io.BytesIO(annotated))
    cell = book["文具"]["D6"]
    assert cell.fill.fgColor.rgb == "FFFFC7CE"
    assert errors[0].mend in str(cell.comment and cell.comment.text)
    assert [value.value for value in book.worksheets[0][3]][1:] == [
        "D6",
        errors[0].message,
        errors[0].mend,
    ]
    assert book.worksheets[0].title == "问题清单"
    assert codes(read_one(annotated).errors) == ["number_expected"]
    mended = edited(annotated, on_sheet(put("D6", 2)))
    back = read_one(mended)
    assert not back.errors
    assert names(back) == ["_x0041_名"]


def test_earlier_remarks_are_gone_from_the_next_ones() -> None:
    wrong = edited(filled(), on_sheet(put("D6", "约两个")))
    once = annotate(wrong, read_one(wrong).errors)
    mended = edited(once, on_sheet(put("D6", 2)))
    remark = CellError("文具", "B7", "/items/1/name", "x", "名称太笼统", "请写具体")
    book = load_workbook(io.BytesIO(annotate(mended, [remark])))
    assert book["文具"]["D6"].comment is None
    assert book["文具"]["D6"].fill.fill_type is None
    assert book["文具"]["B7"].comment is not None
    assert [name for name in book.sheetnames if name.startswith("问题清单")] == ["问题清单"]


def test_remarks_keep_merged_areas_drop_downs_and_hidden_cells() -> None:
    before = load_workbook(io.BytesIO(filled()))["文具"]
    remark = CellError("文具", "D4", "/remark", "x", "太短", "请写具体")
    after = load_workbook(io.BytesIO(annotate(filled(), [remark])))["文具"]
    assert set(map(str, after.merged_cells.ranges)) == set(map(str, before.merged_cells.ranges))
    assert len(after.data_validations.dataValidation) == 1
    assert after.column_dimensions["C"].hidden
    assert after.row_dimensions[1].hidden
    assert after.protection.sheet


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('type = "date"', 'type = "day"', "unknown type day"),
        ('choices = "urgency"', 'choices = "speed"', "no list of choices speed"),
        ('field = "due_on"', 'field = "due"', "unknown field due"),
        ('{ at = "F", field = "urgency" },', "", "field urgency stands in no cell"),
        ('column = "E"', 'column = "Z"', "column Z has no width"),
        ('rows = "item"', 'rows = "thing"', "unknown rows thing"),
        ('index = ["subject"]', 'index = ["topic"]', "index of unknown field topic"),
        ('title = "采购单（示例）" }', 'caption = "x" }', "a cell is one of"),
    ],
)
def test_an_unsound_layout_is_refused_when_it_is_loaded(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    text = TOML.read_text("utf-8")
    assert old in text
    path = tmp_path / "order.toml"
    path.write_text(text.replace(old, new), "utf-8")
    assert tomllib.loads(path.read_text("utf-8"))
    with pytest.raises(UnsoundLayout, match=rf"order\.toml: .*{complaint}"):
        layouts.load(path, CHOICES)
