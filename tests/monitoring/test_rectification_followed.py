"""整改 followed to its end: signed for, measured problem by problem, reported on, extended, late."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from deploy.local import Stack
from services.monitoring.clients import RectificationRequested
from services.monitoring.usecases.letters import open_requested_letter
from services.monitoring.usecases.rectification_watch import look_once, mark_late
from shared import clock
from shared.auth import Role
from shared.db import create_engine, sessions_of
from tests.conftest import eventually
from tests.monitoring.arranged import letter, letter_order, monitored_goal, open_warning, step
from tests.world import World, created

LETTERS, KIND = "/monitoring/rectifications", "rectifications"
MEASURES = {"measures": "补签合同，按月通报进度"}


def in_days(days: int) -> str:
    """The business day so many days from now."""
    return str(clock.business_day(clock.now()) + timedelta(days=days))


@pytest.fixture
async def sessions(stack: Stack) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """The monitoring service's own tables on the running stack."""
    url = stack.database_url("monitoring")
    engine = create_engine(url, process="monitoring", schema="monitoring", pool_size=2)
    yield sessions_of(engine, on_commit=lambda: None)
    await engine.dispose()


async def read(world: World, order: dict[str, Any]) -> dict[str, Any]:
    """The letter as it stands."""
    return dict((await world.officer.get(f"{LETTERS}/{order['id']}")).json())


async def told(world: World, subject: str, *, count: int) -> list[dict[str, Any]]:
    """The facts of one subject, as soon as the feed shows so many."""
    facts: list[dict[str, Any]] = []

    async def all_there() -> bool:
        events = await world.events("monitoring")
        facts[:] = [event["data"] for event in events if event["subject"] == subject]
        return len(facts) >= count

    await eventually(all_there)
    return facts


async def look(sessions: async_sessionmaker[AsyncSession], at: datetime) -> None:
    """All that the watch does on one day."""
    while await look_once(sessions, at=at):
        pass


async def in_progress(world: World, **changes: Any) -> dict[str, Any]:
    """A letter whose unit has filed measures and reported progress."""
    order = await letter(world, **changes)
    items = [{"problem_position": 1, "measure": "补报", "responsible": "张三（示例）",
              "planned_on": in_days(5)}]  # fmt: skip
    order = created(
        await step(world.approver(), KIND, order, "measures", MEASURES | {"items": items})
    )
    report = {"progress": "已补报监控表初稿"}
    return created(await step(world.approver(), KIND, order, "progress-reports", report))


async def test_a_deadline_by_rule_runs_from_the_day_of_receipt(world: World) -> None:
    order = await letter(world, due_on=None)
    assert (order["due_by_rule"], order["due_on"]) == (True, in_days(30))
    signed = created(await step(world.filler(), KIND, order, "receipts", {"note": "收文 12 号"}))
    assert (signed["status"], signed["received_by"]) == ("received", "unit_filler-219001")
    assert (signed["received_at"] is not None, signed["due_on"]) == (True, in_days(30))
    assert [(one["step"], one["text"]) for one in signed["steps"]][1] == ("receive", "收文 12 号")
    twice = await step(world.filler(), KIND, signed, "receipts", {})
    assert (twice.status_code, twice.json()["code"]) == (409, "rectification_state_forbids")


async def test_who_files_measures_has_received_the_letter(world: World) -> None:
    order = created(await step(world.approver(), KIND, await letter(world), "measures", MEASURES))
    assert order["received_by"] == order["filed_by"] == "unit_approver-219001"
    assert order["received_at"] is not None


async def test_every_problem_and_warning_may_have_a_measure_of_its_own(world: World) -> None:
    warning = await open_warning(world)
    body = letter_order(warning, problems=[{"text": "迟报"}, {"text": "合同未签"}])
    order = created(await world.officer.post(LETTERS, body))
    one = {"measure": "签合同", "responsible": "李四（示例）", "planned_on": in_days(20)}
    items = [one | {"problem_position": 2}, one | {"warning_id": warning["id"]}]
    filed = await step(world.approver(), KIND, order, "measures", MEASURES | {"items": items})
    shown = created(filed)
    assert [(m["problem_position"], m["warning_id"]) for m in shown["items"]] == [
        (2, None),
        (None, warning["id"]),
    ]
    assert shown["finish_due_on"] == in_days(20)


