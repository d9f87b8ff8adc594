"""An answer of 2xx means that it is stored: the transaction commits before anything is sent."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from shared.db import Session, install_db_handlers, sessions_of, sqlalchemy_url
from shared.handlers import install_handlers
from tests.conftest import Databases, execute


@pytest.fixture
async def client(databases: Databases) -> AsyncIterator[httpx.AsyncClient]:
    """A service of two routes over a table whose constraint is checked only at commit."""
    url = await databases.new()
    await execute(url, "create table entry (id int primary key deferrable initially deferred)")
    await execute(url, "insert into entry values (1)")
    engine = create_async_engine(sqlalchemy_url(url))
    app = FastAPI()
    app.state.sessions = sessions_of(engine, on_commit=lambda: None)
    install_handlers(app)
    install_db_handlers(app)

    @app.post("/entries/{number}", status_code=201)
    async def add(number: int, session: Session) -> dict[str, int]:
        await session.execute(text("insert into entry values (:n)"), {"n": number})
        return {"number": number}

    @app.get("/entries")
    async def count(session: Session) -> int:
        return int(await session.scalar(text("select count(*) from entry")) or 0)

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://service"
    ) as client:
        yield client
    await engine.dispose()


async def test_a_failing_commit_is_never_answered_as_a_success(client: httpx.AsyncClient) -> None:
    answer = await client.post("/entries/1")
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "state_conflict"
    assert (await client.get("/entries")).json() == 1


async def test_what_was_answered_is_stored(client: httpx.AsyncClient) -> None:
    assert (await client.post("/entries/2")).status_code == 201
    assert (await client.get("/entries")).json() == 2
