"""审核 as values: the quantitative table, the conclusion that follows from it, judgement of the rest."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.goals.domain import rules_in_force
from services.goals.domain.goal_review import (
    Opinion,
    ReviewRefused,
    by_judgement,
    by_table,
    grade_of,
)
from services.goals.domain.goal_states import ReviewGrade

RULE = rules_in_force.load()["goal-review"].on(date(2023, 1, 1))
VALUES = RULE.values or {}
WEIGHTS: Mapping[str, Decimal] = VALUES["items"]
FULL = {code: Decimal(weight) for code, weight in WEIGHTS.items()}


def table(**scores: str) -> list[Opinion]:
    """The table with full marks but for those named."""
    points = {**FULL, **{code: Decimal(score) for code, score in scores.items()}}
    return [Opinion(code, score) for code, score in points.items()]


def test_the_table_has_four_contents_of_20_30_30_20() -> None:
    sums: dict[str, int] = {}
    for code, content in VALUES["item_contents"].items():
        sums[content] = sums.get(content, 0) + int(WEIGHTS[code])
    assert sums == {
        "completeness": 20,
        "relevance": 30,
        "appropriateness": 30,
        "feasibility": 20,
    }
    assert set(sums) == set(VALUES["contents"])
    assert set(VALUES["labels"]) == {*WEIGHTS, *sums}


@pytest.mark.parametrize(
    ("total", "grade"),
    [
        ("100", "excellent"), ("90", "excellent"), ("89.99", "good"), ("80", "good"),
        ("79.99", "fair"), ("60", "fair"), ("59.99", "poor"), ("0", "poor"),
    ],
)  # fmt: skip
def test_the_grade_of_a_total(total: str, grade: str) -> None:
    assert grade_of(Decimal(total), RULE) == grade


def test_the_conclusion_on_a_key_project_follows_from_its_total() -> None:
    verdict = by_table(table(funds_match="5", clarity="9.5"), None, RULE)
    assert (verdict.total, verdict.grade) == (Decimal("89.5"), ReviewGrade.GOOD)


@pytest.mark.parametrize(
    ("scores", "claimed", "pointer", "code"),
    [
        (table()[1:], None, "/items", "table_incomplete"),
        ([*table(), Opinion("clarity", Decimal(1))], None, "/items", "table_incomplete"),
        ([*table()[1:], Opinion("beauty", Decimal(1))], None, "/items", "table_incomplete"),
        (table(clarity="10.01"), None, "/items/1/score", "score_out_of_range"),
        (table(clarity="-0.01"), None, "/items/1/score", "score_out_of_range"),
        ([Opinion("standard_completeness"), *table()[1:]], None, "/items/0/score",
         "score_out_of_range"),
        (table(), ReviewGrade.GOOD, "/grade", "grade_off_total"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_stand(
    scores: list[Opinion], claimed: ReviewGrade | None, pointer: str, code: str
) -> None:
    with pytest.raises(ReviewRefused) as refused:
        by_table(scores, claimed, RULE)
    assert (refused.value.pointer, refused.value.code) == (pointer, code)
    assert refused.value.mend


def test_other_projects_are_judged() -> None:
    assert by_judgement([], ReviewGrade.FAIR, RULE).grade is ReviewGrade.FAIR
    opinions = [Opinion("relevance", grade=ReviewGrade.GOOD), Opinion("feasibility", text="可行")]
    assert by_judgement(opinions, ReviewGrade.GOOD, RULE).total is None


@pytest.mark.parametrize(
    ("opinions", "code"),
    [
        ([Opinion("relevance", grade=ReviewGrade.POOR)], "grade_above_opinions"),
        ([Opinion("clarity", grade=ReviewGrade.GOOD)], "unknown_item"),
        ([Opinion("relevance"), Opinion("relevance")], "unknown_item"),
        ([Opinion("relevance", Decimal(20))], "score_without_table"),
    ],
)
def test_a_judgement_that_cannot_stand(opinions: list[Opinion], code: str) -> None:
    with pytest.raises(ReviewRefused) as refused:
        by_judgement(opinions, ReviewGrade.FAIR, RULE)
    assert refused.value.code == code


@given(st.fixed_dictionaries({code: st.decimals(0, int(w), places=2) for code, w in FULL.items()}))
def test_a_total_is_the_sum_of_its_table_and_more_points_never_make_it_worse(
    points: dict[str, Decimal],
) -> None:
    verdict = by_table([Opinion(code, score) for code, score in points.items()], None, RULE)
    assert verdict.total == sum(points.values())
    order = list(ReviewGrade)
    assert order.index(by_table(table(), None, RULE).grade) <= order.index(verdict.grade)


def test_a_refusal_speaks_of_grades_and_items_as_people_do() -> None:
    with pytest.raises(ReviewRefused, match="对应的结论是优，不是良"):
        by_table(table(), ReviewGrade.GOOD, RULE)
    with pytest.raises(ReviewRefused, match="规范完整性（standard_completeness）"):
        by_table(table()[1:], None, RULE)
    with pytest.raises(ReviewRefused, match="“优”高于分项意见中最低的“差”"):
        by_judgement([Opinion("relevance", grade=ReviewGrade.POOR)], ReviewGrade.EXCELLENT, RULE)
