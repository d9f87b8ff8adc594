"""监控轮次: which goals it looks at, until when, who is late, and how it ends."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from deploy.local import Stack
from services.monitoring.domain import deadlines
from services.monitoring.usecases.reminders import remind_due
from shared.auth import Role
from shared.clock import business_day
from shared.db import sqlalchemy_url
from tests.monitoring.arranged import (
    expect_404,
    form_of,
    learnt,
    monitored_goal,
    open_round,
    pay,
    round_order,
    run_rules,
    step,
    submitted_form,
)
from tests.world import World, batch_order, created, project_row

ROUNDS, FORMS = "/monitoring/monitoring-rounds", "/monitoring/monitoring-forms"
ROUND_ROUTES: list[tuple[Role, str, str, object]] = [
    (Role.FINANCE_OFFICER, "GET", "/statistics", None),
    (Role.FINANCE_OFFICER, "GET", "/overdue-forms", None),
    (Role.FINANCE_OFFICER, "GET", "/extensions", None),
    (
        Role.FINANCE_OFFICER,
        "POST",
        "/extensions",
        {"unit_code": "219001", "due_on": "2023-09-30", "reason": "灾后重建"},
    ),
    (Role.FINANCE_OFFICER, "POST", "/closures", {"reason": "年度结束"}),
    (Role.FINANCE_OFFICER, "POST", "/reminders", {}),
]


async def goal_of(world: World, *, unit: str = "219001", funds: Any = None, **project: Any) -> str:
    """An approved goal of a project of its own kind; the project's code."""
    if funds is not None:
        project["funds"] = funds
    code = await world.project(unit=unit, **project)
    await world.approved_goal(unit=unit, project=code)
    await learnt(world, code)
    return code


async def key_goal(world: World) -> str:
    """An approved goal of a project that was made a key project after its review."""
    code = await world.project(kind="continuing")
    goal = await world.reviewed_goal(project=code)
    row = project_row(kind="continuing", code=code, is_key=True)
    pushed = await world.integration.post("/goals/project-imports", {"items": [row]})
    assert pushed.json()["updated"] == 1, pushed.text
    order = batch_order(goal_ids=[goal["id"]])
    created(await world.reviewer.post("/goals/approval-batches", order))
    await learnt(world, code)
    return code


async def chosen(world: World, **selection: Any) -> set[str]:
    """The projects a round of this selection looks at."""
    opened = await open_round(world, name=uuid4().hex, selection=selection)
    forms = (await world.officer.get(FORMS, round_id=opened["id"], limit=200)).json()["items"]
    assert opened["form_count"] == len(forms)
    return {form["project_code"] for form in forms}


@pytest.mark.parametrize(("role", "method", "path", "body"), ROUND_ROUTES)
async def test_another_regions_round_does_not_exist(
    world: World, other_world: World, role: Role, method: str, path: str, body: object
) -> None:
    await monitored_goal(other_world)
    monitoring = await open_round(other_world)
    await expect_404(
        world.person(role), method, f"/monitoring-rounds/{monitoring['id']}{path}", body
    )
    after = (await other_world.officer.get(f"{ROUNDS}/{monitoring['id']}")).json()
    assert after["status"] == "open"


async def test_a_round_looks_at_the_projects_it_names(world: World) -> None:
    both = [
        {"fund_level": "central", "amount": "3000000.00"},
        {"fund_level": "county", "amount": "100000.00"},
    ]
    plain = await goal_of(world)
    key = await key_goal(world)
    rich = await goal_of(world, funds=both)
    science = await goal_of(world, sector="science")
    running = await goal_of(world, category="operation", code="64010423Y000000000099")
    other = await goal_of(world, unit="302001")
    everything = {plain, key, rich, science, running, other}
    assert await chosen(world) == everything
    assert await chosen(world, unit_codes=["302001"]) == {other}
    assert await chosen(world, department_codes=["219"]) == everything - {other}
    assert await chosen(world, department_codes=["302"], unit_codes=["219001"]) == everything
    assert await chosen(world, key_only=True) == {key}
    assert await chosen(world, categories=["operation"]) == {running}
    assert await chosen(world, fund_levels=["central"]) == {rich}
    assert await chosen(world, amount_from="1000000.01") == {rich}
    assert await chosen(world, amount_from="3100000.00") == {rich}
    assert await chosen(world, leave_out_sectors=["science"]) == everything - {science}
    assert await chosen(world, leave_out_project_codes=[plain]) == everything - {plain}
    assert await chosen(world, project_codes=[plain, other]) == {plain, other}
    nothing = round_order(name="无", selection={"fund_levels": ["central"], "key_only": True})
    answer = await world.officer.post(ROUNDS, nothing)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_monitor")


async def test_an_amount_counts_the_fund_levels_named(world: World) -> None:
    funds = [
        {"fund_level": "central", "amount": "600000.00"},
        {"fund_level": "county", "amount": "600000.00"},
    ]
    await goal_of(world, funds=funds)
    assert await chosen(world, amount_from="1200000.00")
    order = {"amount_from": "600000.01", "fund_levels": ["central"]}
    answer = await world.officer.post(ROUNDS, round_order(name="中央", selection=order))
    assert answer.json()["code"] == "nothing_to_monitor"


