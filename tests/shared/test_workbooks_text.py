"""Text in spreadsheets: nothing in it runs, nothing in it is lost; sheets get names they may have."""

import csv
import io
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from shared.workbooks.cells import BadCell, Raw, parsed, printed
from shared.workbooks.layout import Field
from shared.workbooks.text import csv_safe, sheet_names, starts_like_formula, written
from shared.workbooks.values import Value
from tests.shared.order_form import filled, item, names, order, read_one

ATTACKS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "＋1", "－1", "＠a"
           '=HYPERLINK("x")']  # fmt: skip
NUMBER = Field("n", "数量", "number")
POINTS = Field("w", "权重", "number", decimals=2, minimum=Decimal(0), maximum=Decimal(100))
MONEY = Field("m", "金额", "money", decimals=2)
TEXT = Field("t", "名称", "text", max_length=5)
DAY = Field("d", "日期", "date")
TARGET = Field("g", "指标值", "printed_target")
KIND = Field("k", "性质", "choice", choices={">=": "≥"}, words={">=": ">=", "≥": ">="})


@pytest.mark.parametrize("text", ATTACKS)
def test_a_text_that_looks_like_a_formula_is_a_text_in_the_file_and_unchanged_when_read_back(
    text: str,
) -> None:
    data = filled(order("文具", item(text.strip())))
    cell = load_workbook(io.BytesIO(data)).worksheets[1]["B6"]
    assert (cell.data_type, cell.value) == ("s", text.strip())
    assert cell.quotePrefix
    assert names(read_one(data)) == [text.strip()]


@pytest.mark.parametrize("text", ATTACKS)
def test_in_a_csv_file_an_apostrophe_stands_before_what_looks_like_a_formula(text: str) -> None:
    assert csv_safe(text) == f"'{text}"
    out = io.StringIO()
    csv.writer(out).writerow([csv_safe(text)])
    assert not starts_like_formula(next(csv.reader(io.StringIO(out.getvalue())))[0])


@pytest.mark.parametrize("text", ["改造路灯", "1=1", "a-b", "", "'=1"])
def test_any_other_text_stands_in_a_csv_file_as_it_is(text: str) -> None:
    assert csv_safe(text) == text


@given(st.text(st.sampled_from("_xX05Ff41aA"), max_size=24))
def test_what_looks_like_an_escape_of_the_file_format_survives(text: str) -> None:
    assert names(read_one(filled(order("文具", item(f"名{text}名"))))) == [f"名{text}名"]


def test_characters_a_file_cannot_hold_are_left_out() -> None:
    assert written("a\x00b\ufffec\ud800d\n") == "abcd\n"


@given(st.lists(st.text(max_size=40), max_size=30))
def test_sheet_names_are_allowed_and_all_different(wanted: list[str]) -> None:
    given_names = sheet_names(wanted)
    assert len({name.casefold() for name in given_names}) == len(wanted)
    for name in given_names:
        assert 1 <= len(name.encode("utf-16-le", "surrogatepass")) // 2 <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.casefold() != "history"


def test_a_sheet_name_stays_near_the_wanted_one() -> None:
    long = "城区三条支路路灯节能改造及夜间照明提升工程（二期）项目（示例）"
    assert sheet_names(["路灯/改造", "路灯 改造", long, long, "", "History"]) == [
        "路灯 改造",
        "路灯 改造(2)",
        long[:31],
        f"{long[:28]}(2)",
        "表",
        "History(2)",
    ]