@pytest.mark.parametrize(
    "subject",
    [{}, {"problem_position": 2}, {"warning_id": str(uuid4())}, {"problem_position": 0}],
)
async def test_a_measure_answers_something_the_letter_names(
    world: World, subject: dict[str, Any]
) -> None:
    order = await letter(world)
    item = {"measure": "补报", "responsible": "张三", "planned_on": in_days(5)} | subject
    body = MEASURES | {"items": [item]}
    answer = await step(world.approver(), KIND, order, "measures", body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/items/0")
    assert (await read(world, order))["status"] == "issued"


async def test_measures_filed_again_are_the_ones_that_count(world: World) -> None:
    order = await in_progress(world)
    verdict = {"outcome": "returned", "reason": "不够具体", "due_on": in_days(9)}
    order = created(await step(world.officer, KIND, order, "verifications", verdict))
    assert (order["status"], order["due_on"], order["owed_on"]) == (
        "returned",
        in_days(9),
        in_days(9),
    )
    order = created(await step(world.approver(), KIND, order, "measures", MEASURES))
    assert (order["items"], order["finish_due_on"], order["reported_by"]) == ([], None, None)


async def test_progress_is_reported_until_it_is_done_and_verified(world: World) -> None:
    order = await in_progress(world)
    assert (order["status"], order["owed_on"]) == ("in_progress", in_days(5))
    early = {"progress": "将于明天完成", "completed_on": in_days(1)}
    refused = await step(world.approver(), KIND, order, "progress-reports", early)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/completed_on")
    done = {"progress": "已全部补报", "completed_on": in_days(0)}
    order = created(await step(world.approver(), KIND, order, "progress-reports", done))
    assert (order["owed_on"], order["completed_on"]) == (None, in_days(0))
    own = world.person(Role.FINANCE_OFFICER, name="unit_approver-219001")
    mine = await step(own, KIND, order, "verifications", {"outcome": "verified"})
    assert (mine.status_code, mine.json()["code"]) == (409, "four_eyes")
    order = created(
        await step(world.officer, KIND, order, "verifications", {"outcome": "verified"})
    )
    assert [one["step"] for one in order["steps"]] == [
        "issue", "file_measures", "report_progress", "report_progress", "verify",
    ]  # fmt: skip
    assert all(one["by"] and one["at"] for one in order["steps"])


async def test_an_extension_is_anothers_decision_with_a_reason(world: World) -> None:
    order = await letter(world, due_on=in_days(3))
    issuer = world.person(Role.FINANCE_REVIEWER, name="finance_officer-bureau")
    body = {"until": in_days(10), "reason": "汛期无法施工"}
    own = await step(issuer, KIND, order, "extensions", body)
    assert (own.status_code, own.json()["code"]) == (409, "four_eyes")
    for until in (in_days(3), in_days(-1), in_days(2)):
        late = await step(world.reviewer, KIND, order, "extensions", body | {"until": until})
        assert (late.status_code, late.json()["errors"][0]["pointer"]) == (422, "/until")
    mute = await step(world.reviewer, KIND, order, "extensions", {"until": in_days(10)})
    assert mute.status_code == 422
    order = created(await step(world.reviewer, KIND, order, "extensions", body))
    assert (order["due_on"], order["status"]) == (in_days(10), "issued")
    assert order["steps"][-1]["text"] == f"延期至 {in_days(10)}：汛期无法施工"
    moved = created(await step(world.reviewer, KIND, await in_progress(world), "extensions", body))
    assert (moved["finish_due_on"], moved["owed_on"]) == (in_days(10), in_days(10))


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "on_time"), (-1, "overdue"), (-15, "overdue"), (-16, "escalated")],
)
async def test_lateness_is_shown_and_found_without_the_watch(
    world: World, days: int, expected: str
) -> None:
    order = await letter(world, due_on=in_days(days))
    assert (order["lateness"], order["overdue"]) == (expected, expected != "on_time")
    for asked in ("on_time", "overdue", "escalated"):
        listed = (await world.officer.get(LETTERS, lateness=asked)).json()["items"]
        assert [one["id"] for one in listed] == ([order["id"]] if asked == expected else [])


async def test_the_watch_writes_down_each_level_once(
    world: World, sessions: async_sessionmaker[AsyncSession]
) -> None:
    order = await letter(world, due_on=in_days(2))
    now = clock.now()
    for days in (2, 3, 3, 4, 17, 18, 18, 30):
        await look(sessions, now + timedelta(days=days))
    after = await read(world, order)
    assert [(one["step"], one["by"]) for one in after["steps"]][1:] == [
        ("overdue", "svc:monitoring"),
        ("escalate", "svc:monitoring"),
    ]
    assert after["steps"][1]["text"] == f"应于 {in_days(2)} 办理，已逾期 1 天"
    facts = await told(world, order["id"], count=3)
    assert [(fact["version"], fact["status"], fact["lateness"]) for fact in facts] == [
        (1, "issued", "on_time"),
        (2, "issued", "overdue"),
        (3, "issued", "escalated"),
    ]
    done = created(await step(world.approver(), KIND, after, "measures", MEASURES))
    assert (done["lateness"], done["owed_on"]) == ("on_time", None)
    await look(sessions, now + timedelta(days=40))
    assert (await read(world, order))["version"] == done["version"]


async def test_a_broken_promise_is_late_as_well(
    world: World, sessions: async_sessionmaker[AsyncSession]
) -> None:
    order = await in_progress(world)
    await look(sessions, clock.now() + timedelta(days=6))
    assert (await read(world, order))["steps"][-1]["step"] == "overdue"


