"""Units and projects pushed by the budget system: every row answered for, safe to repeat."""

from typing import Any

import pytest

from tests.world import World, project_row, unit_row


async def counts(answer: Any) -> tuple[int, int, int, int]:
    """created, updated, unchanged, failed."""
    assert answer.status_code == 207, answer.text
    body = answer.json()
    return body["created"], body["updated"], body["unchanged"], body["failed"]


async def test_a_repeat_changes_nothing_and_a_change_is_an_update(world: World) -> None:
    push = world.integration
    rows = {"items": [unit_row("219001"), unit_row("219002")]}
    assert await counts(await push.post("/goals/unit-imports", rows)) == (2, 0, 0, 0)
    assert await counts(await push.post("/goals/unit-imports", rows)) == (0, 0, 2, 0)
    rows["items"][0]["name"] = "改名单位（示例）"
    assert await counts(await push.post("/goals/unit-imports", rows)) == (0, 1, 1, 0)


async def test_a_bad_row_is_named_and_the_others_are_stored(world: World) -> None:
    rows = {"items": [unit_row("219001"), unit_row("x"), unit_row("219001")]}
    answer = await world.integration.post("/goals/unit-imports", rows)
    assert await counts(answer) == (1, 0, 0, 2)
    codes = [[e["code"] for e in row["errors"]][:1] for row in answer.json()["results"]]
    assert codes == [[], ["string_pattern_mismatch"], ["duplicate_in_batch"]]


async def test_all_or_nothing_stores_nothing_when_a_row_is_bad(world: World) -> None:
    rows = {"items": [unit_row("219001"), unit_row("x")]}
    answer = await world.integration.post("/goals/unit-imports", rows, params={"atomic": "all"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/items/1/code"
    assert (await world.officer.get("/goals/units")).json()["items"] == []


async def test_a_dry_run_reports_and_stores_nothing(world: World) -> None:
    rows = {"items": [unit_row("219001")]}
    answer = await world.integration.post("/goals/unit-imports", rows, params={"dry_run": True})
    assert await counts(answer) == (1, 0, 0, 0)
    assert (await world.officer.get("/goals/units")).json()["items"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"unit_code": "999999"}, "unknown_unit"),
        ({"category": "operation"}, "category_mismatch"),
        ({"code": "123"}, "string_pattern_mismatch"),
        ({"funds": []}, "too_short"),
        ({"funds": [{"fund_level": "county", "amount": "-1.00"}]}, "greater_than_equal"),
        ({"funds": [{"fund_level": "county", "amount": "1.001"}]}, "decimal_max_places"),
        (
            {"funds": [{"fund_level": "county", "amount": "12345678901234567.00"}]},
            "decimal_whole_digits",
        ),
        ({"funds": [{"fund_level": "county", "amount": 5}]}, "value_invalid"),
        ({"funds": [{"fund_level": "village", "amount": "5"}]}, "literal_error"),
        ({"funds": [{"fund_level": "county", "amount": "1"}] * 2}, "fund_level_twice"),
    ],
)
async def test_a_project_row_that_breaks_a_rule_is_refused(
    world: World, change: dict[str, Any], code: str
) -> None:
    await world.unit()
    row = project_row() | change
    answer = await world.integration.post("/goals/project-imports", {"items": [row]})
    assert await counts(answer) == (0, 0, 0, 1)
    assert answer.json()["results"][0]["errors"][0]["code"] == code


async def test_a_changed_budget_replaces_the_years_funds(world: World) -> None:
    code = await world.project()
    funds = [
        {"fund_level": "central", "amount": "300.00"},
        {"fund_level": "county", "amount": "200.50"},
    ]
    row = project_row(1, code=code, funds=funds)
    assert await counts(
        await world.integration.post("/goals/project-imports", {"items": [row]})
    ) == (0, 1, 0, 0)
    del row["funds"][0]
    assert await counts(
        await world.integration.post("/goals/project-imports", {"items": [row]})
    ) == (0, 1, 0, 0)
    project = (await world.officer.get(f"/goals/projects/{code}")).json()
    assert [(f["fund_level"], f["amount"]) for f in project["funds"]] == [("county", "200.50")]


async def test_a_unit_sees_its_own_projects_only(world: World) -> None:
    mine, theirs = await world.project(unit="219001"), await world.project(unit="219002")
    filler = world.filler("219001")
    assert (await filler.get(f"/goals/projects/{mine}")).status_code == 200
    assert (await filler.get(f"/goals/projects/{theirs}")).status_code == 404
    listed = (await filler.get("/goals/projects", fiscal_year=2023)).json()["items"]
    assert [project["code"] for project in listed] == [mine]


async def test_more_rows_than_allowed_are_refused_whole(world: World) -> None:
    rows = {"items": [unit_row()] * 2001}
    assert (await world.integration.post("/goals/unit-imports", rows)).status_code == 422