@pytest.mark.parametrize(
    ("field", "raw", "percent", "value"),
    [
        (NUMBER, 90.0, False, "90"),
        (NUMBER, 0.1 + 0.2, False, "0.3"),
        (NUMBER, 0.9, True, "90"),
        (NUMBER, "90%", False, "90"),
        (NUMBER, "９０．５", False, "90.5"),
        (NUMBER, " 1,234.5 ", False, "1234.5"),
        (NUMBER, "1，234", False, "1234"),
        (NUMBER, "-3", False, "-3"),
        (NUMBER, 1e13, False, "10000000000000"),
        (POINTS, "22.50", False, "22.5"),
        (MONEY, 100.0, False, "1000000"),
        (MONEY, 0.000001, False, "0.01"),
        (MONEY, "1,234.56", False, "12345600"),
    ],
)
def test_a_number_is_read_exactly_however_it_was_typed(
    field: Field, raw: Raw, percent: bool, value: str
) -> None:
    assert parsed(field, raw, percent=percent) == Decimal(value)


@pytest.mark.parametrize(
    ("field", "raw", "percent", "value"),
    [
        (TEXT, 90.0, False, "90"),
        (TEXT, 0.075, True, "7.5%"),
        (TEXT, " 路灯 ", False, "路灯"),
        (TEXT, "a\r\nb\x07", False, "a\nb"),
        (TEXT, True, False, "TRUE"),
        (TEXT, "   ", False, None),
        (TEXT, "", False, None),
        (DAY, date(2023, 1, 31), False, date(2023, 1, 31)),
        (DAY, datetime(2023, 1, 31, 8, tzinfo=UTC), False, date(2023, 1, 31)),
        (DAY, 44957.0, False, date(2023, 1, 31)),
        (DAY, "２０２３年1月31日", False, date(2023, 1, 31)),
        (DAY, "2023/1/31", False, date(2023, 1, 31)),
        (TARGET, 0.9, True, "90%"),
        (TARGET, 90.0, False, Decimal(90)),
        (TARGET, "达到验收标准", False, "达到验收标准"),
        (KIND, "＞＝", False, ">="),
        (KIND, " ≥ ", False, ">="),
    ],
)
def test_other_cells_are_read_as_their_field(
    field: Field, raw: Raw, percent: bool, value: Value
) -> None:
    assert parsed(field, raw, percent=percent) == value


@pytest.mark.parametrize(
    ("field", "raw", "code"),
    [
        (NUMBER, "约90", "number_expected"),
        (NUMBER, "1e5", "number_expected"),
        (NUMBER, "NaN", "number_expected"),
        (NUMBER, True, "number_expected"),
        (NUMBER, date(2023, 1, 1), "number_expected"),
        (NUMBER, "9" * 30, "number_expected"),
        (NUMBER, 1e300, "number_out_of_range"),
        (NUMBER, -1e300, "number_out_of_range"),
        (NUMBER, 0.00001, "number_too_precise"),
        (POINTS, 100.01, "number_out_of_range"),
        (POINTS, -1.0, "number_out_of_range"),
        (POINTS, 7.505, "number_too_precise"),
        (MONEY, 0.0000001, "number_too_precise"),
        (MONEY, 1e300, "number_out_of_range"),
        (MONEY, "9" * 22, "number_out_of_range"),
        (TEXT, date(2023, 3, 5), "turned_into_date"),
        (TEXT, time(3, 5), "turned_into_date"),
        (TEXT, "一二三四五六", "text_too_long"),
        (DAY, "2023-02-30", "date_expected"),
        (DAY, "年底", "date_expected"),
        (DAY, -1.0, "date_expected"),
        (KIND, "大概", "choice_unknown"),
    ],
)
def test_a_cell_that_is_not_its_field_says_why_and_how_to_mend_it(
    field: Field, raw: Raw, code: str
) -> None:
    with pytest.raises(BadCell) as bad:
        parsed(field, raw, percent=False)
    assert bad.value.code == code
    assert field.label in str(bad.value) or code == "date_expected"
    assert bad.value.mend


@given(st.decimals(-(10**14), 10**14, allow_nan=False, places=4))
def test_any_number_the_api_takes_comes_back_as_it_was(value: Decimal) -> None:
    cell = printed(NUMBER, value)
    assert cell is not None
    assert not isinstance(cell.value, date)
    assert parsed(NUMBER, cell.value, percent=False) == value
