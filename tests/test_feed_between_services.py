"""What one service makes true the others learn by feed: once, in any order, and again from zero."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.local import Stack
from services.goals.clients import (
    ChangedRectification,
    PublishedResult,
    SubmittedSelfEvaluation,
)
from services.goals.consumers import note_rectification, note_result
from shared.auth import Role
from shared.db import create_engine, sessions_of, sqlalchemy_url
from tests.conftest import Databases, eventually, execute, service_url
from tests.evaluation.builders import (
    finalized,
    group,
    letter_order,
    planned,
    rechecked_form,
    sheet,
)
from tests.evaluation.ex_ante import confirmed_ex_ante
from tests.world import World, batch_order, created


async def rows(stack: Stack, table: str, region_code: str) -> list[str]:
    """A table's rows of one region as text, in a stable order."""
    engine = create_async_engine(sqlalchemy_url(stack.admin_url))
    async with engine.connect() as connection:
        found = await connection.scalars(
            text(f"select t::text from {table} t where region_code = :r order by 1"),
            {"r": region_code},
        )
        result = list(found)
    await engine.dispose()
    return result


async def test_an_approved_goal_reaches_monitoring_and_evaluation(
    world: World, stack: Stack
) -> None:
    await world.approved_goal()
    for service in ("monitoring", "evaluation"):

        async def arrived(service: str = service) -> bool:
            return len(await rows(stack, f"{service}.approved_goal", world.region_code)) == 1

        await eventually(arrived)


async def test_a_rebuild_from_zero_gives_the_same_projection_byte_for_byte(
    world: World, stack: Stack
) -> None:
    for _ in range(3):
        await world.approved_goal()
    operator = world.person(Role.OPERATOR)
    for service in ("monitoring", "evaluation"):
        table = f"{service}.approved_goal"

        async def complete(table: str = table) -> bool:
            return len(await rows(stack, table, world.region_code)) == 3

        await eventually(complete)
        before = await rows(stack, table, world.region_code)
        created(await operator.post(f"/{service}/ops/feeds/goals/rebuilds", {}))
        await eventually(complete)
        assert await rows(stack, table, world.region_code) == before


async def test_goals_rebuilds_what_it_learnt_of_results_letters_and_conclusions(
    world: World, stack: Stack
) -> None:
    form = await rechecked_form(world)
    created(await world.officer.post("/evaluation/rectification-requests", letter_order(form)))
    evaluation = await planned(world, group(1, (form["project_code"], form["unit_code"])))
    await finalized(world, evaluation, sheet())
    await confirmed_ex_ante(world, form["project_code"])
    await confirmed_ex_ante(world, form["project_code"], conclusion="partial_support")

    async def corrected() -> bool:
        found = await rows(stack, "goals.ex_ante_result", world.region_code)
        return ["partial_support" in row for row in found] == [True]

    await eventually(corrected)
    operator = world.person(Role.OPERATOR)
    tables = {
        "evaluation": ("project_result", "self_evaluated", "ex_ante_result"),
        "monitoring": ("rectification",),
    }
    for source, names in tables.items():
        for table in (f"goals.{name}" for name in names):

            async def complete(table: str = table) -> bool:
                return len(await rows(stack, table, world.region_code)) == 1

            await eventually(complete)
        before = {name: await rows(stack, f"goals.{name}", world.region_code) for name in names}
        created(await operator.post(f"/goals/ops/feeds/{source}/rebuilds", {}))

        async def rebuilt(
            names: tuple[str, ...] = names, before: dict[str, list[str]] = before
        ) -> bool:
            now = {name: await rows(stack, f"goals.{name}", world.region_code) for name in names}
            return now == before

        await eventually(rebuilt)
    assert (await operator.get("/goals/ops/parked-events")).json()["items"] == []


async def test_a_parked_event_is_seen_by_the_operator_and_replayed_once_mended(
    world: World, stack: Stack
) -> None:
    goal = await world.reviewed_goal()
    broken = f"constraint broken check (region_code <> '{world.region_code}')"
    await execute(stack.admin_url, f"alter table monitoring.approved_goal add {broken}")
    try:
        created(await world.reviewer.post("/goals/approval-batches", batch_order()))
        operator = world.person(Role.OPERATOR)

        async def parked() -> list[dict[str, Any]]:
            return list((await operator.get("/monitoring/ops/parked-events")).json()["items"])

        async def is_parked() -> bool:
            return len(await parked()) == 1

        await eventually(is_parked)
        event = (await parked())[0]
        assert event["type"] == "cn.wenxiao.goal.approved.v1"
        assert "broken" in event["error"]
        path = f"/monitoring/ops/parked-events/{event['event_id']}/replays"
        refused = await operator.post(path, {})
        assert (refused.status_code, refused.json()["code"]) == (409, "state_conflict")
    finally:
        mended = "alter table monitoring.approved_goal drop constraint broken"
        await execute(stack.admin_url, mended)
    created(await operator.post(path, {}))
    assert await parked() == []
    known = await rows(stack, "monitoring.approved_goal", world.region_code)
    assert [goal["id"] in row for row in known] == [True]
    assert (await operator.post(path, {})).status_code == 404


