"""Printed targets, read the one way they can be read or kept as text."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.goals.domain.targets import Target, counts, measure_of, numeral, parse, within
from tests.goals.drafts import cases


@pytest.mark.parametrize("case", cases("targets.toml")["targets"], ids=lambda case: case["printed"])
def test_a_printed_target_has_one_plain_reading_or_stays_text(case: dict[str, Any]) -> None:
    read = parse(case["printed"])
    value = Decimal(case["value"]) if "value" in case else None
    said = (case.get("operator"), value, case.get("unit"), case.get("text"))
    assert (read.operator, read.value, read.unit, read.text) == said


def test_a_unit_column_counts_when_the_value_prints_none() -> None:
    assert parse("≥90", "%").unit == "%"
    assert parse("≥90人", "%").unit == "人"


def test_a_sentence_may_end_with_its_target() -> None:
    assert within("辖区企业满意率达95%以上") == Target(">=", Decimal(95), "%", None, True)
    assert within("12月底前100%到位") is None


@pytest.mark.parametrize(
    ("name", "measure"),
    [
        ("改造楼栋数", "栋"),
        ("临时救助人次", "人次"),
        ("车辆数", "辆"),
        ("亮灯率", None),
        ("数", None),
    ],
)
def test_a_count_names_its_measure(name: str, measure: str | None) -> None:
    assert measure_of(name) == measure


@given(st.integers(1, 9999))
def test_a_chinese_numeral_reads_back(number: int) -> None:
    digits = "零一二三四五六七八九"
    spelled = ""
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // scale % 10
        if digit:
            spelled += digits[digit] + name
        elif spelled and number % scale and not spelled.endswith("零"):
            spelled += "零"
    assert numeral(spelled) == number


@given(st.text(max_size=20))
def test_any_text_can_be_read(text: str) -> None:
    read = parse(text)
    assert read.text is None or read.value is None


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("更换路灯120盏", True),
        ("完成三十二项任务", True),
        ("九成以上", True),
        ("空置少于百分之五", True),
        ("2023年12月31日前", False),
        ("一般水平", False),
        ("统一管理", False),
    ],
)
def test_a_text_counts_something_or_only_names_a_day(text: str, counted: bool) -> None:
    assert counts(text) is counted
