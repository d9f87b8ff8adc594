"""区划、单位树、业务室与责任人、预算年度、项目清单."""

import base64
from typing import Any

import httpx
import pytest

from tests.world import Person, World, created, project_row, unit_row

CYCLE = {
    "form": "goal-form-2021",
    "submit_by": "2022-11-30",
    "review_by": "2022-12-20",
    "approve_by": "2023-02-10",
}
OFFICER = {"officer": "li.ming", "officer_name": "李明（示例）"}


async def put(
    person: Person, path: str, body: dict[str, Any], *, version: int | None = None
) -> httpx.Response:
    """PUT what was read at a version, or what is new."""
    headers = {} if version is None else {"if-match": f'"{version}"'}
    return await person.send("PUT", path, json=body, headers=headers)


async def push_units(world: World, *rows: dict[str, Any]) -> None:
    """Units from the budget system."""
    answer = await world.integration.post("/goals/unit-imports", {"items": list(rows)})
    assert answer.json()["failed"] == 0, answer.text


async def push_projects(world: World, *rows: dict[str, Any]) -> None:
    """Projects from the budget system."""
    answer = await world.integration.post("/goals/project-imports", {"items": list(rows)})
    assert answer.json()["failed"] == 0, answer.text


async def codes(person: Person, path: str, **params: Any) -> list[str]:
    """The codes of a list."""
    answer = await person.get(path, **params)
    assert answer.status_code == 200, answer.text
    return [item["code"] for item in answer.json()["items"]]


async def test_a_region_is_named_by_the_budget_system_and_seen_by_its_own_people_only(
    world: World, other_world: World
) -> None:
    assert (await world.officer.get("/goals/region")).status_code == 404
    answer = await put(world.integration, "/goals/region", {"name": "兴庆区（示例）"})
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    for person in (world.officer, world.filler()):
        seen = (await person.get("/goals/region")).json()
        assert (seen["region_code"], seen["name"]) == (world.region_code, "兴庆区（示例）")
        assert seen["allowed_actions"] == []
    assert (await other_world.officer.get("/goals/region")).status_code == 404


async def test_a_region_is_renamed_only_by_who_read_it(world: World) -> None:
    path, body = "/goals/region", {"name": "甲区（示例）"}
    assert (await put(world.integration, path, body, version=1)).status_code == 412
    await put(world.integration, path, body)
    assert (await put(world.integration, path, body)).status_code == 428
    assert (await put(world.integration, path, body, version=7)).status_code == 412
    same = await put(world.integration, path, body, version=1)
    assert (same.status_code, same.json()["version"]) == (200, 1)
    renamed = await put(world.integration, path, {"name": "乙区（示例）"}, version=1)
    assert (renamed.json()["name"], renamed.json()["version"]) == ("乙区（示例）", 2)


async def test_units_are_found_below_a_code(world: World) -> None:
    rows = [unit_row(code) for code in ("219", "219001", "219002", "219002001", "218999", "220001")]
    await push_units(world, *rows)
    everything = ["218999", "219", "219001", "219002", "219002001", "220001"]
    assert await codes(world.officer, "/goals/units") == everything
    below = ["219", "219001", "219002", "219002001"]
    assert await codes(world.officer, "/goals/units", under="219") == below
    assert await codes(world.officer, "/goals/units", under="219002") == below[2:]
    assert await codes(world.officer, "/goals/units", under="22") == ["220001"]
    assert await codes(world.filler("219001"), "/goals/units", under="219") == ["219001"]
    first = (await world.officer.get("/goals/units", under="219", limit=3)).json()
    rest = await codes(world.officer, "/goals/units", under="219", cursor=first["next_cursor"])
    assert [row["code"] for row in first["items"]] + rest == below


async def test_a_department_has_the_name_of_the_unit_with_its_code(world: World) -> None:
    await push_units(world, unit_row("219"), unit_row("219001"), unit_row("220001"))
    answer = await world.officer.get("/goals/departments")
    departments = [(d["code"], d["name"], d["unit_count"]) for d in answer.json()["items"]]
    assert departments == [("219", "第219单位（示例）", 2), ("220", None, 1)]
    assert await codes(world.filler("220001"), "/goals/departments") == ["220"]


async def test_a_unit_is_read_with_its_etag_and_nobody_elses_exists(
    world: World, other_world: World
) -> None:
    await world.unit("219001")
    answer = await world.filler("219001").get("/goals/units/219001")
    assert answer.headers["etag"] == '"1"'
    assert (answer.json()["uscc"], answer.json()["officer"]) == (None, None)
    again = await world.officer.send("GET", "/goals/units/219001", headers={"if-none-match": '"1"'})
    assert again.status_code == 304
    assert (await world.filler("219002").get("/goals/units/219001")).status_code == 404
    assert (await other_world.officer.get("/goals/units/219001")).status_code == 404


