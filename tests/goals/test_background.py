"""结果应用: what evaluation and monitoring found of a project is there when its next goal is drawn up
and reviewed."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.local import Stack
from shared.db import sqlalchemy_url
from tests.conftest import eventually
from tests.evaluation.builders import (
    UNIT,
    YEAR,
    approved_project,
    expect_404,
    finalized,
    group,
    planned,
    rechecked_form,
    sheet_row,
    submitted_form,
)
from tests.evaluation.builders import letter_order as requested_letter
from tests.evaluation.ex_ante import confirm_ex_ante, confirmed_ex_ante, recorded_ex_ante
from tests.monitoring.arranged import letter_order, step
from tests.world import Person, World, created

NEXT = YEAR + 1
#: 决策 4 + 过程 20 + 产出 24 + 效益 0 = 48.00，差。
POOR = [
    sheet_row("decision", "20", 1, 5),
    sheet_row("process", "20", 5, 5),
    sheet_row("output", "30", 4, 5),
    sheet_row("benefit", "30", 0, 5),
]
#: 决策 20 + 过程 20 + 产出 30 + 效益 0 = 70.00，中。
FAIR = [
    sheet_row("decision", "20", 5, 5),
    sheet_row("process", "20", 5, 5),
    sheet_row("output", "30", 5, 5),
    sheet_row("benefit", "30", 0, 5),
]


async def background(
    world: World, project: str, *, year: int = NEXT, person: Person | None = None
) -> dict[str, Any]:
    """What is known when the project's goal of the year is drawn up."""
    reader = person or world.officer
    answer = await reader.get(f"/goals/projects/{project}/background", fiscal_year=year)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def known(world: World, project: str, part: str, count: int = 1) -> list[dict[str, Any]]:
    """This many results, self-evaluations or rectifications, as soon as goals has learnt of them."""

    async def arrived() -> bool:
        return len((await background(world, project))[part]) == count

    await eventually(arrived)
    return list((await background(world, project))[part])


