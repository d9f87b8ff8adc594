"""Which goals the bureau looks at first, and why: what earlier years said of the project."""

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.goals.domain.attention import Attention, Decision, Letter, Result, attention
from services.goals.domain.vocabulary import RECTIFICATION_STATES

TODAY = date(2024, 1, 15)
_CASES = tomllib.loads((Path(__file__).parent / "cases" / "attention.toml").read_text("utf-8"))


@pytest.mark.parametrize("case", _CASES["case"], ids=lambda case: case["name"])
def test_what_is_known_decides_the_place_in_the_queue(case: dict[str, Any]) -> None:
    found = attention(
        [Result(r["year"], Decimal(r["score"]), r["grade"]) for r in case.get("results", [])],
        [Letter(one["no"], one["status"], one["due_on"]) for one in case.get("letters", [])],
        is_key=case.get("is_key", False),
        today=TODAY,
    )
    assert found == Attention(case["level"], case["reasons"])


_GRADES = st.sampled_from(["excellent", "good", "fair", "poor"])
_RESULTS = st.lists(st.builds(Result, st.integers(2019, 2023), st.just(Decimal(70)), _GRADES))
_LETTERS = st.lists(
    st.builds(
        Letter,
        st.sampled_from(["甲", "乙"]),
        st.sampled_from(list(RECTIFICATION_STATES)),
        st.integers(-30, 30).map(lambda days: TODAY + timedelta(days)),
    )
)


@given(_RESULTS, _LETTERS, _LETTERS, st.booleans())
def test_another_letter_never_moves_a_goal_back(
    results: list[Result], letters: list[Letter], more: list[Letter], is_key: bool
) -> None:
    before = attention(results, letters, is_key=is_key, today=TODAY)
    after = attention(results, letters + more, is_key=is_key, today=TODAY)
    assert after.level <= before.level
    assert set(before.reasons) <= set(after.reasons)


@given(_RESULTS, _LETTERS, st.booleans())
def test_only_the_last_place_goes_without_a_reason(
    results: list[Result], letters: list[Letter], is_key: bool
) -> None:
    found = attention(results, letters, is_key=is_key, today=TODAY)
    assert (found.level == 3) is (found.reasons == [])
    assert len(set(found.reasons)) == len(found.reasons)


@given(_RESULTS, _LETTERS, st.booleans(), st.randoms())
def test_the_order_in_which_things_became_known_does_not_matter(
    results: list[Result], letters: list[Letter], is_key: bool, random: Any
) -> None:
    before = attention(results, letters, is_key=is_key, today=TODAY)
    random.shuffle(results)
    random.shuffle(letters)
    after = attention(results, letters, is_key=is_key, today=TODAY)
    assert (after.level, sorted(after.reasons)) == (before.level, sorted(before.reasons))


@pytest.mark.parametrize(
    ("grade", "cuts", "noted"),
    [("poor", False, True), ("fair", False, True), ("good", False, False), ("good", True, True),
     ("excellent", False, False)],
)  # fmt: skip
def test_a_decision_to_act_on_a_poor_result_or_to_cut_comes_early(
    grade: str, cuts: bool, noted: bool
) -> None:
    decided = [Decision(2023, grade, "控制增长、改进管理", cuts)]
    found = attention([], [], decided, is_key=False, today=TODAY)
    told = "2023 年结果应用决定：控制增长、改进管理，须在目标与预算中落实"
    assert found == (Attention(1, [told]) if noted else Attention(3, []))