async def test_a_reviewer_makes_an_officer_answer_for_a_unit(world: World) -> None:
    await world.unit("219001")
    path = "/goals/units/219001/officer"
    assert (await put(world.reviewer, path, OFFICER)).status_code == 428
    assert (await put(world.reviewer, path, OFFICER, version=2)).status_code == 412
    answer = await put(world.reviewer, path, OFFICER, version=1)
    assert answer.status_code == 200, answer.text
    unit = answer.json()
    assert unit["officer"]["officer_name"] == "李明（示例）"
    assert unit["officer"]["assigned_by"] == "finance_reviewer-bureau"
    assert (unit["version"], answer.headers["etag"]) == (2, '"2"')
    assert unit["allowed_actions"] == ["unit.assign_officer"]
    same = await put(world.reviewer, path, OFFICER, version=2)
    assert same.json() == unit
    seen = (await world.filler("219001").get("/goals/units/219001")).json()
    assert seen == {**unit, "allowed_actions": []}
    other = {**OFFICER, "officer": "wang.fang"}
    assert (await put(world.reviewer, path, other, version=2)).json()["version"] == 3
    assert await codes(world.officer, "/goals/units", officer="wang.fang") == ["219001"]
    assert await codes(world.officer, "/goals/units", officer="li.ming") == []


async def test_nobody_answers_for_a_unit_that_is_not_there(
    world: World, other_world: World
) -> None:
    await other_world.unit("219001")
    answer = await put(world.reviewer, "/goals/units/219001/officer", OFFICER, version=1)
    assert answer.status_code == 404
    assert (await other_world.officer.get("/goals/units/219001")).json()["officer"] is None


async def test_a_new_push_of_a_unit_keeps_its_officer(world: World) -> None:
    await world.unit("219001")
    await put(world.reviewer, "/goals/units/219001/officer", OFFICER, version=1)
    await push_units(world, unit_row("219001") | {"name": "改名单位（示例）"})
    unit = (await world.officer.get("/goals/units/219001")).json()
    assert (unit["name"], unit["officer"]["officer"]) == ("改名单位（示例）", "li.ming")
    assert unit["version"] == 3


async def test_one_officer_answers_for_a_whole_office(world: World, other_world: World) -> None:
    office = "农业室（示例）"
    mine = [unit_row(code) | {"office": office} for code in ("301001", "301002", "301003")]
    await push_units(world, *mine, unit_row("219001"))
    await push_units(other_world, *mine)
    await put(world.reviewer, "/goals/units/301001/officer", OFFICER, version=1)
    order = {**OFFICER, "office": office}
    done = created(await world.reviewer.post("/goals/officer-assignments", order))
    assert (done["unit_count"], done["changed_count"]) == (3, 2)
    again = created(await world.reviewer.post("/goals/officer-assignments", order))
    assert (again["unit_count"], again["changed_count"]) == (3, 0)
    offices = (await world.officer.get("/goals/offices")).json()["items"]
    assert [(o["office"], o["unit_count"], o["unassigned_count"]) for o in offices] == [
        (office, 3, 0),
        ("教科文室（示例）", 1, 1),
    ]
    assert offices[0]["officers"] == [{**OFFICER, "unit_count": 3}]
    assert [unit["code"] for unit in offices[0]["units"]] == ["301001", "301002", "301003"]
    assert offices[1]["officers"] == []
    assert await codes(world.officer, "/goals/units", office=office) == [u["code"] for u in mine]
    theirs = (await other_world.officer.get("/goals/offices")).json()["items"]
    assert [(o["office"], o["unassigned_count"]) for o in theirs] == [(office, 3)]


async def test_an_office_without_units_is_not_there(world: World, other_world: World) -> None:
    await other_world.unit("219001")
    order = {**OFFICER, "office": "教科文室（示例）"}
    answer = await world.reviewer.post("/goals/officer-assignments", order)
    assert answer.status_code == 404


async def test_a_unit_sees_its_own_office_with_itself_only(world: World) -> None:
    await push_units(world, unit_row("219001"), unit_row("219002"))
    (office,) = (await world.filler("219002").get("/goals/offices")).json()["items"]
    assert [unit["code"] for unit in office["units"]] == ["219002"]


