"""A long table as a workbook, written row by row."""

import tracemalloc
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from shared.workbooks.table import Column, Table

HEADING = ["支付凭证", "区划 640104000", "筛选：无"]


@dataclass(frozen=True)
class Item:
    """A row with one value."""

    value: Any


def file_of(*values: object, title: str = "值", sheet_rows: int = 1000) -> bytes:
    """A workbook of one column."""
    file = BytesIO()
    table = Table(file, "支付凭证", HEADING, [Column(title, "value")], sheet_rows=sheet_rows)
    table.add(Item(value) for value in values)
    table.end()
    return file.getvalue()


def column_of(file: bytes, sheet: int = 0) -> list[Any]:
    """The first column below the heading, as a person's program reads it."""
    rows = CalamineWorkbook.from_filelike(BytesIO(file)).get_sheet_by_index(sheet).to_python()
    return [row[0] for row in rows[len(HEADING) + 1 :]]


def test_values_keep_their_kind() -> None:
    file = file_of(
        Decimal("1234567.80"), 3, True, False, None, date(2023, 7, 31),
        datetime(2023, 7, 31, 16, 30, tzinfo=UTC), ["甲", "乙"], "0012",
    )  # fmt: skip
    assert column_of(file) == [
        1234567.8, 3, "是", "否", "", date(2023, 7, 31), datetime.fromisoformat("2023-08-01T00:30"),
        "甲、乙", "0012", "共 9 行",
    ]  # fmt: skip
    sheet = load_workbook(BytesIO(file)).active
    assert sheet is not None
    assert [sheet.cell(n, 1).value for n in range(1, 5)] == [*HEADING, "值"]
    assert (sheet.freeze_panes, sheet.cell(5, 1).number_format) == ("A5", "#,##0.00")


def test_a_percentage_is_a_number_and_a_number_too_long_for_a_spreadsheet_is_text() -> None:
    assert column_of(file_of("46.67", None, title="执行率（%）"))[:2] == [46.67, ""]
    assert column_of(file_of(Decimal("1234567890123456.78")))[0] == "1234567890123456.78"


def test_nothing_that_looks_like_a_formula_is_one() -> None:
    file = file_of("=1+1", "+cmd|' /C calc'!A0", "@x", "-2")
    sheet = load_workbook(BytesIO(file)).active
    assert sheet is not None
    assert [sheet.cell(n, 1).data_type for n in range(5, 9)] == ["s"] * 4


def as_xml_holds_it(text: str) -> str:
    """XML has one line end, and not every character."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff"))


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=5))
def test_any_text_comes_back_as_it_was_but_for_what_xml_cannot_hold(texts: list[str]) -> None:
    values = [
        cell.value for [cell] in load_workbook(BytesIO(file_of(*texts)))["支付凭证"]["A5:A99"]
    ]
    assert [value or "" for value in values[: len(texts)]] == [
        as_xml_holds_it(text) for text in texts
    ]


def test_a_full_sheet_is_followed_by_another_and_none_is_empty_without_rows() -> None:
    file = file_of(*range(25), sheet_rows=10)
    book = CalamineWorkbook.from_filelike(BytesIO(file))
    assert book.sheet_names == ["支付凭证", "支付凭证 2", "支付凭证 3"]
    assert [column_of(file, n) for n in range(3)] == [
        [*range(10)], [*range(10, 20)], [*range(20, 25), "共 25 行"],
    ]  # fmt: skip
    assert column_of(file_of()) == ["共 0 行"]


def test_memory_does_not_grow_with_the_rows() -> None:
    rows = [Item(f"第{n}行") for n in range(500)]
    with TemporaryFile() as file:
        table = Table(file, "长表", HEADING, [Column("值", "value")] * 20)
        table.add(rows)
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(20):
            table.add(rows)
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        table.end()
        assert file.tell() > 100_000
    assert after - before < 200_000
