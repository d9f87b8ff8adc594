"""预警看板: one light a project, counted by office, department and unit, and traced to its warning."""

from typing import Any
from uuid import uuid4

import pytest

from tests.monitoring.arranged import (
    expect_404,
    monitored_goal,
    open_round,
    pay,
    run_rules,
    warnings_of,
)
from tests.world import Person, World

LIGHTS = ("red", "yellow", "green", "blue", "not_applicable")
GROUPS = ("office", "department", "unit")


async def board(person: Person, monitoring: dict[str, Any], by: str = "unit") -> dict[str, Any]:
    """The counts of a round as this person reads them."""
    path = f"/monitoring/monitoring-rounds/{monitoring['id']}/colour-statistics"
    answer = await person.get(path, by=by)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def lights(person: Person, monitoring: dict[str, Any], **asked: Any) -> list[dict[str, Any]]:
    """The projects' lights as this person reads them."""
    path = f"/monitoring/monitoring-rounds/{monitoring['id']}/project-colours"
    answer = await person.get(path, **asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def judged_round(world: World) -> tuple[dict[str, Any], list[str]]:
    """By July one project of two units has paid nothing, one two fifths, one nearly all."""
    codes = []
    for unit, paid in (("219001", None), ("219001", "420000.00"), ("219002", "600000.00")):
        goal = await monitored_goal(world, unit=unit)
        codes.append(goal["project_code"])
        if paid:
            await pay(world, goal["project_code"], (paid, "2023-06-01"))
    monitoring = await open_round(world, name=uuid4().hex)
    await run_rules(world, monitoring)
    return monitoring, codes


def counted(row: dict[str, Any]) -> dict[str, int]:
    """The lights of a row that are not nought."""
    return {light: row[light] for light in LIGHTS if row[light]}


@pytest.mark.parametrize("view", ["colour-statistics?by=unit", "project-colours"])
async def test_another_regions_board_does_not_exist(
    world: World, other_world: World, view: str
) -> None:
    await monitored_goal(other_world)
    monitoring = await open_round(other_world)
    await expect_404(world.officer, "GET", f"/monitoring-rounds/{monitoring['id']}/{view}")


async def test_each_project_shows_its_worst_finding_and_the_warning_behind_it(
    world: World,
) -> None:
    monitoring, [unpaid, behind, ahead] = await judged_round(world)
    rows = {row["project_code"]: row for row in await lights(world.officer, monitoring)}
    assert [rows[code]["colour"] for code in (unpaid, behind, ahead)] == ["red", "yellow", "green"]
    assert rows[unpaid]["colour_label"] == "红色"
    warnings = {warning["project_code"]: warning["id"] for warning in await warnings_of(world)}
    shown = {code: row["warning_id"] for code, row in rows.items() if row["warning_id"]}
    assert shown == warnings
    assert set(warnings) == {unpaid, behind}


async def test_lights_are_asked_for_by_colour_unit_and_office_page_by_page(world: World) -> None:
    monitoring, [unpaid, behind, ahead] = await judged_round(world)
    everywhere = await lights(world.officer, monitoring)
    office = everywhere[0]["office"]
    for asked, expected in [
        ({"colour": "red"}, {unpaid}),
        ({"unit_code": "219001"}, {unpaid, behind}),
        ({"unit_code": "219001", "colour": "green"}, set()),
        (
            {"office": office},
            {row["project_code"] for row in everywhere if row["office"] == office},
        ),
        ({"office": "无此业务室"}, set()),
    ]:
        found = await lights(world.officer, monitoring, **asked)
        assert {row["project_code"] for row in found} == expected, asked
    first = await lights(world.officer, monitoring, limit=2)
    assert [row["project_code"] for row in first] == sorted([unpaid, behind, ahead])[:2]


@pytest.mark.parametrize("by", GROUPS)
async def test_the_groups_add_up_to_the_total_and_the_total_names_its_scope(
    world: World, by: str
) -> None:
    monitoring, _ = await judged_round(world)
    found = await board(world.officer, monitoring, by)
    assert counted(found["total"]) == {"red": 1, "yellow": 1, "green": 1}
    for name in (*LIGHTS, "project_count"):
        assert sum(group[name] for group in found["groups"]) == found["total"][name]
    assert all(group["label"] for group in found["groups"])
    assert monitoring["name"] in found["scope"]


async def test_a_unit_sees_its_own_lights_only(world: World) -> None:
    monitoring, [unpaid, behind, _] = await judged_round(world)
    clerk = world.filler("219001")
    assert {row["project_code"] for row in await lights(clerk, monitoring)} == {unpaid, behind}
    assert counted((await board(clerk, monitoring))["total"]) == {"red": 1, "yellow": 1}


async def test_before_any_run_the_board_is_empty(world: World) -> None:
    await monitored_goal(world)
    monitoring = await open_round(world)
    found = await board(world.officer, monitoring)
    assert (found["total"]["project_count"], found["groups"]) == (0, [])
    assert await lights(world.officer, monitoring) == []
