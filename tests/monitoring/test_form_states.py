"""监控表: every state × role × action, and what a second round already knows."""

from typing import Any

import pytest

from shared.auth import Role
from tests.monitoring.arranged import (
    filled_form,
    form_of,
    monitored_goal,
    open_round,
    pay,
    step,
    submitted_form,
)
from tests.world import Person, World, created

FORMS = "/monitoring/monitoring-forms"
KIND = "monitoring-forms"

#: What each state lets each role do; everything else is refused.
MAY = {
    ("open", Role.UNIT_FILLER): {"fill"},
    ("open", Role.UNIT_APPROVER): {"submit"},
    ("submitted", Role.FINANCE_OFFICER): {"accept", "return"},
    ("returned", Role.UNIT_FILLER): {"fill"},
    ("returned", Role.UNIT_APPROVER): {"submit"},
}
#: Who may never do it, whatever the state.
ROLE_OF = {
    "fill": Role.UNIT_FILLER,
    "submit": Role.UNIT_APPROVER,
    "accept": Role.FINANCE_OFFICER,
    "return": Role.FINANCE_OFFICER,
}
ACTORS = (Role.UNIT_FILLER, Role.UNIT_APPROVER, Role.FINANCE_OFFICER, Role.FINANCE_REVIEWER,
          Role.AUDITOR)  # fmt: skip


async def form_in(world: World, state: str) -> dict[str, Any]:
    """A form in this state."""
    project = (await monitored_goal(world))["project_code"]
    await open_round(world)
    form = await form_of(world, project)
    if state == "open":
        return await filled_form(world, form)
    form = await submitted_form(world, form)
    if state == "submitted":
        return form
    verdict = {"decision": "accept"}
    if state == "returned":
        verdict = {"decision": "return", "reason": "与现场不符"}
    return created(await step(world.officer, KIND, form, "reviews", verdict))


async def tried(person: Person, form: dict[str, Any], action: str) -> int:
    """The answer's status to an action, from the version read."""
    if action == "fill":
        patch = {"executed_forecast": "900000.00"}
        answer = await person.patch(f"{FORMS}/{form['id']}", patch, version=form["version"])
    elif action == "submit":
        answer = await step(person, KIND, form, "submissions", {})
    else:
        verdict = {"decision": action, "reason": "请核对"}
        answer = await step(person, KIND, form, "reviews", verdict)
    return answer.status_code


@pytest.mark.parametrize("state", ["open", "submitted", "returned", "accepted"])
async def test_each_role_does_in_each_state_what_it_may_and_nothing_else(
    world: World, state: str
) -> None:
    form = await form_in(world, state)
    assert form["status"] == state
    for role in ACTORS:
        person = world.person(role, unit="219001")
        may = MAY.get((state, role), set())
        for action in ROLE_OF:
            if action in may:
                continue
            expected = 409 if ROLE_OF[action] is role else 403
            assert await tried(person, form, action) == expected, (role, action)
    assert await form_of(world, form["project_code"]) == await _read(world, form)


@pytest.mark.parametrize(
    ("state", "role", "action"),
    [(state, role, action) for (state, role), may in MAY.items() for action in sorted(may)],
)
async def test_what_a_role_may_do_it_can_do(
    world: World, state: str, role: Role, action: str
) -> None:
    form = await form_in(world, state)
    assert await tried(world.person(role, unit="219001"), form, action) in (200, 201)


async def _read(world: World, form: dict[str, Any]) -> dict[str, Any]:
    answer = (await world.officer.get(f"{FORMS}/{form['id']}")).json()
    assert answer["version"] == form["version"]
    return dict(answer)


async def test_a_return_remarks_on_rows_and_the_next_submission_shows_what_changed(
    world: World,
) -> None:
    form = await submitted_form(world, await form_of(world, await _monitored(world)))
    path = f"{FORMS}/{form['id']}"
    assert (await world.officer.get(f"{path}/changes")).json()["items"] == []
    unknown = {
        "decision": "return",
        "reason": "核对",
        "row_remarks": [{"position": 9, "remark": "?"}],
    }
    refused = await step(world.officer, KIND, form, "reviews", unknown)
    assert refused.json()["errors"][0]["pointer"] == "/row_remarks/0/position"
    accepting = {"decision": "accept", "row_remarks": [{"position": 2, "remark": "?"}]}
    assert (await step(world.officer, KIND, form, "reviews", accepting)).status_code == 422
    remarks = [{"position": 2, "remark": "亮灯率应为 7 月末的数"}]
    verdict = {"decision": "return", "reason": "数字不符", "row_remarks": remarks}
    returned = created(await step(world.officer, KIND, form, "reviews", verdict))
    assert [row["returned_remark"] for row in returned["rows"]] == [
        None,
        remarks[0]["remark"],
        None,
    ]
    assert returned["steps"][-1]["remarks"] == remarks
    patch = {"executed_forecast": "880000.00", "rows": [{"position": 2, "actual_to_date": "98.5"}]}
    amended = (await world.filler().patch(path, patch, version=returned["version"])).json()
    created(await step(world.approver(), KIND, amended, "submissions", {}))
    found = (await world.officer.get(f"{path}/changes")).json()
    assert found["returned_at"] == returned["steps"][-1]["at"]
    assert [(c["pointer"], c["row_name"], c["before"], c["after"]) for c in found["items"]] == [
        ("/executed_forecast", None, None, "880000"),
        ("/rows/1/actual_to_date", "支路亮灯率", "98", "98.5"),
    ]
    assert found["items"][1]["field_label"] == "执行情况"
    stranger = await world.filler("219002").get(f"{path}/changes")
    assert stranger.status_code == 404


