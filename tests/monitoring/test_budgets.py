"""预算 as goals approves it: every version kept, whatever order and form the facts come in."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any, TypeAlias
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from deploy.local import Stack
from services.monitoring.clients import GoalApproved
from services.monitoring.consumers import note_goal
from shared.auth import Role
from shared.db import create_engine, sessions_of
from tests.conftest import Databases, eventually, service_url
from tests.monitoring.arranged import execution_of, learnt
from tests.monitoring.executed import PROJECT, approve, approved, executions
from tests.world import World, created

Sessions: TypeAlias = async_sessionmaker[AsyncSession]
REGION = "640104000"


@pytest.fixture(scope="module")
async def database(databases: Databases) -> str:
    """A database of monitoring's own."""
    return await databases.new()


@pytest.fixture(scope="module")
async def sessions(database: str) -> AsyncIterator[Sessions]:
    """What a consumer works in."""
    url = service_url(database, "monitoring")
    engine = create_engine(url, process="tests", schema="monitoring", pool_size=1)
    yield sessions_of(engine, on_commit=lambda: None)
    await engine.dispose()


def fact(goal_id: Any, number: int, project: str, *, old: bool = False) -> GoalApproved:
    """The n-th approval of a project's goal, of n × 100 yuan, as monitoring reads it."""
    budget = {
        "approved_on": date(2023, number, 28),
        "funds": [{"amount": f"{number}00.00", "source": "carry_over"}],
    }
    told = approved(project, goal_id, number, budget, fiscal_year=2023, unit="219001").model_dump()
    if old:
        del told["fund_sources"]
    return GoalApproved.model_validate(told)


async def kept(database: str, project: str) -> list[tuple[Any, ...]]:
    """The project's budgets by version, and the one its goal is in force with."""
    connection = await asyncpg.connect(database, server_settings={"search_path": "monitoring"})
    rows = await connection.fetch(
        """select f.version_no, f.source, f.amount::text, v.approved_on::text,
                  a.amount::text as in_force
           from budget_fund f
           join budget_version v using (region_code, fiscal_year, project_code, version_no)
           join approved_goal g using (region_code, fiscal_year, project_code)
           join approved_fund a using (region_code, goal_id)
           where f.project_code = $1 order by f.version_no""",
        project,
    )
    await connection.close()
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("order", [[1, 2], [2, 1], [1, 2, 1, 2], [2, 2, 1]])
async def test_each_version_is_kept_once_in_whatever_order_the_facts_come(
    sessions: Sessions, database: str, order: list[int]
) -> None:
    goal_id, project = uuid4(), PROJECT.format(uuid4().int % 10**12)
    for number in order:
        async with sessions.begin() as session:
            await note_goal(session, REGION, fact(goal_id, number, project))
    assert await kept(database, project) == [
        (1, "carry_over", "100.00", "2023-01-28", "200.00"),
        (2, "carry_over", "200.00", "2023-02-28", "200.00"),
    ]


async def test_a_fact_of_the_years_before_sources_were_told_is_read(
    sessions: Sessions, database: str
) -> None:
    project = PROJECT.format(uuid4().int % 10**12)
    async with sessions.begin() as session:
        await note_goal(session, REGION, fact(uuid4(), 1, project, old=True))
    assert [row[1] for row in await kept(database, project)] == ["unspecified"]


async def test_goals_tells_which_money_was_carried_over(world: World) -> None:
    funds = [
        {"fund_level": "county", "amount": "700.00"},
        {"fund_level": "county", "source": "carry_over", "amount": "200.00"},
        {"fund_level": "central", "source": "carry_over", "amount": "100.00"},
    ]
    project = await world.project(funds=funds)
    await world.approved_goal(project=project)
    await learnt(world, project)
    row = await execution_of(world, project)
    assert (row["budget_initial"], row["budget"], row["carry_over"]) == (
        "1000.00",
        "1000.00",
        "300.00",
    )
    assert {fund["fund_level"]: fund["carry_over"] for fund in row["funds"]} == {
        "central": "100.00",
        "county": "200.00",
    }
    assert (row["department_code"], row["office"]) == ("219", "教科文室（示例）")


async def test_budgets_are_rebuilt_from_the_feed(world: World, stack: Stack) -> None:
    day = date(2023, 1, 31)
    first, second = ({"approved_on": day, "funds": [{"amount": a}]} for a in ("10.00", "20.00"))
    await approve(world, stack, PROJECT.format(1), first, second)
    before = await executions(world)
    operator = world.person(Role.OPERATOR)
    created(await operator.post("/monitoring/ops/feeds/goals/rebuilds", {}))

    async def rebuilt() -> bool:
        return await executions(world) == before

    await eventually(rebuilt)
    assert (before[0]["budget_initial"], before[0]["budget"]) == ("10.00", "20.00")
