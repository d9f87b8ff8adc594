"""用款计划: filed by the unit, pushed by the budget system, every version kept."""

from typing import Any

import httpx

from deploy.local import Stack
from tests.monitoring.arranged import expect_404, monitored_goal
from tests.monitoring.executed import PROJECT, executions
from tests.world import Person, World

SPRING = ["0", "0", "50", "100", *["100"] * 8]
AUTUMN = [*["0"] * 8, "50", "100", "100", "100"]
IMPORTS = "/monitoring/payment-plan-imports"


def path_of(project: str, year: int = 2023) -> str:
    """The plan of a project's year."""
    return f"/projects/{project}/payment-plans/{year}"


async def put(
    person: Person, project: str, curve: list[str], *, version: int | None = None
) -> httpx.Response:
    """File a plan over the version read."""
    headers = {} if version is None else {"if-match": f'"{version}"'}
    body = {"planned_pct_by_month": curve}
    return await person.send("PUT", f"/monitoring{path_of(project)}", json=body, headers=headers)


def plan_row(project: str, curve: list[str]) -> dict[str, Any]:
    """A plan as the budget system pushes it."""
    return {"project_code": project, "fiscal_year": 2023, "planned_pct_by_month": curve}


async def test_another_units_or_regions_plan_does_not_exist(
    world: World, other_world: World
) -> None:
    project = (await monitored_goal(world))["project_code"]
    assert (await put(world.filler(), project, SPRING)).status_code == 201
    await expect_404(world.filler("219002"), "GET", path_of(project))
    await expect_404(other_world.officer, "GET", path_of(project))
    body = {"planned_pct_by_month": SPRING}
    await expect_404(world.filler("219002"), "PUT", path_of(project), body)
    await expect_404(world.filler(), "PUT", path_of(PROJECT.format(99)), body)
    await expect_404(world.filler(), "PUT", path_of(project, 2024), body)


async def test_a_unit_files_its_plan_and_changes_the_version_it_read(world: World) -> None:
    project = (await monitored_goal(world))["project_code"]
    await expect_404(world.filler(), "GET", path_of(project))
    filed = await put(world.filler(), project, SPRING)
    assert (filed.status_code, filed.headers["etag"]) == (201, '"1"')
    assert filed.json()["allowed_actions"] == ["payment_plan.write"]
    assert (await put(world.filler(), project, AUTUMN)).status_code == 428
    assert (await put(world.filler(), project, AUTUMN, version=2)).status_code == 412
    changed = await put(world.filler(), project, AUTUMN, version=1)
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert [plan["version"] for plan in changed.json()["earlier"]] == [1]
    read = await world.officer.get(f"/monitoring{path_of(project)}")
    assert (read.json()["earlier"], read.json()["allowed_actions"]) == (
        changed.json()["earlier"],
        [],
    )
    assert [float(one) for one in read.json()["planned_pct_by_month"]] == [float(o) for o in AUTUMN]
    again = await put(world.filler(), project, AUTUMN, version=2)
    assert again.json()["version"] == 2


async def test_a_curve_that_is_none_is_refused_with_the_reason(world: World) -> None:
    project = (await monitored_goal(world))["project_code"]
    for curve, reason in (
        (SPRING[:11], "现有 11 个"),
        (["10", "9", *SPRING[2:]], "2 月的 9 小于 1 月的 10"),
        (["0"] * 12, "12 月的累计百分数须为 100"),
    ):
        answer = await put(world.filler(), project, curve)
        assert answer.status_code == 422
        [error] = answer.json()["errors"]
        assert error["pointer"] == "/planned_pct_by_month"
        assert reason in error["detail"]
    assert (await put(world.filler(), project, ["100.01"] * 12)).status_code == 422


async def test_the_budget_system_pushes_plans_and_repeats_them(world: World, stack: Stack) -> None:
    goal = await monitored_goal(world)
    project, unknown = goal["project_code"], PROJECT.format(77)
    rows = [plan_row(project, SPRING), plan_row(unknown, AUTUMN), plan_row(unknown, ["1"] * 12)]

    async def pushed(*rows: dict[str, Any], **params: Any) -> list[str]:
        answer = await world.integration.post(IMPORTS, {"items": list(rows)}, params=params)
        assert answer.status_code == 207, answer.text
        return [result["status"] for result in answer.json()["results"]]

    assert await pushed(*rows, dry_run=True) == ["created", "created", "failed"]
    assert await pushed(*rows) == ["created", "created", "failed"]
    assert await pushed(*rows[:2]) == ["unchanged", "unchanged"]
    assert await pushed(plan_row(project, AUTUMN), rows[1]) == ["updated", "unchanged"]
    found = await executions(world, as_of="2023-09-30")
    assert [(row["plan_version"], row["planned_share"]) for row in found] == [
        (2, "50.00"),
        (1, "50.00"),
    ]
    refused = await put(world.filler(), project, SPRING)
    assert refused.status_code == 428