async def _monitored(world: World) -> str:
    project = str((await monitored_goal(world))["project_code"])
    await open_round(world)
    return project


async def test_a_check_says_what_is_missing_and_stores_nothing(world: World) -> None:
    form = await form_of(world, await _monitored(world))
    body = {
        "form_id": form["id"],
        "executed_forecast": "2000000.00",
        "rows": [
            {"position": 1, "actual_to_date": "130"},
            {"position": 2, "actual_to_date": "90", "actual_forecast": "95",
             "likelihood": "certain"},
        ],
    }  # fmt: skip
    checks = "/monitoring/monitoring-form-checks"
    seen = (await world.filler().post(checks, body)).json()
    assert [(one["pointer"], one["code"], one["severity"]) for one in seen["findings"]] == [
        ("/executed_forecast", "above_budget", "advice"),
        ("/rows/1/deviation_causes", "missing", "blocking"),
        ("/rows/1/deviation_text", "missing", "blocking"),
        ("/rows/1/likelihood", "contradiction", "advice"),
        ("/rows/2/actual_to_date", "missing", "blocking"),
        ("/rows/2/actual_forecast", "missing", "blocking"),
        ("/rows/2/likelihood", "missing", "blocking"),
    ]
    first = seen["rows"][0]
    assert (first["actual_forecast"], first["likelihood"], first["to_type"]) == (
        "130",
        "certain",
        [],
    )
    assert first["defaulted"] == ["actual_forecast", "likelihood"]
    assert seen["to_type_count"] == 5
    assert await form_of(world, form["project_code"]) == form
    other = await world.filler("219002").post(checks, body)
    assert other.status_code == 404
    wrong = await world.approver().post(checks, {**body, "rows": [{"position": 7}]})
    assert wrong.json()["errors"][0]["pointer"] == "/rows/0/position"


async def test_a_form_with_only_the_actuals_typed_can_be_handed_in(world: World) -> None:
    form = await form_of(world, await _monitored(world))
    assert form["to_type_count"] == 10
    rows = [
        {"position": n, "actual_to_date": value} for n, value in ((1, "75"), (2, "99"), (3, "92"))
    ]
    path = f"{FORMS}/{form['id']}"
    filled = (await world.filler().patch(path, {"rows": rows}, version=1)).json()
    assert [row["actual_forecast"] for row in filled["rows"]] == ["120", "99", "92"]
    assert (filled["to_type_count"], [row["to_type"] for row in filled["rows"]]) == (1, [[]] * 3)
    handed_in = created(await step(world.approver(), KIND, filled, "submissions", {}))
    assert [(one["pointer"], one["severity"]) for one in handed_in["findings"]] == [
        ("/executed_forecast", "advice")
    ]


async def test_the_next_round_knows_what_the_last_one_said(world: World) -> None:
    project = await _monitored(world)
    form = await form_of(world, project)
    rows = [
        {"position": 1, "actual_to_date": "125", "remark": "已全部移交"},
        {"position": 2, "actual_to_date": "99"},
        {"position": 3, "actual_to_date": "92"},
    ]
    path = f"{FORMS}/{form['id']}"
    filled = (await world.filler().patch(path, {"rows": rows}, version=1)).json()
    assert filled["rows"][0]["remark"] == "已全部移交"
    created(await step(world.approver(), KIND, filled, "submissions", {}))
    await open_round(world, name="1–10月", period_to="2023-10-31", due_on="2023-11-15")
    later = await form_of(world, project)
    assert [row["previous_actual"] for row in later["rows"]] == ["125", "99", "92"]
    reached = later["rows"][0]
    assert (reached["actual_to_date"], reached["actual_forecast"]) == ("125", "125")
    assert (reached["likelihood"], reached["to_type"]) == ("certain", [])
    assert [row["actual_to_date"] for row in later["rows"][1:]] == [None, None]
    assert later["to_type_count"] == 7


async def test_a_budget_paid_out_forecasts_itself(world: World) -> None:
    project = (await monitored_goal(world))["project_code"]
    await pay(world, project, ("1000000.00", "2023-05-01"))
    await open_round(world)
    assert (await form_of(world, project))["executed_forecast"] == "1000000.00"
