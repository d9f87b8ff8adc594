"""监控表: opened for every approved goal, filled in by the unit, accepted by the bureau."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from shared.auth import Role
from tests.monitoring.arranged import (
    expect_404,
    filled_form,
    filled_rows,
    form_of,
    learnt,
    monitored_goal,
    open_round,
    pay,
    round_order,
    step,
    submitted_form,
)
from tests.world import World, created, goal_draft, indicator

ROUNDS, FORMS = "/monitoring/monitoring-rounds", "/monitoring/monitoring-forms"
FORM_ROUTES: list[tuple[Role, str, str, object]] = [
    (Role.UNIT_FILLER, "GET", "", None),
    (Role.UNIT_FILLER, "PATCH", "", {"executed_forecast": "1.00"}),
    (Role.UNIT_APPROVER, "POST", "/submissions", {}),
    (Role.FINANCE_OFFICER, "POST", "/reviews", {"decision": "accept"}),
]


async def opened_form(world: World, **goal: Any) -> dict[str, Any]:
    """The form of one goal, in a fresh round."""
    project = (await monitored_goal(world, **goal))["project_code"]
    await open_round(world)
    return await form_of(world, project)


@pytest.mark.parametrize(("role", "method", "path", "body"), FORM_ROUTES)
async def test_another_regions_form_does_not_exist(
    world: World, other_world: World, role: Role, method: str, path: str, body: object
) -> None:
    form = await opened_form(other_world)
    person = world.person(role, unit="219001")
    await expect_404(person, method, f"/monitoring-forms/{form['id']}{path}", body)
    assert await form_of(other_world, form["project_code"]) == form


@pytest.mark.parametrize(("role", "method", "path", "body"), FORM_ROUTES[:3])
async def test_another_units_form_does_not_exist(
    world: World, role: Role, method: str, path: str, body: object
) -> None:
    form = await opened_form(world)
    person = world.person(role, unit="219002")
    await expect_404(person, method, f"/monitoring-forms/{form['id']}{path}", body)
    assert (await person.get(FORMS)).json()["items"] == []


async def test_another_regions_round_does_not_exist(world: World, other_world: World) -> None:
    await monitored_goal(other_world)
    monitoring = await open_round(other_world)
    await expect_404(world.officer, "GET", f"/monitoring-rounds/{monitoring['id']}")
    assert (await world.officer.get(ROUNDS)).json()["items"] == []
    assert (await world.officer.get(FORMS, round_id=monitoring["id"])).json()["items"] == []


async def test_a_round_opens_one_form_for_every_approved_goal(world: World) -> None:
    goals = [await monitored_goal(world, unit=unit) for unit in ("219001", "219002", "219002")]
    await world.reviewed_goal()
    monitoring = await open_round(world)
    assert monitoring["form_count"] == 3
    forms = (await world.officer.get(FORMS, round_id=monitoring["id"])).json()["items"]
    assert sorted(form["project_code"] for form in forms) == [g["project_code"] for g in goals]
    assert {form["status"] for form in forms} == {"open"}
    theirs = (await world.filler("219002").get(FORMS)).json()["items"]
    assert [form["unit_code"] for form in theirs] == ["219002"] * 2
    form = await form_of(world, goals[0]["project_code"])
    assert [(row["name"], row["target_value"]) for row in form["rows"]] == [
        (row["name"], row["target_value"]) for row in goals[0]["indicators"]
    ]


async def test_a_round_of_the_same_name_is_refused_in_the_same_year(world: World) -> None:
    await monitored_goal(world)
    await open_round(world)
    twice = await world.officer.post(ROUNDS, round_order())
    assert (twice.status_code, twice.json()["code"]) == (409, "round_exists")
    later = round_order(name="1–9月绩效监控")
    answers = await asyncio.gather(*(world.officer.post(ROUNDS, later) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert len((await world.officer.get(ROUNDS)).json()["items"]) == 2


async def test_a_year_without_approved_goals_has_nothing_to_monitor(world: World) -> None:
    await monitored_goal(world)
    earlier = {"fiscal_year": 2022, "period_from": "2022-01-01", "period_to": "2022-07-31"}
    answer = await world.officer.post(ROUNDS, round_order(**earlier))
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_monitor")
    assert (await world.officer.get(ROUNDS)).json()["items"] == []


@pytest.mark.parametrize(
    "period",
    [
        {"period_from": "2023-08-01"},
        {"period_from": "2022-12-31"},
        {"period_to": "2024-01-01"},
        {"fiscal_year": 2024},
    ],
)
async def test_a_rounds_period_is_in_order_and_within_its_year(
    world: World, period: dict[str, Any]
) -> None:
    answer = await world.officer.post(ROUNDS, round_order(**period))
    assert answer.status_code == 422


async def test_the_executed_amount_is_what_was_paid_in_the_period(world: World) -> None:
    project = await world.project(
        funds=[
            {"fund_level": "central", "amount": "300000.00"},
            {"fund_level": "county", "amount": "100000.00"},
        ]
    )
    await world.approved_goal(project=project)
    await learnt(world, project)
    inside = [("10000.00", "2023-03-01"), ("-2500.25", "2023-05-10"), ("7.07", "2023-07-31")]
    outside = [("50000.00", "2023-02-28"), ("60000.00", "2023-08-01")]
    await pay(world, project, *inside, *outside)
    await pay(world, project, ("99999.99", "2023-04-04"), fund_level="central")
    await open_round(world, period_from="2023-03-01")
    form = await form_of(world, project)
    county = sum(Decimal(amount) for amount, _ in inside)
    executed = {fund["fund_level"]: fund["executed_to_date"] for fund in form["funds"]}
    assert executed == {"central": "99999.99", "county": str(county)}
    assert Decimal(form["executed_to_date"]) == county + Decimal("99999.99")
    assert (form["budget"], form["rate"]) == ("400000.00", "26.88")
    await pay(world, project, ("1.00", "2023-04-05"))
    assert await form_of(world, project) == form


async def test_only_what_the_filler_names_changes(world: World) -> None:
    form = await opened_form(world)
    filled = await filled_form(world, form)
    patch = {"executed_forecast": "950000.00", "rows": [{"position": 2, "actual_to_date": None}]}
    path, filler = f"{FORMS}/{form['id']}", world.filler()
    patched = (await filler.patch(path, patch, version=filled["version"])).json()
    assert patched["executed_forecast"] == "950000.00"
    assert [row["actual_to_date"] for row in patched["rows"]] == ["120", None, "90"]
    assert [row["actual_forecast"] for row in patched["rows"]] == ["120", "98", "90"]
    emptied = await filler.patch(path, {"executed_forecast": None}, version=patched["version"])
    assert emptied.json()["executed_forecast"] is None
    assert emptied.json()["rows"] == patched["rows"]


async def test_a_row_the_form_does_not_have_is_refused(world: World) -> None:
    form = await opened_form(world)
    patch = {"rows": [{"position": 1, "likelihood": "certain"}, {"position": 9}, {"position": 1}]}
    answer = await world.filler().patch(f"{FORMS}/{form['id']}", patch, version=1)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [
        "/rows/1/position",
        "/rows/2/position",
    ]
    assert await form_of(world, form["project_code"]) == form


@pytest.mark.parametrize("field", ["status", "budget", "filled_by", "unit_code", "version"])
async def test_fields_that_are_not_the_fillers_to_set_are_refused(world: World, field: str) -> None:
    form = await opened_form(world)
    answer = await world.filler().patch(f"{FORMS}/{form['id']}", {field: "1"}, version=1)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/{field}"


async def test_who_filled_the_form_in_cannot_submit_it(world: World) -> None:
    filled = await filled_form(world, await opened_form(world))
    same = world.person(Role.UNIT_APPROVER, unit="219001", name="unit_filler-219001")
    read = (await same.get(f"{FORMS}/{filled['id']}")).json()
    assert read["allowed_actions"] == []
    answer = await step(same, "monitoring-forms", filled, "submissions", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "four_eyes")
    submitted = created(await step(world.approver(), "monitoring-forms", filled, "submissions", {}))
    assert submitted["status"] == "submitted"


async def test_an_incomplete_form_is_refused_and_each_gap_is_pointed_out(world: World) -> None:
    rows = goal_draft("x")["indicators"]
    wording = {"operator": "qualitative", "target_value": None, "target_text": "居民反映良好"}
    rows[2] |= wording | {"unit_of_measure": None}
    form = await opened_form(world, indicators=rows)
    doubtful = {"position": 1, "actual_to_date": "30", "likelihood": "possible"}
    path, approver = f"{FORMS}/{form['id']}", world.approver()
    form = (await world.filler().patch(path, {"rows": [doubtful]}, version=1)).json()
    answer = await step(approver, "monitoring-forms", form, "submissions", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "form_incomplete")
    assert [error["pointer"] for error in answer.json()["errors"]] == [
        "/rows/0/actual_forecast",
        "/rows/0/deviation_causes",
        "/rows/0/deviation_text",
        "/rows/1/actual_to_date",
        "/rows/1/actual_forecast",
        "/rows/1/likelihood",
        "/rows/2/band",
        "/rows/2/likelihood",
    ]
    assert (await form_of(world, form["project_code"]))["status"] == "open"


async def test_a_returned_form_is_amended_and_accepted(world: World) -> None:
    form = await submitted_form(world, await opened_form(world))
    kind, path = "monitoring-forms", f"{FORMS}/{form['id']}"
    verdict = {"decision": "return", "reason": "亮灯率与现场不符"}
    returned = created(await step(world.officer, kind, form, "reviews", verdict))
    assert (returned["status"], returned["returned_reason"]) == ("returned", "亮灯率与现场不符")
    patch = {"rows": [{"position": 2, "actual_to_date": "60.5"}]}
    amended = (await world.filler().patch(path, patch, version=returned["version"])).json()
    assert amended["rows"][1]["actual_to_date"] == "60.5"
    again = created(await step(world.approver(), kind, amended, "submissions", {}))
    assert (again["returned_reason"], again["submitted_by"]) == (None, "unit_approver-219001")
    accepted = created(await step(world.officer, kind, again, "reviews", {"decision": "accept"}))
    assert accepted["status"] == "accepted"
    steps = [(entry["step"], entry["reason"]) for entry in accepted["steps"]]
    assert steps == [
        ("fill", None),
        ("submit", None),
        ("return", "亮灯率与现场不符"),
        ("fill", None),
        ("submit", None),
        ("accept", None),
    ]


@pytest.mark.parametrize("reason", [{}, {"reason": None}, {"reason": "  "}])
async def test_a_return_needs_a_reason(world: World, reason: dict[str, Any]) -> None:
    form = await submitted_form(world, await opened_form(world))
    verdict = {"decision": "return", **reason}
    answer = await step(world.officer, "monitoring-forms", form, "reviews", verdict)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/reason"
    assert (await form_of(world, form["project_code"]))["status"] == "submitted"


async def test_a_step_out_of_turn_is_a_conflict(world: World) -> None:
    form, kind = await opened_form(world), "monitoring-forms"
    early = await step(world.officer, kind, form, "reviews", {"decision": "accept"})
    assert (early.status_code, early.json()["code"]) == (409, "form_state_forbids")
    form = await submitted_form(world, form)
    twice = await step(world.approver(), kind, form, "submissions", {})
    assert (twice.status_code, twice.json()["code"]) == (409, "form_state_forbids")
    patch = {"rows": filled_rows(form)}
    late = await world.filler().patch(f"{FORMS}/{form['id']}", patch, version=form["version"])
    assert (late.status_code, late.json()["code"]) == (409, "form_state_forbids")


async def test_a_change_must_name_the_version_it_read(world: World) -> None:
    form, patch = await opened_form(world), {"executed_forecast": "1.00"}
    path, filler = f"{FORMS}/{form['id']}", world.filler()
    none = await filler.patch(path, patch, version=None)
    assert (none.status_code, none.json()["code"]) == (428, "precondition_required")
    both = await asyncio.gather(*(filler.patch(path, patch, version=1) for _ in range(2)))
    assert sorted(answer.status_code for answer in both) == [200, 412]
    [stale] = [answer for answer in both if answer.status_code == 412]
    assert stale.headers["etag"] == '"2"'
    blind = await step(world.approver(), "monitoring-forms", form, "submissions", {})
    assert (blind.status_code, blind.json()["code"]) == (412, "precondition_failed")


async def test_allowed_actions_follow_role_and_state(world: World) -> None:
    form = await opened_form(world)
    path = f"{FORMS}/{form['id']}"
    people = (world.filler(), world.approver(), world.officer)

    async def allowed() -> list[list[str]]:
        return [(await person.get(path)).json()["allowed_actions"] for person in people]

    assert await allowed() == [["form.fill"], ["form.submit"], []]
    await submitted_form(world, form)
    assert await allowed() == [[], [], ["form.review"]]


async def test_an_indicator_keeps_the_precision_it_was_reported_with(world: World) -> None:
    rows = goal_draft("x")["indicators"]
    rows[0] = indicator(target_value="120.25")
    form = await opened_form(world, indicators=rows)
    filled = await filled_form(world, form, actual_to_date="0.0375")
    assert filled["rows"][0]["target_value"] == "120.25"
    assert filled["rows"][0]["actual_to_date"] == "0.0375"
