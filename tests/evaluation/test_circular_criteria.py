"""通报名单标准: whom a unit's year commends or criticises, and what it is told."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.circulars import (
    CircularRule,
    FinalResult,
    LateForm,
    Letter,
    UnitYear,
    circular_rule,
)
from services.evaluation.domain.vocabulary import GRADES, LATENESS
from shared.rulebook import UnsoundRule, load_all

RULES = Path(__file__).parents[2] / "services" / "evaluation" / "rules"
RULE = circular_rule(load_all(RULES)["circulars"].versions[-1])


def result(grade: str = "excellent") -> FinalResult:
    return FinalResult("重点评价（示例）", "第 1 组", Decimal("92.50"), grade)


def letter(lateness: str) -> Letter:
    return Letter("财绩函 1 号（示例）", date(2024, 6, 30), lateness)


def year(*grades: str, late_forms: int = 0, letters: tuple[str, ...] = ()) -> UnitYear:
    """A unit's year with five forms."""
    late = LateForm("道路照明（示例）", date(2024, 3, 31), None)
    return UnitYear(
        [result(one) for one in grades], 5, [late] * late_forms, list(map(letter, letters))
    )


@pytest.mark.parametrize(
    ("unit", "commended", "criticised"),
    [
        (year("excellent"), True, False),
        (year("excellent", "excellent", letters=("on_time",)), True, False),
        (year(), False, False),
        (year("excellent", "good"), False, False),
        (year("excellent", late_forms=1), False, False),
        (year("excellent", letters=("on_time", "overdue")), False, True),
        (year("excellent", "poor"), False, True),
        (year("fair"), False, False),
        (year(letters=("escalated",)), False, True),
    ],
    ids=[
        "one excellent result", "two, and a rectification in time", "no result at all",
        "one of two results good only", "a form late", "a rectification overdue",
        "one of two results poor", "fair only", "no result, a rectification escalated",
    ],
)  # fmt: skip
def test_whom_the_criteria_propose(unit: UnitYear, commended: bool, criticised: bool) -> None:
    assert bool(RULE.criteria["commendation"].reasons(unit)) is commended
    assert bool(RULE.criteria["criticism"].reasons(unit)) is criticised


def test_every_reason_is_told_with_the_figures_behind_it() -> None:
    told = RULE.criteria["commendation"].reasons(year("excellent"))
    assert told == [
        "1 个评价结果均为优：“重点评价（示例）”第 1 组 92.50 分（优）",
        "5 份自评表均按期报送",
        "本年度没有整改",
    ]
    unit = year("poor", "poor", letters=("overdue", "on_time"))
    assert RULE.criteria["criticism"].reasons(unit) == [
        "评价结果：“重点评价（示例）”第 1 组 92.50 分（差）",
        "评价结果：“重点评价（示例）”第 1 组 92.50 分（差）",
        "整改 财绩函 1 号（示例） 已逾期（期限 2024-06-30）",
    ]


@given(
    st.lists(st.sampled_from(list(GRADES)), max_size=4),
    st.integers(0, 2),
    st.lists(st.sampled_from(list(LATENESS)), max_size=3),
)
def test_no_unit_is_commended_and_criticised_at_once(
    grades: list[str], late_forms: int, letters: list[str]
) -> None:
    unit = year(*grades, late_forms=late_forms, letters=tuple(letters))
    found = [kind for kind, criteria in RULE.criteria.items() if criteria.reasons(unit)]
    assert len(found) <= 1


def changed_rule(kind: str, **changes: Any) -> CircularRule:
    """The shipped criteria with some values replaced."""
    [version] = load_all(RULES)["circulars"].versions
    values: dict[str, Any] = dict(version.values or {})
    return circular_rule(replace(version, values={**values, kind: values[kind] | changes}))


def test_a_bureau_may_tolerate_a_late_form_and_the_reason_says_so() -> None:
    lenient = changed_rule("commendation", grades=["excellent", "good"], late_forms_max=1)
    assert lenient.criteria["commendation"].reasons(year("good", late_forms=1)) == [
        "1 个评价结果均为优或良：“重点评价（示例）”第 1 组 92.50 分（良）",
        "5 份自评表中 1 份迟报，未超过标准",
        "本年度没有整改",
    ]


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("commendation", {"grades": ["superb"]}),
        ("commendation", {"results_min": 0}),
        ("commendation", {"late_forms_max": Decimal("0.5")}),
        ("criticism", {"lateness": []}),
        ("criticism", {"fine": 1}),
    ],
    ids=str,
)
def test_unsound_criteria_are_refused(kind: str, change: dict[str, Any]) -> None:
    with pytest.raises(UnsoundRule):
        changed_rule(kind, **change)