async def test_a_named_project_without_an_approved_goal_is_pointed_out(world: World) -> None:
    known = await goal_of(world)
    order = round_order(selection={"project_codes": [known, "64010423T999999999999"]})
    answer = await world.officer.post(ROUNDS, order)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/selection/project_codes/1"]
    assert (await world.officer.get(ROUNDS)).json()["items"] == []


async def test_a_later_round_may_look_at_what_was_red_before(world: World) -> None:
    slow, fast = await goal_of(world), await goal_of(world)
    await pay(world, fast, ("900000.00", "2023-03-01"))
    first = await open_round(world)
    await run_rules(world, first)
    later = {"period_to": "2023-09-30", "due_on": "2023-10-15"}
    opened = await open_round(world, name="复查", selection={"previous_colours": ["red"]}, **later)
    forms = (await world.officer.get(FORMS, round_id=opened["id"])).json()["items"]
    assert [form["project_code"] for form in forms] == [slow]


async def test_a_round_without_a_due_date_is_due_by_the_rule(world: World) -> None:
    await monitored_goal(world)
    order = round_order()
    del order["due_on"]
    opened = created(await world.officer.post(ROUNDS, order))
    assert (opened["due_on"], opened["selection"]["key_only"]) == ("2023-08-31", False)


async def test_an_extension_moves_one_units_due_date_and_keeps_the_reason(world: World) -> None:
    mine = await goal_of(world)
    theirs = await goal_of(world, unit="302001")
    monitoring = await open_round(world, name="两家")
    path = f"{ROUNDS}/{monitoring['id']}/extensions"
    order = {"unit_code": "219001", "due_on": "2023-09-10", "reason": "防汛抢险"}
    extension = created(await world.officer.post(path, order))
    assert (extension["due_before"], extension["granted_by"]) == (
        "2023-08-15",
        "finance_officer-bureau",
    )
    assert (await form_of(world, mine))["due_on"] == "2023-09-10"
    assert (await form_of(world, theirs))["due_on"] == "2023-08-15"
    for due_on in ("2023-09-10", "2023-08-20"):
        again = await world.officer.post(path, order | {"due_on": due_on})
        assert (again.status_code, again.json()["errors"][0]["pointer"]) == (422, "/due_on")
    none = await world.officer.post(path, order | {"unit_code": "999999"})
    assert none.json()["errors"][0]["code"] == "unit_has_no_form"
    assert (await world.filler("219001").get(path)).json()["items"] == [extension]
    assert (await world.filler("302001").get(path)).json()["items"] == []


async def test_what_is_not_handed_in_by_its_date_is_overdue(world: World) -> None:
    late, done = await goal_of(world), await goal_of(world)
    other = await goal_of(world, unit="302001")
    monitoring = await open_round(world)
    await submitted_form(world, await form_of(world, done))
    path = f"{ROUNDS}/{monitoring['id']}"
    rows = (await world.officer.get(f"{path}/overdue-forms")).json()["items"]
    assert [row["project_code"] for row in rows] == [late, other]
    today = business_day(datetime.now(UTC))
    assert rows[0]["days_late"] == (today - date(2023, 8, 15)).days
    assert rows[0]["office"] == "教科文室（示例）"
    page = (await world.officer.get(f"{path}/overdue-forms", limit=1)).json()
    second = await world.officer.get(f"{path}/overdue-forms", cursor=page["next_cursor"])
    assert [row["project_code"] for row in second.json()["items"]] == [other]
    mine = (await world.filler().get(f"{path}/overdue-forms")).json()["items"]
    assert [row["project_code"] for row in mine] == [late]
    ahead = (today + timedelta(days=3)).isoformat()
    order = {"unit_code": "219001", "due_on": ahead, "reason": "停电"}
    created(await world.officer.post(f"{path}/extensions", order))
    rows = (await world.officer.get(f"{path}/overdue-forms")).json()["items"]
    assert [row["project_code"] for row in rows] == [other]
    items = (await world.filler().get("/monitoring/work-items")).json()["items"]
    assert [(item["kind"], item["due_on"], item["count"]) for item in items] == [
        ("monitoring_form_open", ahead, 1)
    ]


async def test_statistics_count_forms_by_office_and_unit(world: World) -> None:
    returned, accepted = await goal_of(world), await goal_of(world)
    await goal_of(world, unit="302001")
    monitoring = await open_round(world)
    verdicts = {
        returned: {"decision": "return", "reason": "数字不符"},
        accepted: {"decision": "accept"},
    }
    for project, verdict in verdicts.items():
        form = await submitted_form(world, await form_of(world, project))
        created(await step(world.officer, "monitoring-forms", form, "reviews", verdict))
    path = f"{ROUNDS}/{monitoring['id']}/statistics"
    seen = (await world.officer.get(path)).json()
    keys = ("total", "open", "submitted", "accepted", "returned", "overdue")
    assert [seen["total"][key] for key in keys] == [3, 1, 0, 1, 1, 2]
    assert seen["total"]["budget"] == "3000000.00"
    [office] = seen["offices"]
    assert [[unit[key] for key in keys] for unit in office["units"]] == [
        [2, 0, 0, 1, 1, 1],
        [1, 1, 0, 0, 0, 1],
    ]
    own = (await world.filler("302001").get(path)).json()
    assert own["total"]["total"] == 1
    stranger = (await world.filler("999999").get(path)).json()
    assert (stranger["total"]["total"], stranger["offices"]) == (0, [])


