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
        ({"funds": [{"fund_level": "county", "source": "loan", "amount": "1"}]}, "literal_error"),
        ({"annual_total": "999999.99"}, "annual_total_off"),
        ({"midterm": {"total": "3000000", "fiscal": "1", "other": "2"}}, "midterm_total_off"),
        ({"midterm": {"total": "3", "fiscal": "1", "other": "2"}}, "midterm_below_annual"),
        ({"midterm": {"total": "3", "fiscal": "3"}}, "missing"),
        ({"period_start": "2023-01-01"}, "period_incomplete"),
        ({"period_start": "2023-05-01", "period_end": "2023-04-30"}, "period_reversed"),
        ({"period_start": "2024-01-01", "period_end": "2024-04-30"}, "period_outside_year"),
        ({"spending_kind": "travel"}, "literal_error"),
        ({"sector": "spaceflight"}, "unknown_sector"),
        ({"is_key": "true"}, "bool_type"),
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


@pytest.mark.parametrize("code", ["51000021T000000000001", "64010099T000000000001"])
async def test_a_project_may_carry_the_code_of_who_pays_and_of_another_year(
    world: World, code: str
) -> None:
    assert await world.project(code=code) == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"uscc": "11640102MB0U40499X"}, "uscc_wrong"),
        ({"uscc": "91350100M000100Y4Z"}, "uscc_wrong"),
        ({"uscc": ""}, "uscc_wrong"),
        ({"uscc": "1" * 41}, "string_too_long"),
        ({"department_code": "218"}, "outside_department"),
        ({"code": "218001"}, "outside_department"),
        ({"code": "219" + "0" * 19}, "string_pattern_mismatch"),
    ],
)
async def test_a_unit_row_that_breaks_a_rule_is_refused(
    world: World, change: dict[str, Any], code: str
) -> None:
    answer = await world.integration.post("/goals/unit-imports", {"items": [unit_row() | change]})
    assert await counts(answer) == (0, 0, 0, 1)
    assert answer.json()["results"][0]["errors"][0]["code"] == code


async def test_a_wrong_credit_code_is_told_what_its_check_character_should_be(
    world: World,
) -> None:
    row = unit_row() | {"uscc": "11640102MB0U40499X"}
    answer = await world.integration.post("/goals/unit-imports", {"items": [row]})
    (error,) = answer.json()["results"][0]["errors"]
    assert error["pointer"] == "/uscc"
    assert "第 18 位（校验码）是“X”，按前 17 位应为“C”" in error["detail"]
    assert error["mend"]


async def test_a_credit_code_of_another_place_is_taken_and_one_typed_small_is_known(
    world: World,
) -> None:
    row = unit_row("219" + "0" * 18) | {"uscc": " 11320000mb151840xj "}
    answer = await world.integration.post("/goals/unit-imports", {"items": [row]})
    assert await counts(answer) == (1, 0, 0, 0)
    row["uscc"] = "11320000MB151840XJ"
    answer = await world.integration.post("/goals/unit-imports", {"items": [row]})
    assert await counts(answer) == (0, 0, 1, 0)
    unit = (await world.officer.get(f"/goals/units/{row['code']}")).json()
    assert unit["uscc"] == "11320000MB151840XJ"


FULL = {
    "spending_kind": "renovation",
    "sector": "housing",
    "is_key": True,
    "period_start": "2022-03-01",
    "period_end": "2024-12-31",
    "midterm": {"total": "3000000.00", "fiscal": "2500000.00", "other": "500000.00"},
}


@pytest.mark.parametrize("field", FULL)
async def test_each_field_of_a_project_is_noticed_when_it_changes(world: World, field: str) -> None:
    await world.unit()
    push, row = world.integration, project_row(1, **FULL)
    pushed = [
        await counts(await push.post("/goals/project-imports", {"items": [one]}))
        for one in (row, row, {**row, field: other_value(field)}, row)
    ]
    assert pushed == [(1, 0, 0, 0), (0, 0, 1, 0), (0, 1, 0, 0), (0, 1, 0, 0)]


def other_value(field: str) -> object:
    """Some other sound value of a project's field."""
    return {
        "spending_kind": "service",
        "sector": None,
        "is_key": False,
        "period_start": "2023-01-01",
        "period_end": "2025-12-31",
        "midterm": None,
    }[field]


async def test_one_level_may_have_several_sources_and_each_is_replaced_on_its_own(
    world: World,
) -> None:
    code = await world.project(
        funds=[
            {"fund_level": "county", "amount": "5.00"},
            {"fund_level": "county", "source": "carry_over", "amount": "7.00"},
        ]
    )
    row = project_row(
        1, code=code, funds=[{"fund_level": "county", "source": "carry_over", "amount": "8.00"}]
    )
    answer = await world.integration.post("/goals/project-imports", {"items": [row]})
    assert await counts(answer) == (0, 1, 0, 0)
    project = (await world.officer.get(f"/goals/projects/{code}")).json()
    assert [(f["source"], f["amount"]) for f in project["funds"]] == [("carry_over", "8.00")]
    assert project["budgets"][0]["current"] == "8.00"


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


async def test_a_project_that_moves_to_another_unit_takes_its_goal_along(world: World) -> None:
    goal = await world.goal(unit="219001")
    await world.unit("219002")
    row = project_row(1, code=goal["project_code"], name=goal["project_name"], unit_code="219002")
    moved = await world.integration.post("/goals/project-imports", {"items": [row]})
    assert moved.json()["updated"] == 1, moved.text
    path = f"/goals/goals/{goal['id']}"
    assert (await world.filler("219001").get(path)).status_code == 404
    assert (await world.filler("219002").get(path)).json()["unit_code"] == "219002"