async def test_an_extension_ends_lateness_until_the_new_day(
    world: World, sessions: async_sessionmaker[AsyncSession]
) -> None:
    order = await letter(world, due_on=in_days(-3))
    await look(sessions, clock.now())
    body = {"until": in_days(2), "reason": "材料在外"}
    order = created(await step(world.reviewer, KIND, await read(world, order), "extensions", body))
    assert order["lateness"] == "on_time"
    await look(sessions, clock.now() + timedelta(days=3))
    steps = [one["step"] for one in (await read(world, order))["steps"]]
    assert steps == ["issue", "overdue", "extend", "overdue"]


async def test_two_watches_at_once_mark_a_letter_once(
    world: World, sessions: async_sessionmaker[AsyncSession]
) -> None:
    order = await letter(world, due_on=in_days(-1))
    async with sessions.begin() as first, sessions.begin() as second:
        assert await mark_late(first, at=clock.now()) >= 1
        assert await mark_late(second, at=clock.now()) == 0
    assert [one["step"] for one in (await read(world, order))["steps"]] == ["issue", "overdue"]


async def test_a_request_whose_letter_number_is_taken_is_refused_once(
    world: World, sessions: async_sessionmaker[AsyncSession]
) -> None:
    order = await letter(world)
    request = RectificationRequested(
        request_id=uuid4(),
        unit_code="219001",
        fiscal_year=order["fiscal_year"],
        letter_no=order["letter_no"],
        due_on=date(2024, 6, 30),
        origin="evaluation",
        problems=[],
    )
    for _ in range(2):
        async with sessions.begin() as session:
            await open_requested_letter(session, world.region_code, request, at=clock.now())
    [fact] = await told(world, str(request.request_id), count=1)
    assert (fact["reason_code"], fact["letter_no"]) == ("letter_no_taken", order["letter_no"])
    assert order["letter_no"] in fact["reason"]
    listed = (await world.officer.get(LETTERS)).json()["items"]
    assert [UUID(one["id"]) for one in listed] == [UUID(order["id"])]


@pytest.mark.parametrize(("days", "in_time"), [(20, True), (21, False), (None, None)])
async def test_a_requested_letter_says_whether_it_went_out_in_time(
    world: World,
    sessions: async_sessionmaker[AsyncSession],
    days: int | None,
    in_time: bool | None,
) -> None:
    await monitored_goal(world)
    now = clock.now()
    fixed_on = None if days is None else clock.business_day(now) - timedelta(days=days)
    request = RectificationRequested(
        request_id=uuid4(),
        unit_code="219001",
        fiscal_year=2023,
        letter_no="兴财评〔2024〕1号（示例）",
        due_on=date(2030, 6, 30),
        origin="self_evaluation",
        result_fixed_on=fixed_on,
        problems=[{"project_code": None, "text": "自评分值虚高"}],
    )
    async with sessions.begin() as session:
        await open_requested_letter(session, world.region_code, request, at=now)
    [order] = (await world.officer.get(LETTERS)).json()["items"]
    shown = await read(world, order)
    assert shown["issued_in_time"] is in_time
    assert (shown["letter_due_on"] is None) is (days is None)


async def work_of(world: World, role: Role, **scope: Any) -> dict[str, dict[str, Any]]:
    """The caller's work by kind."""
    answer = await world.person(role, **scope).get("/monitoring/work-items")
    return {item["kind"]: item for item in answer.json()["items"]}


async def test_each_step_waits_for_somebody_with_its_day(world: World) -> None:
    await monitored_goal(world)
    order = await letter(world, due_on=in_days(3))
    clerk = (await work_of(world, Role.UNIT_FILLER, unit="219001"))["rectification_to_receive"]
    assert (clerk["count"], clerk["due_on"]) == (1, in_days(3))
    order = created(await step(world.filler(), KIND, order, "receipts", {}))
    assert "rectification_received" in await work_of(world, Role.UNIT_APPROVER, unit="219001")
    order = created(await step(world.approver(), KIND, order, "measures", MEASURES))
    assert "rectification_to_verify" in await work_of(world, Role.FINANCE_OFFICER)
    report = {"progress": "进行中"}
    created(await step(world.approver(), KIND, order, "progress-reports", report))
    assert "rectification_in_progress" in await work_of(world, Role.UNIT_APPROVER, unit="219001")
    assert "rectification_escalated" not in await work_of(world, Role.FINANCE_REVIEWER)
    late = await letter(world, due_on=in_days(-16))
    waiting = (await work_of(world, Role.FINANCE_REVIEWER))["rectification_escalated"]
    assert (waiting["count"], waiting["due_on"]) == (1, late["due_on"])
    path, _, query = waiting["href"].removeprefix("/api/v1").partition("?")
    behind = await world.reviewer.get(path, **dict(parse_qsl(query)))
    assert [one["id"] for one in behind.json()["items"]] == [late["id"]]
