"""Grades: published pairs, the edges between grades, and what may not be graded."""

import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.grading import GradeScale, ScoreOutOfRange, grade
from services.evaluation.domain.numbers import Rounding
from services.evaluation.domain.rules import load_rules
from shared.rulebook import NoRuleInForce

_CASES = Path(__file__).parent / "cases"
_RULES = load_rules(Path(__file__).parents[2] / "services" / "evaluation" / "rules")
_SCALE = _RULES.grades(date(2024, 1, 31))


def _cases() -> list[Any]:
    files = [_CASES / "xingqing-2023-grades.toml", _CASES / "grade-edges.toml"]
    documents = [tomllib.loads(path.read_text("utf-8"), parse_float=Decimal) for path in files]
    return [
        pytest.param(Decimal(case["score"]), case["grade"], document["day"], id=case["name"])
        for document in documents
        for case in document["case"]
    ]


@pytest.mark.parametrize(("score", "label", "day"), _cases())
def test_a_score_gets_the_grade_the_bureau_published(score: Decimal, label: str, day: date) -> None:
    assert grade(score, _RULES.grades(day)).label == label


def test_the_bureau_published_nineteen_pairs() -> None:
    document = tomllib.loads((_CASES / "xingqing-2023-grades.toml").read_text("utf-8"))
    assert len(document["case"]) == 19


def test_a_grade_says_how_far_the_next_one_is_and_where_it_stands_written() -> None:
    graded = grade(Decimal("89.29"), _SCALE)
    receipt = graded.receipt.as_dict()
    assert (graded.code, graded.score) == ("good", Decimal("89.29"))
    assert receipt["arithmetic"] == "80 ≤ 89.29 < 90"
    assert receipt["what_would_change_it"] == "达到 90 分为“优”，还差 0.71 分；低于 80 分为“中”"
    assert (receipt["rule_id"], receipt["version"]) == ("grades", "2020-02-25")
    assert receipt["points_lost"] == "10.71"


@pytest.mark.parametrize("score", ["-0.01", "100.01"])
def test_a_score_outside_zero_to_a_hundred_has_no_grade(score: str) -> None:
    with pytest.raises(ScoreOutOfRange):
        grade(Decimal(score), _SCALE)


def test_there_is_no_grade_scale_before_the_regulation() -> None:
    with pytest.raises(NoRuleInForce):
        _RULES.grades(date(2020, 2, 24))


@given(st.decimals(0, 100, places=4), st.decimals(0, 100, places=4))
def test_a_higher_score_never_gets_a_worse_grade(one: Decimal, other: Decimal) -> None:
    assert _rank(max(one, other), _SCALE) <= _rank(min(one, other), _SCALE)


@given(st.decimals(0, 100, places=4))
def test_rounding_before_grading_changes_nothing(score: Decimal) -> None:
    assert grade(grade(score, _SCALE).score, _SCALE).code == grade(score, _SCALE).code


def test_rounding_to_whole_points_would_have_given_another_grade() -> None:
    coarse = replace(_SCALE, rounding=Rounding(0))
    assert grade(Decimal("89.50"), coarse).label == "优"
    assert grade(Decimal("89.50"), _SCALE).label == "良"


def _rank(score: Decimal, scale: GradeScale) -> int:
    return [band.code for band in scale.bands].index(grade(score, scale).code)
