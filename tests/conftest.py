"""One real Postgres, one real stack of four processes, a fresh region for every test that asks."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.keys import ISSUER
from deploy.local import Stack
from deploy.migrate import migrate
from deploy.postgres import as_role, given_url, running_postgres, with_database
from deploy.topology import BY_NAME, PROCESSES, SERVICES
from shared.db import sqlalchemy_url
from tests.world import World

PASSWORD = "test-only"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes minutes begins first, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: "test_a_year_survives_kills" not in item.nodeid)


@pytest.fixture(scope="session")
async def server_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """An administrator's URL of a Postgres that runs for the whole session.

    Our own server skips fsync: it never has to survive a power cut, and databases come and go.
    """
    with running_postgres(tmp_path_factory.mktemp("pg") / "data", url=given_url()) as url:
        if given_url() is None:
            await execute(url, "alter system set fsync = off")
            await execute(url, "select pg_reload_conf()")
        yield url


class Databases:
    """Migrated databases, copied from one template in a moment and dropped at the end."""

    def __init__(self, server_url: str, template: str) -> None:
        self._server_url = server_url
        self._template = template
        self._made: list[str] = []

    async def new(self) -> str:
        """The administrator's URL of a fresh database with every schema at its newest version."""
        name = f"wenxiao_test_{uuid4().hex[:12]}"
        await execute(self._server_url, f"create database {name} template {self._template}")
        self._made.append(name)
        return with_database(self._server_url, name)

    async def drop_all(self) -> None:
        """Remove what was made on a server that lives on."""
        if given_url() is None:
            return
        for name in [*self._made, self._template]:
            await execute(self._server_url, f"drop database if exists {name} with (force)")


@pytest.fixture(scope="session")
async def databases(server_url: str) -> AsyncIterator[Databases]:
    """Fresh migrated databases."""
    template = f"wenxiao_template_{uuid4().hex[:12]}"
    await execute(server_url, f"create database {template}")
    url = with_database(server_url, template)
    await migrate(url, {p.name: service_url(url, p.name) for p in SERVICES})
    made = Databases(server_url, template)
    yield made
    await made.drop_all()


def service_url(admin_url: str, name: str) -> str:
    """A service's own login to a test database."""
    return as_role(admin_url, BY_NAME[name].role, PASSWORD)


async def execute(url: str, sql: str) -> None:
    """One statement as the administrator, outside any transaction."""
    engine = create_async_engine(sqlalchemy_url(url), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(sql))
    await engine.dispose()


def free_ports() -> dict[str, int]:
    """A free loopback port for each process."""
    probes = [socket.socket() for _ in PROCESSES]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return dict(zip((process.name for process in PROCESSES), ports, strict=True))


@pytest.fixture(scope="session")
async def stack(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stack]:
    """The four processes, ready, for the whole session."""
    var = tmp_path_factory.mktemp("stack")
    with (var / "processes.log").open("w") as log:
        patience = {"WENXIAO_FEED_WAIT_SECONDS": "1"}  # a rebuild begins when the long poll ends
        url = await databases.new()
        stack = Stack(url, var, ports=free_ports(), log=log, settings=patience)
        try:
            await stack.start()
            yield stack
        finally:
            await stack.stop()


@pytest.fixture(scope="session")
async def http(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the gateway, the only door."""
    async with httpx.AsyncClient(base_url=stack.url, timeout=30, trust_env=False) as client:
        yield client


_regions = iter(range(910000000, 999999999))


@pytest.fixture
def world(stack: Stack, http: httpx.AsyncClient) -> World:
    """A region of its own: nothing another test did can be seen in it."""
    return World(http, stack.var / "keys" / f"{ISSUER}.pem", str(next(_regions)))


@pytest.fixture
def other_world(stack: Stack, http: httpx.AsyncClient) -> World:
    """A second region, for what must not be seen."""
    return World(http, stack.var / "keys" / f"{ISSUER}.pem", str(next(_regions)))


async def eventually(check: Callable[[], Awaitable[bool]], *, seconds: float = 15) -> None:
    """Wait until something that travels by feed has arrived; fail when it does not."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not await check():
        assert asyncio.get_running_loop().time() < deadline, "未在限时内到达"
        await asyncio.sleep(0.05)
