"""`kill -9` of any process in the middle of the year: started again and played again, the year ends
with the same figures, nothing lost and nothing twice, and its warnings are those of its raw rows."""

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.demo.client import signed_on
from deploy.demo.data_files import YEAR
from deploy.local import ROOT, Stack
from deploy.topology import GATEWAY, SERVICES
from shared.db import sqlalchemy_url
from tests.conftest import Databases, free_ports
from tests.demo.by_hand import as_read, warnings_by_hand

#: Who is killed, and how many acts of the play have ended by then.
KILLS = [("goals", 1), ("monitoring", 2), (GATEWAY.name, 3), ("evaluation", 4)]


@pytest.fixture
async def own_stack(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stack]:
    """Four processes and a database for this test alone."""
    var = tmp_path_factory.mktemp("kills")
    with (var / "processes.log").open("w") as log:
        stack = Stack(await databases.new(), var, ports=free_ports(), log=log)
        try:
            await stack.start()
            yield stack
        finally:
            await stack.stop()


async def play(stack: Stack, *, kill: str | None = None, after_acts: int = 0) -> tuple[int, str]:
    """Play the year as the demo does; its exit status and what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.demo", "--play-only", stack.url,
        "--document", str(stack.var / "summary.docx"),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    printed, acts = "", 0
    async for raw in process.stdout:
        printed += raw.decode()
        acts += raw.decode().lstrip().startswith("✓")
        if kill is not None and acts == after_acts:
            await asyncio.sleep(0.3)  # well into the next act
            await stack.kill(kill)
            kill = None
    return await process.wait(), printed


async def counts(stack: Stack) -> dict[str, int]:
    """How many rows the year left in each table."""
    engine = create_async_engine(sqlalchemy_url(stack.admin_url))
    async with engine.connect() as connection:
        found = {}
        for process in SERVICES:
            tables = await connection.scalars(
                text("select tablename from pg_tables where schemaname = :s"),
                {"s": process.schema},
            )
            for table in tables:
                name = f"{process.schema}.{table}"
                found[name] = int(
                    await connection.scalar(text(f"select count(*) from {name}")) or 0
                )
    await engine.dispose()
    return found


async def warnings(stack: Stack) -> list[dict[str, Any]]:
    """Every warning of the year with its receipt."""
    path = "/monitoring/warnings"
    async with signed_on(stack.url) as client:
        listed = await client.every("officer", path, fiscal_year=YEAR)
        return [await client.get("officer", f"{path}/{one['id']}") for one in listed]


async def test_a_year_played_through_four_kills_ends_as_one_without(own_stack: Stack) -> None:
    for victim, after_acts in KILLS:
        status, printed = await play(own_stack, kill=victim, after_acts=after_acts)
        assert status != 0, f"the play did not notice that {victim} was killed:\n{printed}"
        await own_stack.start_one(victim)
        await own_stack.wait_ready()
    status, printed = await play(own_stack)
    assert status == 0, printed
    left = await counts(own_stack)
    assert left["goals.goal"] == left["evaluation.self_evaluation"] == 271
    assert left["goals.unit"] == 88
    for name in ("goals", "monitoring", "evaluation"):
        assert left[f"{name}.parked_event"] == 0
    assert as_read(await warnings(own_stack)) == warnings_by_hand()
    status, again = await play(own_stack)
    assert (status, figures(again)) == (0, figures(printed))
    assert await counts(own_stack) == left, "a play on a finished year changes nothing"


def figures(printed: str) -> list[str]:
    """The summary as printed, without the progress above it and the time it took."""
    lines = printed.splitlines()
    start = next(i for i, line in enumerate(lines) if line.endswith("工作总结"))
    return [line for line in lines[start:] if ".docx" not in line and "用时" not in line]
