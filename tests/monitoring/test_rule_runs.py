"""系统监控 over many projects: chunk by chunk, safe at any moment, once and not twice."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from deploy.local import Stack
from services.monitoring.domain.packs import load_packs
from services.monitoring.errors import RuleRunStateForbids, RunInProgress
from services.monitoring.schemas.warnings import RuleRunIn
from services.monitoring.tables import MonitoringRound, RuleRun
from services.monitoring.usecases.rule_runs import cancel_run, queue_run, start_run, work_chunk
from services.monitoring.usecases.run_chunks import CHUNK_SIZE
from services.monitoring.usecases.run_loops import queue_daily_runs, work_somewhere
from shared.auth import Caller, Principal, Reach, Role
from shared.etags import Expected
from tests.conftest import Databases, eventually
from tests.monitoring.arranged import expect_404, open_round, pay, run_rules
from tests.monitoring.executed import PROJECT, approve
from tests.monitoring.mass import another_round, fill, sessions_on
from tests.world import World, created

REGION = "640199000"
JULY = date(2023, 7, 31)
AT = datetime(2023, 8, 1, 2, 0, tzinfo=UTC)
MANY = 2 * CHUNK_SIZE + 500
PACKS = load_packs(Path(__file__).parents[2] / "services" / "monitoring" / "rules")
OFFICER = Caller(
    Principal("officer", "officer", frozenset({Role.FINANCE_OFFICER}), REGION), Reach.REGION
)

Sessions = async_sessionmaker[AsyncSession]


async def queued(sessions: Sessions, round_id: UUID) -> UUID:
    """A run of the round that nobody has begun."""
    async with sessions.begin() as session:
        monitoring = await session.get_one(MonitoringRound, (REGION, round_id))
        run = await queue_run(session, monitoring, JULY, PACKS, run_by="officer", at=AT)
        return run.id


async def finished(sessions: Sessions, run_id: UUID) -> RuleRun:
    """The run, worked off by whoever is there."""
    while await work_somewhere(sessions):
        pass
    return await run_of(sessions, run_id)


async def run_of(sessions: Sessions, run_id: UUID) -> RuleRun:
    """The run as it stands."""
    async with sessions.begin() as session:
        return await session.get_one(RuleRun, (REGION, run_id))


async def rows_of(sessions: Sessions, round_id: UUID) -> list[list[Any]]:
    """What the round's runs have left: lights, warnings and how often each was told."""
    statements = (
        "select project_code, unit_code, colour, rule_id, position from project_colour"
        " where round_id = :round_id order by 1",
        "select project_code, rule_id, position, level, status, rule_key, inputs::text,"
        " answer_due_on, row_version from warning where round_id = :round_id order by 1, 2, 3",
        "select w.project_code, count(*) from event e join warning w on w.id::text = e.subject"
        " where w.round_id = :round_id group by 1 order by 1",
    )
    async with sessions.begin() as session:
        return [
            [tuple(row) for row in await session.execute(text(sql), {"round_id": round_id})]
            for sql in statements
        ]


class PowerCut(Exception):
    """What ends a process in the middle of a chunk."""


async def cut_in_a_chunk(sessions: Sessions, run_id: UUID) -> None:
    """Work a chunk and lose it before it is committed."""
    async with sessions.begin() as session:
        run = await session.get_one(RuleRun, (REGION, run_id), with_for_update=True)
        await work_chunk(session, run, at=AT)
        raise PowerCut


