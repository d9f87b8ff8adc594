"""培训前后: first drafts of those who came and of those who did not, and no claim of a cause."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from deploy.local import Stack
from services.evaluation.domain.training_effect import (
    Drafts,
    Period,
    added,
    around,
    incomparable,
)
from shared.clock import business_day, now
from tests.evaluation.builders import YEAR, expect_404
from tests.evaluation.test_summary_issues import section_of, summary_of
from tests.evaluation.test_trainings import TRAININGS, known_units, order
from tests.world import World, created

HELD_ON = business_day(now()) - timedelta(days=10)


async def reviewed(world: World, stack: Stack, unit: str, grade: str, *, days_after: int) -> None:
    """A goal first submitted so many days after the training, with its first conclusion."""
    goal = await world.submitted_goal(unit=unit)
    verdict = {"grade": grade, "reason": "见批注"}
    await world.step(world.officer, goal, "reviews", verdict)
    noon = datetime.fromisoformat(f"{HELD_ON}T12:00:00+08:00")
    connection = await asyncpg.connect(stack.admin_url)
    try:
        await connection.execute(
            "update goals.goal_submission set submitted_at = $3"
            " where region_code = $1 and goal_id = $2",
            world.region_code,
            UUID(goal["id"]),
            noon + timedelta(days=days_after),
        )
    finally:
        await connection.close()


async def trained(world: World, *units: str) -> str:
    """The path of the effect of a training these units came to."""
    await known_units(world, *units)
    people = order(*((unit, "accountant", 2) for unit in units), held_on=str(HELD_ON))
    people["attendance"].append({"unit_code": units[0], "duty": "leader", "headcount": 1})
    training = created(await world.officer.post(TRAININGS, people))
    return f"{TRAININGS}/{training['id']}/effect"


def rates(one: dict[str, Any]) -> tuple[str | None, str | None]:
    """Before and after."""
    return one["before"]["first_pass_rate"], one["after"]["first_pass_rate"]


async def test_those_who_came_stand_beside_those_who_did_not(
    world: World, stack: Stack, other_world: World
) -> None:
    path = await trained(world, "219001", "219002")
    for unit, grade, days in (
        ("219001", "fair", -5), ("219001", "excellent", -90), ("219001", "excellent", 1),
        ("219002", "excellent", 8), ("219001", "poor", 0), ("219001", "poor", -91),
        ("219003", "good", -1), ("219003", "excellent", 2),
    ):  # fmt: skip
        await reviewed(world, stack, unit, grade, days_after=days)
    answer = await world.officer.get(path)
    assert answer.status_code == 200, answer.text
    effect = answer.json()
    assert effect["before"] == {
        "first_on": str(HELD_ON - timedelta(days=90)),
        "last_on": str(HELD_ON - timedelta(days=1)),
    }
    assert (effect["days"], effect["after_is_over"]) == (90, False)
    assert rates(effect["attended"]) == ("50.00", "100.00")
    assert rates(effect["others"]) == ("0.00", "100.00")
    counted = effect["attended"]["before"]
    assert (counted["submitted_count"], counted["returned_goal_count"]) == (2, 1)
    by_unit = {unit["unit_code"]: unit for unit in effect["items"]}
    assert [(code, unit["attended"], unit["comparable"]) for code, unit in by_unit.items()] == [
        ("219001", True, True), ("219002", True, False), ("219003", False, True),
    ]  # fmt: skip
    assert by_unit["219002"]["reason_code"] == "no_reviews_before"
    narrow = (await world.officer.get(path, days=4)).json()
    assert narrow["attended"]["reason_code"] == "no_reviews_before"
    assert narrow["others"]["comparable"]

    summary = await summary_of(world.officer)
    told = section_of(summary, "highlights")["paragraphs"][-1]
    assert "参加的单位由 50.00% 到 100.00%，未参加的由 0.00% 到 100.00%" in told
    figures = [one for one in summary["figures"] if one["code"].startswith("first_pass_")]
    assert len(figures) == 4
    for figure in figures:
        href = figure["trace"]["href"].removeprefix("/api/v1")
        behind = (await world.officer.send("GET", href)).json()["items"]
        assert len(behind) == figure["trace"]["count"]

    await expect_404(other_world.officer, "GET", path)
    assert (await world.filler().get(path)).status_code == 403


async def test_without_drafts_there_is_no_comparison_and_the_summary_is_silent(
    world: World,
) -> None:
    path = await trained(world, "219001")
    effect = (await world.officer.get(path)).json()
    assert (effect["attended"]["unit_count"], effect["others"]["unit_count"]) == (1, 0)
    assert (effect["attended"]["comparable"], effect["attended"]["reason_code"]) == (
        False, "no_reviews",
    )  # fmt: skip
    summary = await summary_of(world.officer)
    assert len(section_of(summary, "highlights")["paragraphs"]) == 1
    assert not [one for one in summary["figures"] if one["code"].startswith("first_pass_")]
    assert summary["fiscal_year"] == YEAR


def test_the_day_of_the_training_is_in_neither_period() -> None:
    assert around(date(2024, 3, 1), 1) == (
        Period(date(2024, 2, 29), date(2024, 2, 29)),
        Period(date(2024, 3, 2), date(2024, 3, 2)),
    )


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [(0, 0, "no_reviews"), (0, 1, "no_reviews_before"), (1, 0, "no_reviews_after"), (1, 1, None)],
)
def test_both_sides_need_a_reviewed_draft(before: int, after: int, reason: str | None) -> None:
    waiting = Drafts(submitted_count=3)
    sides = (added([waiting, Drafts(reviewed_count=n)]) for n in (before, after))
    assert incomparable(*sides) == reason


def test_a_rate_is_of_what_was_reviewed_rounded_half_up() -> None:
    assert Drafts(submitted_count=9).first_pass_rate is None
    assert str(Drafts(9, 3, 2).first_pass_rate) == "66.67"
    assert str(Drafts(9, 800, 1).first_pass_rate) == "0.13"
    assert added([]) == Drafts()
