"""基础数据: filed by the unit, ratios with receipts, and what its projects add up to beside them."""

from typing import Any

import httpx

from tests.conftest import eventually
from tests.evaluation.builders import YEAR, approved_project, expect_404
from tests.world import Person, World


def path_of(unit: str, year: int = YEAR) -> str:
    """The base data of a unit's year."""
    return f"/evaluation/department-base-data/{unit}/{year}"


async def file(
    person: Person, unit: str, version: int | None = None, **figures: str | None
) -> httpx.Response:
    """Put the figures over the version read."""
    headers = {} if version is None else {"if-match": f'"{version}"'}
    return await person.send("PUT", path_of(unit), json={"figures": figures}, headers=headers)


async def first_filed(world: World, **figures: str | None) -> httpx.Response:
    """The unit's first figures, as soon as evaluation has learnt of the unit."""
    await approved_project(world)
    answers: list[httpx.Response] = []

    async def known() -> bool:
        answers.append(await file(world.filler(), "219001", None, **figures))
        return answers[-1].status_code != 404

    await eventually(known)
    return answers[-1]


def by_code(rows: list[dict[str, Any]], field: str) -> dict[str, Any]:
    """One field of each row that has it."""
    return {row["code"]: row[field] for row in rows if row[field] is not None}


async def test_another_units_base_data_does_not_exist(world: World, other_world: World) -> None:
    assert (await first_filed(world, staff="47")).status_code == 201
    await expect_404(world.filler("219002"), "GET", path_of("219001"))
    await expect_404(other_world.officer, "GET", path_of("219001"))
    await expect_404(world.filler("219002"), "PUT", path_of("219001"), {"figures": {}})
    await expect_404(world.filler("219009"), "PUT", path_of("219009"), {"figures": {}})
    assert (await file(world.officer, "219001", staff="1")).status_code == 403


async def test_ratios_follow_from_the_figures_and_say_how(world: World) -> None:
    unit = world.filler()
    filed = await first_filed(world, staff="47", staff_quota="50", procured="0")
    assert (filed.status_code, filed.json()["allowed_actions"]) == (201, ["base_data.file"])
    assert by_code(filed.json()["ratios"], "percent") == {"staff_control": "94.00"}
    [control, *_] = filed.json()["ratios"]
    assert control["receipt"]["arithmetic"] == "47 ÷ 50 × 100% = 94%"
    assert control["receipt"]["source"]["verified"] is False
    assert (await file(unit, "219001", staff="48")).status_code == 428
    again = await file(unit, "219001", 1, staff="48", staff_quota="0", procured=None)
    assert (again.status_code, again.json()["version"]) == (200, 2)
    assert by_code(again.json()["ratios"], "percent") == {}
    why = {one["code"]: one["receipt"]["why"] for one in again.json()["ratios"]}
    assert (why["staff_control"], why["procurement"][:2]) == ("编制数为零", "缺少")
    refused = await file(unit, "219001", 2, happiness="1")
    assert (refused.status_code, "happiness" in refused.text) == (422, True)


async def test_what_the_projects_add_up_to_stands_beside(world: World) -> None:
    await approved_project(world)
    assert (await first_filed(world, budget="1")).status_code == 201

    async def both_known() -> bool:
        read = (await world.officer.get(path_of("219001"))).json()
        return by_code(read["figures"], "of_projects").get("budget") == "2000000.00"

    await eventually(both_known)