async def test_a_run_killed_half_way_and_repeated_gives_the_same_rows(
    databases: Databases,
) -> None:
    url = await databases.new()
    round_id = await fill(url, REGION, MANY)
    other_id = await another_round(url, REGION, "没有中断的监控")
    async with sessions_on(url) as sessions:
        whole = await finished(sessions, await queued(sessions, other_id))
        run_id = await queued(sessions, round_id)
        assert await work_somewhere(sessions)
        with pytest.raises(PowerCut):
            await cut_in_a_chunk(sessions, run_id)
        half = await run_of(sessions, run_id)
        assert (half.state, half.evaluated) == ("running", CHUNK_SIZE)
        run = await finished(sessions, run_id)

        counts = ("evaluated", "opened", "unchanged", "closed", "red", "green")
        assert [getattr(run, name) for name in counts] == [getattr(whole, name) for name in counts]
        assert (run.state, run.evaluated, run.opened) == ("done", MANY, MANY - MANY // 3)
        assert await rows_of(sessions, round_id) == await rows_of(sessions, other_id)
        assert {told for _, told in (await rows_of(sessions, round_id))[2]} == {1}


async def test_the_same_day_twice_writes_nothing(databases: Databases) -> None:
    url = await databases.new()
    round_id = await fill(url, REGION, CHUNK_SIZE + 1)
    async with sessions_on(url) as sessions:
        first = await finished(sessions, await queued(sessions, round_id))
        before = await rows_of(sessions, round_id)
        second = await finished(sessions, await queued(sessions, round_id))
        assert (second.opened, second.updated, second.closed) == (0, 0, 0)
        assert second.unchanged == first.opened
        assert await rows_of(sessions, round_id) == before
        async with sessions.begin() as session:
            lights = await session.scalars(text("select distinct run_id from project_colour"))
            assert lights.all() == [first.id]


async def test_a_run_is_cancelled_behind_its_chunk_and_another_finishes_the_work(
    databases: Databases,
) -> None:
    url = await databases.new()
    round_id = await fill(url, REGION, MANY)
    async with sessions_on(url) as sessions:
        run_id = await queued(sessions, round_id)
        await work_somewhere(sessions)
        async with sessions.begin() as session:
            await cancel_run(session, run_id, expected=Expected('"1"'), by=OFFICER, at=AT)
        assert not await work_somewhere(sessions)
        run = await run_of(sessions, run_id)
        assert (run.state, run.evaluated, run.cancelled_by) == ("cancelled", CHUNK_SIZE, "officer")
        assert len((await rows_of(sessions, round_id))[0]) == CHUNK_SIZE
        with pytest.raises(RuleRunStateForbids):
            async with sessions.begin() as session:
                await cancel_run(session, run_id, expected=Expected("*"), by=OFFICER, at=AT)

        again = await finished(sessions, await queued(sessions, round_id))
        assert (again.evaluated, again.unchanged) == (MANY, run.opened)


async def test_while_a_run_waits_or_works_another_of_the_round_is_sent_away(
    databases: Databases,
) -> None:
    url = await databases.new()
    round_id = await fill(url, REGION, 1)
    async with sessions_on(url) as sessions:
        await queued(sessions, round_id)
        order = RuleRunIn(round_id=round_id, as_of=JULY)
        with pytest.raises(RunInProgress):
            async with sessions.begin() as session:
                await start_run(session, order, PACKS, by=OFFICER, at=AT)


async def test_a_large_run_is_accepted_and_can_be_watched_to_its_end(
    world: World, stack: Stack
) -> None:
    round_id = await fill(stack.admin_url, world.region_code, CHUNK_SIZE + 1)
    order = {"round_id": str(round_id), "as_of": "2023-07-31"}
    answer = await world.officer.post("/monitoring/rule-runs", order)
    assert answer.status_code == 202, answer.text
    path = answer.headers["location"].removeprefix("/api/v1")
    assert answer.json()["project_count"] == CHUNK_SIZE + 1
    assert answer.json()["allowed_actions"] == ["rule_run.cancel"]

    async def done() -> bool:
        return bool((await world.officer.get(path)).json()["state"] == "done")

    await eventually(done, seconds=60)
    run = (await world.officer.get(path)).json()
    assert run["evaluated"] == CHUNK_SIZE + 1
    assert run["colours"]["red"] == run["opened"]
    late = await world.officer.post(f"{path}/cancellations", {}, version=run["version"])
    assert (late.status_code, late.json()["code"]) == (409, "rule_run_state_forbids")


async def test_a_cancellation_that_waits_too_long_for_the_chunk_is_to_be_asked_again(
    world: World, stack: Stack
) -> None:
    round_id = await fill(stack.admin_url, world.region_code, 1)
    order = {"round_id": str(round_id), "as_of": "2023-07-31"}
    run = created(await world.officer.post("/monitoring/rule-runs", order))
    chunk = await asyncpg.connect(stack.admin_url)
    async with chunk.transaction():
        await chunk.execute("lock table monitoring.rule_run in exclusive mode")
        path = f"/monitoring/rule-runs/{run['id']}/cancellations"
        answer = await world.officer.post(path, {}, version=run["version"])
    await chunk.close()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2"), answer.text


async def test_another_regions_run_cannot_be_cancelled(
    world: World, other_world: World, stack: Stack
) -> None:
    round_id = await fill(stack.admin_url, other_world.region_code, 1)
    order = {"round_id": str(round_id), "as_of": "2023-07-31"}
    run = created(await other_world.officer.post("/monitoring/rule-runs", order))
    await expect_404(world.officer, "POST", f"/rule-runs/{run['id']}/cancellations", {})


async def test_each_open_round_is_judged_once_a_day_by_itself(databases: Databases) -> None:
    url = await databases.new()
    round_id = await fill(url, REGION, 3)
    days = [(AT, 1), (AT + timedelta(hours=3), 0), (AT + timedelta(days=1), 1)]
    async with sessions_on(url) as sessions:
        for at, expected in days:
            async with sessions.begin() as session:
                assert await queue_daily_runs(session, PACKS, at=at) == expected
            while await work_somewhere(sessions):
                pass
        async with sessions.begin() as session:
            over = datetime(2023, 8, 16, 2, 0, tzinfo=UTC)
            assert await queue_daily_runs(session, PACKS, at=over) == 0
            runs = await session.execute(text("select as_of, run_by, state from rule_run"))
            assert {tuple(run) for run in runs} == {(JULY, "svc:monitoring", "done")}
        assert len((await rows_of(sessions, round_id))[0]) == 3


async def test_money_is_held_against_the_budget_in_force_on_the_day(
    world: World, stack: Stack
) -> None:
    project, county = PROJECT.format(1), {"fund_level": "county"}
    first = {"approved_on": date(2023, 1, 10), "funds": [county | {"amount": "1000000.00"}]}
    doubled = {"approved_on": date(2023, 8, 20), "funds": [county | {"amount": "2000000.00"}]}
    await approve(world, stack, project, first, doubled)
    await pay(world, project, ("600000.00", "2023-06-01"))
    monitoring = await open_round(world, period_to="2023-08-31", due_on="2023-09-15")
    lights = {}
    for as_of in ("2023-01-09", "2023-07-31", "2023-08-19", "2023-08-31"):
        run = await run_rules(world, monitoring, as_of)
        lights[as_of] = [light for light, count in run["colours"].items() if count]
    # 60 of 100 after 7 and 8 of 12 months: 103 and 90 %; of 200 after 8 of 12: 45 %.
    assert lights == {
        "2023-01-09": ["not_applicable"],
        "2023-07-31": ["green"],
        "2023-08-19": ["green"],
        "2023-08-31": ["red"],
    }