async def test_a_budget_year_is_opened_with_its_form_and_deadlines(
    world: World, other_world: World
) -> None:
    path = "/goals/budget-cycles/2023"
    assert (await world.officer.get(path)).status_code == 404
    answer = await put(world.reviewer, path, CYCLE)
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    cycle = (await world.filler().get(path)).json()
    assert {name: cycle[name] for name in CYCLE} == CYCLE
    assert cycle["form_rule"] == "goal-form-2021@2021-08-18"
    assert "财预〔2021〕101号" in cycle["form_source"]["title"]
    assert cycle["form_source"]["verified"] is False
    assert cycle["allowed_actions"] == []
    later = CYCLE | {"submit_by": "2022-12-05"}
    assert (await put(world.reviewer, path, later)).status_code == 428
    assert (await put(world.reviewer, path, later, version=1)).json()["version"] == 2
    assert (await other_world.officer.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"form": "goal-disclosure"}, "/form", "unknown_form"),
        ({"form": "goal-formula"}, "/form", "unknown_form"),
        ({"submit_by": "2021-08-17"}, "/form", "form_not_in_force"),
        ({"review_by": "2022-11-29"}, "/review_by", "steps_out_of_order"),
        ({"approve_by": "2022-12-19"}, "/approve_by", "steps_out_of_order"),
    ],
)
async def test_a_budget_year_needs_a_form_in_force_and_deadlines_in_order(
    world: World, change: dict[str, str], pointer: str, code: str
) -> None:
    answer = await put(world.reviewer, "/goals/budget-cycles/2023", CYCLE | change)
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]
    assert (await world.officer.get("/goals/budget-cycles")).json()["items"] == []


async def test_steps_may_be_due_on_one_day(world: World) -> None:
    same = dict.fromkeys(("submit_by", "review_by", "approve_by"), "2022-11-30")
    answer = await put(world.reviewer, "/goals/budget-cycles/2023", CYCLE | same)
    assert answer.status_code == 201


async def test_the_form_stays_once_a_goal_was_submitted_but_deadlines_may_move(
    world: World,
) -> None:
    path = "/goals/budget-cycles/2023"
    await put(world.reviewer, path, CYCLE)
    goal = await world.goal()
    other = CYCLE | {"form": "goal-form"}
    assert (await put(world.reviewer, path, other, version=1)).json()["version"] == 2
    await world.step(world.approver(), goal, "submissions", {})
    answer = await put(world.reviewer, path, CYCLE, version=2)
    assert (answer.status_code, answer.json()["code"]) == (409, "form_in_use")
    moved = other | {"approve_by": "2023-02-28"}
    answer = await put(world.reviewer, path, moved, version=2)
    assert answer.json()["approve_by"] == "2023-02-28"
    await put(world.reviewer, "/goals/budget-cycles/2024", CYCLE)
    answer = await put(world.reviewer, "/goals/budget-cycles/2024", other, version=1)
    assert answer.json()["form"] == "goal-form"


async def test_budget_years_are_listed_the_latest_first(world: World) -> None:
    for year in (2022, 2024, 2023):
        await put(world.reviewer, f"/goals/budget-cycles/{year}", CYCLE)
    first = (await world.officer.get("/goals/budget-cycles", limit=2)).json()
    assert [cycle["fiscal_year"] for cycle in first["items"]] == [2024, 2023]
    rest = await world.officer.get("/goals/budget-cycles", cursor=first["next_cursor"])
    assert [cycle["fiscal_year"] for cycle in rest.json()["items"]] == [2022]
    far = base64.urlsafe_b64encode(b"[9999999999999]").decode()
    answer = await world.officer.get("/goals/budget-cycles", cursor=far)
    assert (answer.status_code, len(answer.json()["items"])) == (200, 3)


FULL: dict[str, Any] = {
    "category": "specific",
    "kind": "continuing",
    "spending_kind": "renovation",
    "sector": "housing",
    "is_key": True,
    "period_start": "2022-03-01",
    "period_end": "2024-12-31",
    "midterm": {"total": "5000.00", "fiscal": "4500.00", "other": "500.00"},
    "annual_total": "1500.50",
    "funds": [
        {"fund_level": "county", "amount": "1000.00"},
        {"fund_level": "county", "source": "carry_over", "amount": "200.50"},
        {"fund_level": "central", "amount": "300.00"},
    ],
}


async def test_a_project_shows_its_funds_its_period_and_its_budget(world: World) -> None:
    code = await world.project(**FULL)
    project = (await world.filler("219001").get(f"/goals/projects/{code}")).json()
    assert [(f["fund_level"], f["source"], f["amount"]) for f in project["funds"]] == [
        ("central", "appropriation", "300.00"),
        ("county", "appropriation", "1000.00"),
        ("county", "carry_over", "200.50"),
    ]
    assert project["funds"][2]["source_label"] == "上年结转资金"
    assert project["midterm"] == {"total": "5000.00", "fiscal": "4500.00", "other": "500.00"}
    assert (project["period_start"], project["period_end"]) == ("2022-03-01", "2024-12-31")
    assert (project["kind_label"], project["sector_label"]) == (
        "延续项目",
        "住房和城镇老旧小区改造",
    )
    assert project["spending_kind_label"] == "大型修缮"
    assert project["budgets"] == [
        {
            "fiscal_year": 2023,
            "scope": "全部资金级次与资金来源",
            "initial": None,
            "current": "1500.50",
            "changes": [],
        }
    ]
    assert project["code_parts"] == {
        "region": "640104", "year": 2023, "category": "specific", "number": code[9:],
    }  # fmt: skip