async def test_an_older_version_that_arrives_late_changes_nothing(databases: Databases) -> None:
    url = service_url(await databases.new(), "goals")
    engine = create_engine(url, process="goals", schema="goals", pool_size=2)
    sessions = sessions_of(engine, on_commit=lambda: None)
    evaluation_id = uuid4()
    for version, score in ((2, "91.50"), (1, "60.00"), (2, "91.50")):
        async with sessions.begin() as session:
            await note_result(session, "640104000", result(evaluation_id, version, score))
    async with sessions.begin() as session:
        stored = (await session.execute(text("select version, score from project_result"))).all()
    assert [(version, str(score)) for version, score in stored] == [(2, "91.50")]
    await engine.dispose()


async def test_a_letter_that_arrives_late_does_not_open_a_verified_one_again(
    databases: Databases,
) -> None:
    url = service_url(await databases.new(), "goals")
    engine = create_engine(url, process="goals", schema="goals", pool_size=2)
    sessions = sessions_of(engine, on_commit=lambda: None)
    rectification_id = uuid4()
    for version, status in ((3, "verified"), (1, "issued"), (2, "measures_filed")):
        async with sessions.begin() as session:
            await note_rectification(
                session, "640104000", letter(rectification_id, version, status)
            )
    async with sessions.begin() as session:
        stored = await session.execute(text("select version, status from rectification"))
    assert [tuple(row) for row in stored.all()] == [(3, "verified")]
    await engine.dispose()


def test_facts_from_before_they_grew_are_still_read() -> None:
    old_form = {
        "self_evaluation_id": str(uuid4()),
        "version": 2,
        "project_code": "64010423T000000000001",
        "unit_code": "219001",
        "fiscal_year": 2023,
        "total": "84.50",
        "grade": "good",
    }
    assert SubmittedSelfEvaluation.model_validate(old_form).rows == []
    old_letter = letter(uuid4(), 1, "issued").model_dump(exclude={"project_codes"})
    assert ChangedRectification.model_validate(old_letter).project_codes == []


def letter(rectification_id: UUID, version: int, status: str) -> ChangedRectification:
    """A letter as monitoring publishes it."""
    fields: dict[str, Any] = {
        "rectification_id": rectification_id,
        "version": version,
        "letter_no": "兴财监 1 号（示例）",
        "unit_code": "219001",
        "fiscal_year": 2023,
        "origin": "monitoring",
        "status": status,
        "due_on": "2023-09-30",
        "project_codes": ["64010423T000000000001"],
    }
    return ChangedRectification.model_validate(fields)


def result(evaluation_id: UUID, version: int, score: str) -> PublishedResult:
    """A result as evaluation publishes it."""
    fields: dict[str, Any] = {
        "evaluation_id": evaluation_id,
        "group_no": 1,
        "version": version,
        "kind": "project",
        "fiscal_year": 2023,
        "score": score,
        "grade": "good",
        "subjects": [{"project_code": "64010423T000000000001", "unit_code": "219001"}],
    }
    return PublishedResult.model_validate(fields)


async def test_the_callers_trace_reaches_the_event_and_the_answer(world: World) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    await world.goal()
    goal = await world.reviewed_goal()
    answer = await world.reviewer.send(
        "POST",
        "/goals/approval-batches",
        json={
            "document_no": uuid4().hex,
            "fiscal_year": 2023,
            "approved_on": "2023-01-31",
            "goal_ids": [goal["id"]],
        },
        headers={
            "idempotency-key": uuid4().hex,
            "traceparent": f"00-{trace}-b7ad6b7169203331-01",
            "x-request-id": "test-request-1",
        },
    )
    assert answer.headers["x-request-id"] == "test-request-1"
    events = await world.events("goals")
    approved = [e for e in events if e["type"] == "cn.wenxiao.goal.approved.v1"]
    assert approved[-1]["traceparent"].split("-")[1] == trace


async def test_the_budget_system_reads_the_feed_of_its_own_region_only(
    world: World, other_world: World
) -> None:
    await world.approved_goal()
    await other_world.approved_goal()
    events = await world.events("goals")
    assert {event["regioncode"] for event in events} == {world.region_code}
    assert [event["specversion"] for event in events] == ["1.0"] * len(events)
    last = events[-1]["feedcursor"]
    assert (await world.integration.get("/goals/events", after=last)).json() == []
