"""整改: a letter to a unit, the measures it files, and their verification by someone else."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from services.monitoring.clients import RectificationRequested
from services.monitoring.consumers import take_up_request
from services.monitoring.tables import Rectification, RectificationProblem
from shared import clock
from shared.auth import Role
from shared.db import create_engine, sessions_of
from tests.conftest import Databases, service_url
from tests.monitoring.arranged import (
    expect_404,
    letter,
    letter_order,
    monitored_goal,
    open_warning,
    pay,
    run_rules,
    step,
    warnings_of,
)
from tests.world import World, created

LETTERS, KIND = "/monitoring/rectifications", "rectifications"
MEASURES = {"measures": "补签合同，按月通报进度", "completed_on": "2023-09-20"}
VERIFIED = {"outcome": "verified"}
LETTER_ROUTES: list[tuple[Role, str, str, object]] = [
    (Role.UNIT_APPROVER, "GET", "", None),
    (Role.UNIT_FILLER, "GET", "", None),
    (Role.UNIT_APPROVER, "POST", "/measures", MEASURES),
    (Role.UNIT_APPROVER, "POST", "/receipts", {}),
    (Role.UNIT_APPROVER, "POST", "/progress-reports", {"progress": "已签订合同"}),
    (Role.UNIT_FILLER, "GET", "/letter", None),
    (Role.UNIT_FILLER, "GET", "/letter.docx", None),
    (Role.FINANCE_OFFICER, "POST", "/verifications", VERIFIED),
    (Role.FINANCE_REVIEWER, "POST", "/extensions", {"until": "2030-01-01", "reason": "汛期"}),
]


async def read(world: World, order: dict[str, Any]) -> dict[str, Any]:
    """The letter as it stands."""
    return dict((await world.officer.get(f"{LETTERS}/{order['id']}")).json())


async def filed(world: World) -> dict[str, Any]:
    """A letter whose unit has filed its measures."""
    order = await letter(world)
    return created(await step(world.approver(), KIND, order, "measures", MEASURES))


@pytest.mark.parametrize(("role", "method", "path", "body"), LETTER_ROUTES)
async def test_another_regions_letter_does_not_exist(
    world: World, other_world: World, role: Role, method: str, path: str, body: object
) -> None:
    order = await letter(other_world)
    person = world.person(role, unit="219001")
    await expect_404(person, method, f"/rectifications/{order['id']}{path}", body)
    assert (await person.get(LETTERS)).json()["items"] == []
    assert await read(other_world, order) == order


@pytest.mark.parametrize(("role", "method", "path", "body"), LETTER_ROUTES[:7])
async def test_another_units_letter_does_not_exist(
    world: World, role: Role, method: str, path: str, body: object
) -> None:
    order = await letter(world)
    person = world.person(role, unit="219002")
    await expect_404(person, method, f"/rectifications/{order['id']}{path}", body)
    assert (await person.get(LETTERS)).json()["items"] == []


async def test_a_letter_names_the_warnings_it_was_written_about(world: World) -> None:
    warnings = [await open_warning(world) for _ in range(2)]
    problem = {"project_code": warnings[0]["project_code"], "text": "合同尚未签订"}
    body = letter_order(*warnings, problems=[problem])
    answer = await world.officer.post(LETTERS, body)
    order = created(answer)
    assert answer.headers["location"] == f"/api/v1{LETTERS}/{order['id']}"
    assert (order["status"], order["origin"]) == ("issued", "monitoring")
    assert order["fiscal_year"] == warnings[0]["fiscal_year"]
    assert {w["id"] for w in order["warnings"]} == {w["id"] for w in warnings}
    assert order["problems"] == [problem]
    for warning in warnings:
        found = (await world.filler().get(f"/monitoring/warnings/{warning['id']}")).json()
        assert found["rectification_ids"] == [order["id"]]
    mine = (await world.approver().get(LETTERS)).json()["items"]
    assert [(one["id"], one["allowed_actions"]) for one in mine] == [
        (order["id"], ["rectification.receive", "rectification.file_measures"])
    ]


async def test_the_fact_of_a_letter_names_the_projects_of_its_problems_and_warnings(
    world: World,
) -> None:
    warning = await open_warning(world)
    goal = await monitored_goal(world)
    texts = ("合同尚未签订", "支付缓慢")
    problems = [{"project_code": goal["project_code"], "text": text} for text in texts]
    both = letter_order(warning, problems=[*problems, {"project_code": None, "text": "迟报"}])
    created(await world.officer.post(LETTERS, both))
    created(await world.officer.post(LETTERS, letter_order(warning)))
    whole_unit = await letter(world)
    filed_letter = await step(world.approver(), KIND, whole_unit, "measures", MEASURES)
    assert filed_letter.status_code == 201, filed_letter.text
    events = await world.events("monitoring")
    told = [
        (event["data"]["version"], event["data"]["project_codes"])
        for event in events
        if event["type"] == "cn.wenxiao.rectification.changed.v1"
    ]
    assert told == [
        (1, sorted([warning["project_code"], goal["project_code"]])),
        (1, [warning["project_code"]]),
        (1, []),
        (2, []),
    ]


async def test_the_unit_files_measures_and_another_person_verifies(world: World) -> None:
    order = await filed(world)
    assert (order["status"], order["completed_on"]) == ("measures_filed", "2023-09-20")
    verified = created(await step(world.officer, KIND, order, "verifications", VERIFIED))
    assert (verified["status"], verified["verified_by"], verified["allowed_actions"]) == (
        "verified",
        "finance_officer-bureau",
        [],
    )
    assert [(entry["step"], entry["by"]) for entry in verified["steps"]] == [
        ("issue", "finance_officer-bureau"),
        ("file_measures", "unit_approver-219001"),
        ("verify", "finance_officer-bureau"),
    ]


async def test_returned_measures_are_filed_again_and_verified(world: World) -> None:
    verdict = {"outcome": "returned", "reason": "没有说明完成时限"}
    order = await filed(world)
    returned = created(await step(world.officer, KIND, order, "verifications", verdict))
    assert (returned["status"], returned["returned_reason"]) == ("returned", "没有说明完成时限")
    better = {"measures": "十月底前签订合同", "completed_on": None}
    again = created(await step(world.approver(), KIND, returned, "measures", better))
    assert (again["measures"], again["returned_reason"]) == ("十月底前签订合同", None)
    verified = created(await step(world.officer, KIND, again, "verifications", VERIFIED))
    assert [(entry["step"], entry["text"]) for entry in verified["steps"]] == [
        ("issue", None),
        ("file_measures", MEASURES["measures"]),
        ("return", "没有说明完成时限"),
        ("file_measures", "十月底前签订合同"),
        ("verify", None),
    ]


async def test_a_return_needs_a_reason(world: World) -> None:
    order = await filed(world)
    answer = await step(world.officer, KIND, order, "verifications", {"outcome": "returned"})
    assert (answer.status_code, answer.json()["code"]) == (422, "reason_required")
    assert answer.json()["errors"][0]["pointer"] == "/reason"
    assert (await read(world, order))["status"] == "measures_filed"


@pytest.mark.parametrize("outcome", [VERIFIED, {"outcome": "returned", "reason": "不实"}])
async def test_who_filed_the_measures_cannot_judge_them(
    world: World, outcome: dict[str, str]
) -> None:
    order = await filed(world)
    same = world.person(Role.FINANCE_OFFICER, name="unit_approver-219001")
    assert (await same.get(f"{LETTERS}/{order['id']}")).json()["allowed_actions"] == []
    answer = await step(same, KIND, order, "verifications", outcome)
    assert (answer.status_code, answer.json()["code"]) == (409, "four_eyes")
    assert (await read(world, order))["status"] == "measures_filed"


async def test_a_step_out_of_turn_is_a_conflict(world: World) -> None:
    order = await letter(world)
    early = await step(world.officer, KIND, order, "verifications", VERIFIED)
    assert (early.status_code, early.json()["code"]) == (409, "rectification_state_forbids")
    order = created(await step(world.approver(), KIND, order, "measures", MEASURES))
    twice = await step(world.approver(), KIND, order, "measures", MEASURES)
    assert (twice.status_code, twice.json()["code"]) == (409, "rectification_state_forbids")
    order = created(await step(world.officer, KIND, order, "verifications", VERIFIED))
    late = await step(world.approver(), KIND, order, "measures", MEASURES)
    assert (late.status_code, late.json()["code"]) == (409, "rectification_state_forbids")


async def test_a_step_from_a_version_that_has_passed_is_refused(world: World) -> None:
    order = await letter(world)
    created(await step(world.approver(), KIND, order, "measures", MEASURES))
    stale = await step(world.officer, KIND, order, "verifications", VERIFIED)
    assert (stale.status_code, stale.headers["etag"]) == (412, '"2"')
    path = f"{LETTERS}/{order['id']}/verifications"
    blind = await world.officer.post(path, VERIFIED)
    assert (blind.status_code, blind.json()["code"]) == (428, "precondition_required")


async def test_a_letter_number_is_used_once_a_year(world: World) -> None:
    order = await letter(world)
    body = letter_order(problems=order["problems"], letter_no=order["letter_no"])
    twice = await world.officer.post(LETTERS, body)
    assert (twice.status_code, twice.json()["code"]) == (409, "letter_no_taken")
    created(await world.officer.post(LETTERS, body | {"due_on": "2024-03-31"}))
    at_once = letter_order(problems=order["problems"])
    answers = await asyncio.gather(*(world.officer.post(LETTERS, at_once) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    listed = (await world.officer.get(LETTERS, fiscal_year=2023)).json()["items"]
    assert [one["letter_no"] for one in listed] == [order["letter_no"], at_once["letter_no"]]


async def test_a_unit_is_overdue_while_it_owes_measures_after_the_due_day(world: World) -> None:
    today = clock.business_day(clock.now())
    late = await letter(world, due_on=str(today - timedelta(days=3)))
    due_today = await letter(world, due_on=str(today))
    assert (late["overdue"], late["days_left"]) == (True, -3)
    assert (due_today["overdue"], due_today["days_left"]) == (False, 0)
    listed = (await world.approver().get(LETTERS)).json()["items"]
    assert [one["overdue"] for one in listed] == [True, False]
    done = created(await step(world.approver(), KIND, late, "measures", MEASURES))
    assert done["overdue"] is False
    verdict = {"outcome": "returned", "reason": "措施空泛"}
    returned = created(await step(world.officer, KIND, done, "verifications", verdict))
    assert returned["overdue"] is True


async def test_a_closed_warning_is_not_taken_up(world: World) -> None:
    warning, still_open = await open_warning(world), await open_warning(world)
    await pay(world, warning["project_code"], ("900000.00", "2023-06-01"))
    await run_rules(world, {"id": warning["round_id"]})
    closed = await warnings_of(world, status="closed")
    assert [one["id"] for one in closed] == [warning["id"]]
    answer = await world.officer.post(LETTERS, letter_order(still_open, warning))
    assert (answer.status_code, answer.json()["code"]) == (409, "warnings_unfit")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/warning_ids/1"]
    assert (await world.officer.get(LETTERS)).json()["items"] == []


async def test_a_letter_takes_up_only_warnings_of_its_unit_and_region(
    world: World, other_world: World
) -> None:
    await monitored_goal(world)
    foreign = [
        await open_warning(world, unit="219002"),
        await open_warning(other_world),
        {"id": str(uuid4())},
    ]
    answer = await world.officer.post(LETTERS, letter_order(*foreign))
    assert (answer.status_code, answer.json()["code"]) == (409, "warnings_unfit")
    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert pointers == ["/warning_ids/0", "/warning_ids/1", "/warning_ids/2"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [({"problems": []}, "/problems"), ({"unit_code": "999001"}, "/unit_code")],
)
async def test_a_letter_needs_a_known_unit_and_something_to_rectify(
    world: World, changes: dict[str, Any], pointer: str
) -> None:
    await monitored_goal(world)
    body = letter_order(problems=[{"project_code": None, "text": "未公开绩效目标"}]) | changes
    answer = await world.officer.post(LETTERS, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_payload")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_every_step_of_a_letter_is_told_to_the_others(world: World) -> None:
    order = await filed(world)
    created(await step(world.officer, KIND, order, "verifications", VERIFIED))
    events = await world.events("monitoring")
    told = [event["data"] for event in events if event["subject"] == order["id"]]
    assert [(fact["version"], fact["status"]) for fact in told] == [
        (1, "issued"),
        (2, "measures_filed"),
        (3, "verified"),
    ]
    assert {(fact["origin"], fact["request_id"]) for fact in told} == {("monitoring", None)}


async def test_a_letter_evaluation_asks_for_is_opened_once(databases: Databases) -> None:
    url = service_url(await databases.new(), "monitoring")
    engine = create_engine(url, process="monitoring", schema="monitoring", pool_size=2)
    sessions = sessions_of(engine, on_commit=lambda: None)
    request = RectificationRequested.model_validate(
        {
            "request_id": uuid4(),
            "unit_code": "219001",
            "fiscal_year": 2023,
            "letter_no": "兴财评〔2024〕1号（示例）",
            "due_on": date(2024, 6, 30),
            "origin": "self_evaluation",
            "problems": [{"project_code": None, "text": "自评分值虚高"}],
        }
    )
    for _ in range(2):
        async with sessions.begin() as session:
            await take_up_request(session, "640104000", request)
    async with sessions.begin() as session:
        [opened] = (await session.scalars(select(Rectification))).all()
        problems = await session.scalar(select(func.count()).select_from(RectificationProblem))
    assert (opened.status, opened.origin, problems) == ("issued", "self_evaluation", 1)
    assert opened.request_id == request.request_id
    await engine.dispose()