async def evaluated(world: World, project: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A final evaluation of the project."""
    return await finalized(world, await planned(world, group(1, (project, UNIT))), rows)


async def issued(world: World, *projects: str, due_on: str = "2099-12-31") -> dict[str, Any]:
    """A letter of the bureau's own to the unit, about these projects or about the whole unit."""
    problems = [{"project_code": code, "text": "支付缓慢"} for code in projects or (None,)]
    order = letter_order(problems=problems, due_on=due_on)
    answers = []

    async def accepted() -> bool:
        answers.append(await world.officer.post("/monitoring/rectifications", order))
        return bool(answers[-1].status_code != 422)

    await eventually(accepted)
    return created(answers[-1])


async def next_goal(world: World, project: str) -> dict[str, Any]:
    """Next year's goal of the project, at the bureau."""
    await world.project(code=project, fiscal_year=NEXT)
    return await world.submitted_goal(project=project, fiscal_year=NEXT)


async def place(stack: Stack, world: World, goal: dict[str, Any]) -> int:
    """The goal's place in the review queue."""
    engine = create_async_engine(sqlalchemy_url(stack.admin_url))
    async with engine.connect() as connection:
        found = await connection.scalar(
            text("select attention from goals.goal where region_code = :r and id = :id"),
            {"r": world.region_code, "id": goal["id"]},
        )
    await engine.dispose()
    return int(found)


async def moves_to(stack: Stack, world: World, goal: dict[str, Any], level: int) -> None:
    """Wait until the goal has this place."""

    async def there() -> bool:
        return await place(stack, world, goal) == level

    await eventually(there)


async def test_the_background_of_another_regions_or_units_project_does_not_exist(
    world: World, other_world: World
) -> None:
    project = await world.project(unit=UNIT)
    path = f"/goals/projects/{project}/background?fiscal_year={NEXT}"
    await expect_404(other_world.officer, "GET", path)
    await expect_404(world.filler("219002"), "GET", path)
    assert (await background(world, project, person=world.filler()))["unit_code"] == UNIT


async def test_nothing_is_known_of_a_new_project(world: World) -> None:
    project = await world.project()
    assert await background(world, project) == {
        "project_code": project,
        "project_name": f"路灯改造 {int(project[-6:])}（示例）",
        "unit_code": UNIT,
        "unit_name": f"第{UNIT}单位（示例）",
        "is_key": False,
        "fiscal_year": NEXT,
        "results": [],
        "self_evaluations": [],
        "rectifications": [],
        "ex_ante": None,
        "applied": [],
        "attention": {"level": 3, "reasons": []},
    }


async def test_an_evaluations_result_is_known_in_the_next_year_only(world: World) -> None:
    project = await approved_project(world)
    evaluation = await evaluated(world, project, POOR)
    [result] = await known(world, project, "results")
    assert result == {
        "fiscal_year": YEAR,
        "unit_code": UNIT,
        "evaluation_id": evaluation["id"],
        "group_no": 1,
        "score": "48.00",
        "grade": "poor",
        "grade_label": "差",
    }
    seen = await background(world, project, person=world.filler())
    assert seen["attention"] == {"level": 0, "reasons": [f"{YEAR} 年评价 48.00 分，差"]}
    same_year = await background(world, project, year=YEAR)
    assert (same_year["results"], same_year["attention"]["level"]) == ([], 3)


async def test_what_was_achieved_is_known_row_by_row(world: World) -> None:
    form = await submitted_form(world)
    [known_form] = await known(world, form["project_code"], "self_evaluations")
    assert (known_form["fiscal_year"], known_form["total"]) == (YEAR, "84.50")
    assert (known_form["grade"], known_form["grade_label"]) == ("good", "良")
    assert known_form["rows"][0] == {
        "name": "改造路灯数量",
        "level1": "output",
        "level1_label": "产出指标",
        "level2": "quantity",
        "level2_label": "数量指标",
        "operator": ">=",
        "target_value": "120",
        "actual_value": "114",
        "unit_of_measure": "盏",
    }
    qualitative = known_form["rows"][1]
    assert (qualitative["target_value"], qualitative["actual_value"]) == (None, None)
    assert (await background(world, form["project_code"], year=YEAR))["self_evaluations"] == []


async def test_a_letter_is_known_to_the_projects_it_names_or_else_to_all_of_the_unit(
    world: World,
) -> None:
    named = await world.project()
    beside = await world.project()
    elsewhere = await world.project(unit="219002")
    about_one = await issued(world, named)
    about_all = await issued(world)
    letters = await known(world, named, "rectifications", 2)
    assert {(one["letter_no"], one["whole_unit"]) for one in letters} == {
        (about_one["letter_no"], False),
        (about_all["letter_no"], True),
    }
    [letter] = await known(world, beside, "rectifications")
    assert (letter["letter_no"], letter["status_label"], letter["origin_label"]) == (
        about_all["letter_no"],
        "已下达",
        "绩效监控",
    )
    assert (await background(world, elsewhere))["rectifications"] == []
    assert (await background(world, beside))["attention"] == {
        "level": 1,
        "reasons": [f"整改 {about_all['letter_no']} 尚未销号，期限 2099-12-31"],
    }


async def test_a_rectification_evaluation_asked_for_is_known_as_well(world: World) -> None:
    form = await rechecked_form(world)
    order = requested_letter(form)
    created(await world.officer.post("/evaluation/rectification-requests", order))
    [letter] = await known(world, form["project_code"], "rectifications")
    assert (letter["letter_no"], letter["origin"], letter["whole_unit"]) == (
        order["letter_no"],
        "self_evaluation",
        False,
    )
    assert letter["overdue"] is True


async def test_the_ex_ante_conclusion_in_force_for_the_year_is_known(world: World) -> None:
    project = await world.project()
    first = await confirmed_ex_ante(world, project)

    async def concluded(conclusion: str) -> bool:
        found = (await background(world, project))["ex_ante"]
        return found is not None and bool(found["conclusion"] == conclusion)

    await eventually(lambda: concluded("support"))
    assert (await background(world, project))["ex_ante"] == {
        "conclusion": "support",
        "conclusion_label": "予以支持",
        "concluded_on": "2023-09-30",
        "report_no": first["report_no"],
    }
    assert (await background(world, project, year=YEAR))["ex_ante"] is None
    second = await recorded_ex_ante(world, project, conclusion="not_support")
    created(await confirm_ex_ante(world.reviewer, second))
    await eventually(lambda: concluded("not_support"))


async def test_a_submitted_goal_moves_up_when_a_poor_result_arrives(
    world: World, stack: Stack
) -> None:
    project = await approved_project(world)
    goal = await next_goal(world, project)
    assert await place(stack, world, goal) == 3
    await evaluated(world, project, POOR)
    await moves_to(stack, world, goal, 0)
    read = (await world.officer.get(f"/goals/goals/{goal['id']}")).json()
    assert read["version"] == goal["version"]


async def test_a_submitted_goal_follows_the_letters_of_its_unit(world: World, stack: Stack) -> None:
    goal = await next_goal(world, await world.project())
    letter = await issued(world)
    await moves_to(stack, world, goal, 1)
    overdue = await issued(world, goal["project_code"], due_on="2023-09-30")
    await moves_to(stack, world, goal, 0)
    measures = {"measures": "补签合同，按月通报进度", "completed_on": None}
    for one, level in ((overdue, 1), (letter, 3)):
        filed = created(await step(world.approver(), "rectifications", one, "measures", measures))
        verdict = {"outcome": "verified"}
        created(await step(world.officer, "rectifications", filed, "verifications", verdict))
        await moves_to(stack, world, goal, level)


async def test_a_goal_that_was_reviewed_keeps_its_place(world: World, stack: Stack) -> None:
    project = await approved_project(world)
    goal = await next_goal(world, project)
    other = await next_goal(world, await world.project())
    await world.step(world.officer, goal, "reviews", {"grade": "excellent"})
    await evaluated(world, project, FAIR)
    await issued(world, other["project_code"])
    await known(world, project, "results")
    await moves_to(stack, world, other, 1)
    assert await place(stack, world, goal) == 3
