"""暂停拨付: proposed by a rule or a person, decided by another with a reason, lifted with a reason."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from services.monitoring.access import allowed_on_control
from services.monitoring.domain.payment_control import (
    ControlAction,
    ControlActionRefused,
    ControlStatus,
    next_control_status,
)
from shared import clock
from shared.auth import Principal, Role
from tests.monitoring.arranged import (
    expect_404,
    letter_order,
    monitored_goal,
    open_round,
    pay,
    run_rules,
    step,
)
from tests.monitoring.test_rectification_followed import in_days, look, sessions, told, work_of
from tests.world import World, created

__all__ = ["sessions"]

CONTROLS, KIND = "/monitoring/payment-controls", "payment-controls"
IMPOSED = {"outcome": "imposed", "reason": "逾期三周未整改"}
NEXT = {
    ("proposed", "impose"): "active",
    ("proposed", "decline"): "declined",
    ("active", "lift"): "lifted",
}


@pytest.mark.parametrize("status", ControlStatus)
@pytest.mark.parametrize("action", ControlAction)
def test_a_control_goes_only_where_the_table_leads(
    status: ControlStatus, action: ControlAction
) -> None:
    expected = NEXT.get((status, action))
    if expected is None:
        with pytest.raises(ControlActionRefused, match=status.label):
            next_control_status(status, action)
    else:
        assert next_control_status(status, action) == expected


@pytest.mark.parametrize("status", ControlStatus)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("proposed_by", ["p", "q"])
def test_only_another_reviewer_decides(status: ControlStatus, role: Role, proposed_by: str) -> None:
    person = Principal("p", "p", frozenset({role}), "A", ("1",), None)
    offered = allowed_on_control(person, status, proposed_by=proposed_by)
    may = (
        role is Role.FINANCE_REVIEWER
        and status in ("proposed", "active")
        and not (status == "proposed" and proposed_by == "p")
    )
    assert offered == (["payment_control.decide"] if may else [])


async def proposal(world: World, **changes: Any) -> dict[str, Any]:
    """What an officer proposes of a project of the first unit."""
    goal = await monitored_goal(world)
    order = {
        "project_code": goal["project_code"],
        "fiscal_year": 2023,
        "reason": "合同长期未签",
        "lifted_when": "签订合同并报送支付计划",
    } | changes
    return created(await world.officer.post(CONTROLS, order))


async def imposed(world: World) -> dict[str, Any]:
    """A hold in force."""
    return created(await step(world.reviewer, KIND, await proposal(world), "decisions", IMPOSED))


@pytest.mark.parametrize(
    ("role", "method", "path", "body"),
    [
        (Role.UNIT_FILLER, "GET", "", None),
        (Role.INTEGRATION, "GET", "", None),
        (Role.FINANCE_REVIEWER, "POST", "/decisions", IMPOSED),
        (Role.FINANCE_REVIEWER, "POST", "/liftings", {"reason": "已整改"}),
    ],
)
async def test_another_regions_control_does_not_exist(
    world: World, other_world: World, role: Role, method: str, path: str, body: object
) -> None:
    control = await proposal(other_world)
    person = world.person(role, unit="219001")
    await expect_404(person, method, f"/payment-controls/{control['id']}{path}", body)
    assert (await person.get(CONTROLS)).json()["items"] == []


async def test_another_unit_does_not_see_it_and_its_own_unit_sees_why(world: World) -> None:
    control = await imposed(world)
    path = f"{CONTROLS}/{control['id']}"
    await expect_404(world.filler("219002"), "GET", path.removeprefix("/monitoring"))
    seen = (await world.filler().get(path)).json()
    assert (seen["reason"], seen["decided_reason"], seen["lifted_when"]) == (
        "合同长期未签",
        "逾期三周未整改",
        "签订合同并报送支付计划",
    )
    assert "payment_control_active" in await work_of(world, Role.UNIT_FILLER, unit="219001")


async def test_a_proposal_holds_nothing_until_somebody_else_decides(world: World) -> None:
    control = await proposal(world)
    today = in_days(0)
    of_project = f"/monitoring/projects/{control['project_code']}/payment-controls"
    held = (await world.integration.get(of_project, active_on=today)).json()["items"]
    assert (control["status"], held) == ("proposed", [])
    same = world.person(Role.FINANCE_REVIEWER, name="finance_officer-bureau")
    own = await step(same, KIND, control, "decisions", IMPOSED)
    assert (own.status_code, own.json()["code"]) == (409, "four_eyes")
    mute = await step(world.reviewer, KIND, control, "decisions", {"outcome": "imposed"})
    assert mute.status_code == 422
    past = IMPOSED | {"effective_on": in_days(-1)}
    backdated = await step(world.reviewer, KIND, control, "decisions", past)
    assert backdated.json()["errors"][0]["pointer"] == "/effective_on"
    control = created(await step(world.reviewer, KIND, control, "decisions", IMPOSED))
    assert (control["status"], control["effective_on"]) == ("active", today)
    held = (await world.integration.get(of_project, active_on=today)).json()["items"]
    assert [one["id"] for one in held] == [control["id"]]
    before = await world.integration.get(of_project, active_on=in_days(-1))
    assert before.json()["items"] == []


async def test_a_hold_is_lifted_with_a_reason_and_both_are_told(world: World) -> None:
    control = await imposed(world)
    again = await step(world.reviewer, KIND, control, "decisions", IMPOSED)
    assert (again.status_code, again.json()["code"]) == (409, "control_state_forbids")
    stale = await step(world.reviewer, KIND, control | {"version": 1}, "liftings", {"reason": "x"})
    assert stale.status_code == 412
    lifted = created(
        await step(world.reviewer, KIND, control, "liftings", {"reason": "已签订合同"})
    )
    assert (lifted["status"], lifted["lifted_on"], lifted["allowed_actions"]) == (
        "lifted",
        in_days(0),
        [],
    )
    active = await world.integration.get(CONTROLS, active_on=in_days(0))
    assert active.json()["items"] == []
    facts = await told(world, control["id"], count=2)
    assert [(fact["version"], fact["reason"], fact.get("lifted_reason")) for fact in facts] == [
        (2, "逾期三周未整改", None),
        (3, "逾期三周未整改", "已签订合同"),
    ]


async def test_a_project_has_one_open_proposal_of_a_kind(world: World) -> None:
    control = await proposal(world)
    order = {
        "project_code": control["project_code"],
        "fiscal_year": 2023,
        "reason": "再提",
        "lifted_when": "同前",
    }
    twice = await world.officer.post(CONTROLS, order)
    assert (twice.status_code, twice.json()["code"]) == (409, "control_exists")
    declined = {"outcome": "declined", "reason": "已在办理"}
    created(await step(world.reviewer, KIND, control, "decisions", declined))
    created(await world.officer.post(CONTROLS, order))
    unknown = await world.officer.post(CONTROLS, order | {"fiscal_year": 2022})
    assert unknown.json()["errors"][0]["pointer"] == "/project_code"


async def late_letter(world: World) -> dict[str, Any]:
    """A letter about one project, due in two days, beside one about the unit as a whole."""
    goal = await monitored_goal(world)
    problems = [{"project_code": goal["project_code"], "text": "合同未签"}]
    whole = letter_order(problems=[{"text": "迟报"}], due_on=in_days(2))
    created(await world.officer.post("/monitoring/rectifications", whole))
    body = letter_order(problems=problems, due_on=in_days(2))
    return created(await world.officer.post("/monitoring/rectifications", body))


async def test_an_escalated_rectification_proposes_a_hold_once_and_imposes_none(
    world: World, sessions: async_sessionmaker[AsyncSession]
) -> None:
    order = await late_letter(world)
    now = clock.now()
    await look(sessions, now + timedelta(days=17))
    assert (await world.officer.get(CONTROLS)).json()["items"] == []
    for _ in range(2):
        await look(sessions, now + timedelta(days=18))
    [control] = (await world.officer.get(CONTROLS)).json()["items"]
    assert (control["status"], control["rule_id"]) == ("proposed", "overdue-rectification")
    assert control["rectification_id"] == order["id"]
    assert control["receipt"] == {"letter_no": order["letter_no"], "owed_on": in_days(2)}
    assert control["lifted_when"] == "整改经财政部门核实销号"
    assert "payment_control_to_decide" in await work_of(world, Role.FINANCE_REVIEWER)
    declined = {"outcome": "declined", "reason": "已另行约谈"}
    created(await step(world.reviewer, KIND, control, "decisions", declined))
    await look(sessions, now + timedelta(days=40))
    [after] = (await world.officer.get(CONTROLS)).json()["items"]
    assert after["status"] == "declined"


async def test_a_rectification_verified_asks_for_the_hold_to_be_lifted(
    world: World, sessions: async_sessionmaker[AsyncSession]
) -> None:
    order = await late_letter(world)
    await look(sessions, clock.now() + timedelta(days=18))
    [control] = (await world.officer.get(CONTROLS)).json()["items"]
    control = created(await step(world.reviewer, KIND, control, "decisions", IMPOSED))
    assert control["cause_gone"] is False
    path = f"/monitoring/rectifications/{order['id']}"
    order = (await world.officer.get(path)).json()
    measures = {"measures": "已签订合同"}
    order = created(await step(world.approver(), "rectifications", order, "measures", measures))
    created(
        await step(world.officer, "rectifications", order, "verifications", {"outcome": "verified"})
    )
    seen = (await world.reviewer.get(f"{CONTROLS}/{control['id']}")).json()
    assert (seen["status"], seen["cause_gone"]) == ("active", True)
    assert "payment_control_to_lift" in await work_of(world, Role.FINANCE_REVIEWER)


async def test_red_in_two_rounds_proposes_a_hold_while_the_year_is_recent(
    world: World, sessions: async_sessionmaker[AsyncSession]
) -> None:
    goal = await monitored_goal(world)
    paid = await monitored_goal(world)
    await run_rules(world, await open_round(world, name="第一次"))
    at = clock.now().replace(year=2023, month=9, day=1)
    await look(sessions, at)
    assert (await world.officer.get(CONTROLS)).json()["items"] == []
    await pay(world, paid["project_code"], ("900000.00", "2023-06-01"))
    await run_rules(world, await open_round(world, name="第二次"))
    await look(sessions, at.replace(year=2025))
    assert (await world.officer.get(CONTROLS)).json()["items"] == []
    for _ in range(2):
        await look(sessions, at)
    [control] = (await world.officer.get(CONTROLS)).json()["items"]
    assert (control["project_code"], control["rule_id"]) == (
        goal["project_code"],
        "red-in-two-rounds",
    )
    assert control["receipt"] == {"rounds": 2, "threshold": 2}
    assert date.fromisoformat(control["proposed_at"][:10]) == at.date()