async def test_a_client_that_sends_no_new_field_gets_sound_defaults(world: World) -> None:
    code = await world.project()
    project = (await world.officer.get(f"/goals/projects/{code}")).json()
    assert (project["spending_kind"], project["sector"], project["is_key"]) == (
        "other",
        None,
        False,
    )
    assert (project["midterm"], project["period_start"]) == (None, None)
    assert [fund["source"] for fund in project["funds"]] == ["appropriation"]


async def two_departments(world: World) -> None:
    """Four projects of three units, two departments and two offices."""
    other = {"office": "农业室（示例）"}
    await push_units(world, unit_row("219001"), unit_row("219002"), unit_row("301001") | other)
    central = [{"fund_level": "central", "amount": "7.00"}, {"fund_level": "county", "amount": "1"}]
    await push_projects(
        world,
        project_row(1, name="路灯改造（示例）"),
        project_row(2, unit_code="219002", name="校舍 100% 达标（示例）", is_key=True),
        project_row(3, unit_code="301001", name="灌渠清淤（示例）", kind="continuing", funds=central),
        project_row(
            4, code="64010423Y000000000004", unit_code="301001", category="operation",
            name="LED 路灯运维（示例）",
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({}, [1, 2, 3, 4]),
        ({"unit_code": "219002"}, [2]),
        ({"department_code": "219"}, [1, 2]),
        ({"office": "农业室（示例）"}, [3, 4]),
        ({"category": "operation"}, [4]),
        ({"kind": "continuing"}, [3]),
        ({"is_key": True}, [2]),
        ({"is_key": False}, [1, 3, 4]),
        ({"fund_level": "central"}, [3]),
        ({"q": "路灯"}, [1, 4]),
        ({"q": "led"}, [4]),
        ({"q": "100%"}, [2]),
        ({"q": "%"}, [2]),
        ({"q": "_"}, []),
        ({"q": "路灯", "department_code": "301"}, [4]),
        ({"department_code": "219", "is_key": True, "q": "校舍", "kind": "new"}, [2]),
        ({"department_code": "999"}, []),
    ],
)
async def test_projects_are_found_by_what_is_asked(
    world: World, filters: dict[str, Any], numbers: list[int]
) -> None:
    await two_departments(world)
    found = await codes(world.officer, "/goals/projects", fiscal_year=2023, **filters)
    assert sorted(int(code[9:]) for code in found) == numbers


async def test_a_projects_amount_in_a_list_is_of_all_fund_levels_whatever_is_filtered(
    world: World,
) -> None:
    await two_departments(world)
    answer = await world.officer.get("/goals/projects", fiscal_year=2023, fund_level="central")
    (project,) = answer.json()["items"]
    assert project["amount"] == "8.00"
    assert (project["department_code"], project["office"]) == ("301", "农业室（示例）")


async def test_filters_reach_no_further_than_the_caller(world: World, other_world: World) -> None:
    await two_departments(world)
    filler = world.filler("219001")
    for filters in ({}, {"q": "示例"}, {"department_code": "219"}):
        found = await codes(filler, "/goals/projects", fiscal_year=2023, **filters)
        assert [int(code[9:]) for code in found] == [1]
    assert await codes(filler, "/goals/projects", fiscal_year=2023, unit_code="219002") == []
    assert await codes(other_world.officer, "/goals/projects", fiscal_year=2023, q="示例") == []


async def test_projects_without_a_budget_in_the_year_are_not_listed(world: World) -> None:
    await two_departments(world)
    assert await codes(world.officer, "/goals/projects", fiscal_year=2024) == []


async def test_filtered_projects_come_page_by_page(world: World) -> None:
    await two_departments(world)
    asked = {"fiscal_year": 2023, "q": "示例", "limit": 3}
    first = (await world.officer.get("/goals/projects", **asked)).json()
    rest = await codes(world.officer, "/goals/projects", **asked, cursor=first["next_cursor"])
    assert len(first["items"]) == 3
    assert [item["code"] for item in first["items"]] + rest == await codes(
        world.officer, "/goals/projects", fiscal_year=2023
    )


@pytest.mark.parametrize(
    "query", ["category=x", "is_key=2", "fund_level=x", "unit_code=x", "q=", "q=%00", "q=%20"]
)
async def test_a_filter_that_is_none_is_refused(world: World, query: str) -> None:
    answer = await world.officer.send("GET", f"/goals/projects?fiscal_year=2023&{query}")
    assert answer.status_code == 400
