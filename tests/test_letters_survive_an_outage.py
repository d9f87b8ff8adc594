"""With monitoring down, evaluation asks for 500 letters: afterwards all exist, each once, and
evaluation knows what became of every one of them.

The outage lasts as long as the requests take; `make outage` draws it out to ten minutes."""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.keys import ISSUER
from deploy.local import Stack
from shared.db import sqlalchemy_url
from tests.conftest import Databases, eventually, free_ports
from tests.evaluation.builders import engagement, recheck, review, submitted_form
from tests.world import World, created

REQUESTS, LETTERS = "/evaluation/rectification-requests", "/monitoring/rectifications"
TAKEN = "被占用的文号（示例）"
COUNT = 500
DRAWN_OUT_SECONDS = float(os.environ.get("OUTAGE_SECONDS", "0"))


@pytest.fixture
async def own_stack(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stack]:
    """Four processes and a database for this test alone."""
    var = tmp_path_factory.mktemp("outage")
    with (var / "processes.log").open("w") as log:
        stack = Stack(await databases.new(), var, ports=free_ports(), log=log)
        try:
            await stack.start()
            yield stack
        finally:
            await stack.stop()


@pytest.fixture
async def own_world(own_stack: Stack) -> AsyncIterator[World]:
    """A region on it."""
    async with httpx.AsyncClient(base_url=own_stack.url, timeout=30, trust_env=False) as client:
        yield World(client, own_stack.var / "keys" / f"{ISSUER}.pem", "640104000")


def request_order(form: dict[str, Any], number: str) -> dict[str, Any]:
    """A request for one letter about the form."""
    return {
        "unit_code": form["unit_code"],
        "fiscal_year": form["fiscal_year"],
        "letter_no": number,
        "due_on": "2030-06-30",
        "self_evaluation_ids": [form["id"]],
        "problems": [{"project_code": form["project_code"], "text": "自评依据不足"}],
    }


async def every(world: World, path: str, **params: Any) -> list[dict[str, Any]]:
    """All rows of a list."""
    rows: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await world.officer.get(path, limit=200, **params, **cursor)).json()
        rows += page["items"]
        if page["next_cursor"] is None:
            return rows
        cursor = {"cursor": page["next_cursor"]}


async def ask(world: World, form: dict[str, Any], numbers: list[str]) -> None:
    """Ask for letters, each twice with one key, as a caller does that lost the answer."""

    async def one(number: str) -> None:
        key = uuid4().hex
        for _ in range(2):
            created(await world.officer.post(REQUESTS, request_order(form, number), key=key))

    for start in range(0, len(numbers), 10):
        await asyncio.gather(*(one(number) for number in numbers[start : start + 10]))


async def test_no_letter_is_lost_while_monitoring_is_down(
    own_stack: Stack, own_world: World
) -> None:
    world = own_world
    form = await submitted_form(world)
    contract = await engagement(world)
    form = created(await recheck(world, form, review(contract["id"])))
    taken = await world.officer.post(
        LETTERS,
        {
            "letter_no": TAKEN,
            "unit_code": form["unit_code"],
            "due_on": f"{form['fiscal_year']}-12-31",
            "problems": [{"text": "迟报"}],
        },
    )
    created(taken)
    await own_stack.kill("monitoring")
    assert (await world.officer.get(LETTERS)).status_code >= 500
    numbers = [f"兴财评〔2024〕{n}号（示例）" for n in range(1, COUNT + 1)]
    await ask(world, form, numbers[: COUNT // 2])
    await asyncio.sleep(DRAWN_OUT_SECONDS)
    await ask(world, form, numbers[COUNT // 2 :])
    await ask(world, form, [TAKEN])
    assert {one["status"] for one in await every(world, REQUESTS)} == {None}

    await own_stack.start_one("monitoring")
    await own_stack.wait_ready()

    async def outcomes_known() -> bool:
        return all(one["status"] for one in await every(world, REQUESTS))

    await eventually(outcomes_known, seconds=60)
    letters = await every(world, LETTERS, origin="self_evaluation")
    assert sorted(one["letter_no"] for one in letters) == sorted(numbers)
    requests = {one["letter_no"]: one for one in await every(world, REQUESTS)}
    refused = requests.pop(TAKEN)
    assert len(requests) == COUNT
    assert {one["status"] for one in requests.values()} == {"issued"}
    assert {one["id"] for one in letters} == {one["rectification_id"] for one in requests.values()}
    assert (refused["status"], refused["rectification_id"]) == ("refused", None)
    assert "换一个文号" in refused["refused_reason"]
    listed = await every(world, REQUESTS, status="refused")
    assert [one["id"] for one in listed] == [refused["id"]]
    assert await refusals_waiting(world) == 1
    await ask(world, form, ["换过的文号（示例）"])
    assert await refusals_waiting(world) == 0
    assert await parked(own_stack) == 0


async def refusals_waiting(world: World) -> int:
    """How many refused requests the officer still has to ask for anew."""
    work = (await world.officer.get("/evaluation/work-items")).json()["items"]
    return sum(item["count"] for item in work if item["kind"] == "rectification_refused")


async def parked(stack: Stack) -> int:
    """How many events monitoring and evaluation could not apply."""
    engine = create_async_engine(sqlalchemy_url(stack.admin_url))
    async with engine.connect() as connection:
        found = [
            await connection.scalar(text(f"select count(*) from {schema}.parked_event"))
            for schema in ("monitoring", "evaluation")
        ]
    await engine.dispose()
    return sum(found)
