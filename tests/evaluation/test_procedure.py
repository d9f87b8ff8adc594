"""评价程序 as its files say: days, ways of merging, the outline of a report; unsound ones are refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.evaluation.domain.procedure import (
    STEPS,
    Procedure,
    procedure,
)
from shared.rulebook import Rule, UnsoundRule, load_all

TODAY = date(2024, 5, 6)
_FILES = load_all(Path(__file__).parents[2] / "services" / "evaluation" / "procedure")


def test_the_days_of_each_step_count_from_the_one_before() -> None:
    days = {"notified": 5, "scheme": 15, "fieldwork": 10, "draft": 30, "exchange_of_views": 5,
            "final": 15, "fed_back": 10, "disclosed": 20, "archived": 30}  # fmt: skip
    assert list(days) == list(STEPS)[1:]
    due, day = {}, TODAY
    for step, count in days.items():
        day += timedelta(days=count)
        due[step] = day
    assert procedure().due_days(TODAY) == due


def test_the_ways_of_merging_are_rounded_to_cents_and_cited() -> None:
    found = {
        code: (rule.label, rule.at_least, rule.rounding.places, rule.citation.rule_id)
        for code in ("average", "median", "drop_extremes_average", "lead")
        for rule in [procedure().merge_rule(code, TODAY)]
    }
    assert found == {
        "average": ("算术平均", 2, 2, "score-merging"),
        "median": ("中位数", 2, 2, "score-merging"),
        "drop_extremes_average": ("去掉一个最高分和一个最低分后平均", 3, 2, "score-merging"),
        "lead": ("以主评人评分为准", 1, 2, "score-merging"),
    }


def test_the_outline_of_a_report_has_seven_chapters_of_which_the_last_may_be_left_out() -> None:
    outline = procedure().outline(TODAY)
    assert outline.chapters == {
        "basics": "基本情况",
        "work": "绩效评价工作开展情况",
        "conclusion": "综合评价情况及评价结论",
        "analysis": "绩效评价指标分析",
        "experience": "主要经验及做法、存在的问题及原因分析",
        "advice": "有关建议",
        "other": "其他需要说明的问题",
    }
    assert outline.chapters.keys() - outline.required == {"other"}
    assert (outline.shown_from, outline.years_before) == (Decimal("0.6"), 3)
    assert outline.citation.rule_id == "report-outline"
    assert outline.citation.source.verified is False


def _changed(rule_id: str, change: Callable[[dict[str, Any]], Any]) -> Rule:
    """The shipped rule with values changed."""
    [version] = _FILES[rule_id].versions
    values = {key: value for key, value in (version.values or {}).items()}
    change(values)
    return replace(_FILES[rule_id], versions=(replace(version, values=values),))


def _procedure(**changed: Rule) -> Procedure:
    shipped = {
        "steps": _FILES["evaluation-steps"],
        "merging": _FILES["score-merging"],
        "outlines": _FILES["report-outline"],
        "papers": _FILES["working-papers"],
    }
    return Procedure(**(shipped | changed))


def _days(**days: Any) -> Procedure:
    changed = _changed("evaluation-steps", lambda v: v.update(days={**v["days"], **days}))
    return _procedure(steps=changed)


def _merging(change: Callable[[dict[str, Any]], Any]) -> Procedure:
    changed = _changed("score-merging", change)
    return _procedure(merging=changed)


def _outline(change: Callable[[dict[str, Any]], Any]) -> Procedure:
    changed = _changed("report-outline", change)
    return _procedure(outlines=changed)


@pytest.mark.parametrize("days", [{"notified": -1}, {"notified": 366}, {"planned": 1}])
def test_days_that_cannot_be_are_refused(days: dict[str, int]) -> None:
    with pytest.raises(UnsoundRule):
        _days(**days).due_days(TODAY)


def test_no_day_and_a_whole_year_are_days() -> None:
    due = _days(notified=0, scheme=365).due_days(TODAY)
    assert (due["notified"], due["scheme"]) == (TODAY, TODAY + timedelta(days=365))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda v: v["merges"].pop(), "each of"),
        (lambda v: v.update(places=7), "places"),
        (lambda v: v.update(merges=[*v["merges"][:3], v["merges"][0]]), "average"),
        (lambda v: v.update(merges=[{**v["merges"][0], "at_least": 0}, *v["merges"][1:]]),
         "at_least"),
        (lambda v: v.update(merges=[{**v["merges"][0], "code": "guess"}, *v["merges"][1:]]),
         "code"),
        (lambda v: v.update(extra=1), "extra"),
    ],
)  # fmt: skip
def test_ways_of_merging_that_cannot_be_are_refused(change: Any, said: str) -> None:
    def copied(values: dict[str, Any]) -> None:
        values["merges"] = [dict(each) for each in values["merges"]]
        change(values)

    with pytest.raises(UnsoundRule, match=said):
        _merging(copied).merge_rule("average", TODAY)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda v: v.update(shown_from=2), "shown_from"),
        (lambda v: v.update(years_before=21), "years_before"),
        (lambda v: v.update(chapters=[*v["chapters"], v["chapters"][0]]), "chapters"),
        (lambda v: v.update(chapters=[{"code": "a", "label": "甲"}]), "required"),
        (lambda v: v.update(chapters=[{"code": "a", "label": " ", "required": True}]), "label"),
        (lambda v: v.update(extra=1), "extra"),
    ],
)
def test_an_outline_that_cannot_be_is_refused(change: Any, said: str) -> None:
    with pytest.raises(UnsoundRule, match=said):
        _outline(change).outline(TODAY)


def test_a_bound_of_the_outline_is_inside() -> None:
    outline = _outline(lambda v: v.update(shown_from=1, years_before=20)).outline(TODAY)
    assert (outline.shown_from, outline.years_before) == (Decimal(1), 20)