async def test_a_closed_round_changes_no_more_and_says_why_it_was_closed_early(
    world: World,
) -> None:
    project = (await monitored_goal(world))["project_code"]
    monitoring = await open_round(world)
    form = await form_of(world, project)
    unexplained = await step(world.officer, "monitoring-rounds", monitoring, "closures", {})
    assert (unexplained.status_code, unexplained.json()["code"]) == (422, "reason_required")
    reason = {"reason": "预算年度结束"}
    closed = created(await step(world.officer, "monitoring-rounds", monitoring, "closures", reason))
    assert (closed["status"], closed["close_reason"]) == ("closed", "预算年度结束")
    assert closed["allowed_actions"] == ["rule_run.start"]
    path = f"{FORMS}/{form['id']}"
    late = await world.filler().patch(path, {"executed_forecast": "1.00"}, version=1)
    assert (late.status_code, late.json()["code"]) == (409, "round_closed")
    for person, name, body in (
        (world.approver(), "submissions", {}),
        (world.officer, "reviews", {"decision": "accept"}),
    ):
        answer = await step(person, "monitoring-forms", form, name, body)
        assert answer.json()["code"] == "round_closed"
    assert (await world.filler().get(path)).json()["allowed_actions"] == []
    assert (await world.filler().get("/monitoring/work-items")).json()["items"] == []
    for name, body in (
        ("extensions", {"unit_code": "219001", "due_on": "2023-12-01", "reason": "晚"}),
        ("reminders", {}),
        ("closures", reason),
    ):
        answer = await step(world.officer, "monitoring-rounds", closed, name, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "round_closed")


async def test_a_round_whose_forms_are_accepted_closes_without_a_reason(world: World) -> None:
    project = (await monitored_goal(world))["project_code"]
    monitoring = await open_round(world)
    form = await submitted_form(world, await form_of(world, project))
    created(await step(world.officer, "monitoring-forms", form, "reviews", {"decision": "accept"}))
    stale = {**monitoring, "version": 2}
    refused = await step(world.officer, "monitoring-rounds", stale, "closures", {})
    assert refused.status_code == 412
    closed = created(await step(world.officer, "monitoring-rounds", monitoring, "closures", {}))
    assert (closed["close_reason"], closed["version"]) == (None, 2)


async def test_the_bureau_reminds_a_unit_once_a_day(world: World) -> None:
    await goal_of(world)
    done = await goal_of(world, unit="302001")
    monitoring = await open_round(world)
    await submitted_form(world, await form_of(world, done))
    path = f"{ROUNDS}/{monitoring['id']}/reminders"
    assert created(await world.officer.post(path, {})) == {"unit_count": 1, "form_count": 1}
    assert created(await world.officer.post(path, {})) == {"unit_count": 0, "form_count": 0}
    [notice] = (await world.filler().get("/monitoring/monitoring-reminders")).json()["items"]
    assert (notice["unit_code"], notice["form_count"]) == ("219001", 1)
    assert notice["sent_by"] == "finance_officer-bureau"
    none = await world.filler("302001").get("/monitoring/monitoring-reminders")
    assert none.json()["items"] == []
    events = await world.events("monitoring")
    told = [e for e in events if e["type"] == "cn.wenxiao.monitoring.reminded.v1"]
    assert [event["data"]["unit_code"] for event in told] == ["219001"]


@pytest.mark.parametrize(
    ("days_left", "occasions"),
    [(8, []), (7, ["due_in_7"]), (2, ["due_in_7"]), (1, ["due_in_1"]), (0, ["due_in_1"]), (-1, [])],
)
async def test_the_rule_reminds_units_before_the_due_date_and_never_twice(
    world: World, stack: Stack, days_left: int, occasions: list[str]
) -> None:
    await monitored_goal(world)
    today = date(2030, 3, 1)
    due_on = (today + timedelta(days=days_left)).isoformat()
    monitoring = await open_round(world, due_on=due_on)
    at = datetime(2030, 3, 1, 4, tzinfo=UTC)
    engine = create_async_engine(
        sqlalchemy_url(stack.admin_url),
        connect_args={"server_settings": {"search_path": "monitoring"}},
    )
    sessions = async_sessionmaker(engine, info={"on_commit": lambda: None})
    for _ in range(2):
        async with sessions.begin() as session:
            await remind_due(session, deadlines.load(), at=at)
    await engine.dispose()
    answer = await world.filler().get("/monitoring/monitoring-reminders", round_id=monitoring["id"])
    found = answer.json()["items"]
    assert [(one["occasion"], one["sent_by"]) for one in found] == [(o, None) for o in occasions]
