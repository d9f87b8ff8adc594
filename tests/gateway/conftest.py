"""A real gateway and real services on loopback; the services' behaviour is in `services_apart`."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from deploy.keys import ISSUER, JWKS_NAME, ensure_keys
from deploy.local import USERS_FILE
from gateway.app import create
from gateway.dev_issuer import mint, read_key
from gateway.settings import Settings
from shared.auth import Principal, Role
from tests.gateway.services_apart import ServiceApart

REGION = "640104000"
MAX_BODY = 100_000


class LoopbackServer(uvicorn.Server):
    """Uvicorn inside the test's own loop; signals stay with the test runner."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield


@contextlib.asynccontextmanager
async def serving(app: Any) -> AsyncIterator[str]:
    """The URL at which the app answers for as long as the block runs."""
    config = uvicorn.Config(
        app,
        port=0,
        http="httptools",
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=1,
    )
    server = LoopbackServer(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        assert not running.done()
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await running


@dataclass
class Entrance:
    """The gateway under test, and what stands behind it."""

    url: str
    client: httpx.AsyncClient
    goals: ServiceApart
    keys: Path

    @property
    def port(self) -> int:
        """Where to connect a plain socket."""
        return int(self.url.rpartition(":")[2])

    def token(self, *roles: Role, seconds: int = 60) -> str:
        """A token of the development issuer."""
        principal = Principal("u1", "甲", frozenset(roles or {Role.FINANCE_OFFICER}), REGION)
        return mint(principal, read_key(self.keys / f"{ISSUER}.pem"), seconds=seconds)

    def bearer(self, *roles: Role) -> dict[str, str]:
        """The header that signs a caller in."""
        return {"authorization": f"Bearer {self.token(*roles)}"}


def settings_with(keys: Path, **changed: Any) -> Settings:
    """The gateway's settings as the local runner gives them, with changes."""
    return Settings.model_validate(
        {
            "environment": "development",
            "log_level": "WARNING",
            "key_file": keys / "gateway.pem",
            "internal_jwks_file": keys / JWKS_NAME,
            "bind_host": "127.0.0.1",
            "dev_key_file": keys / f"{ISSUER}.pem",
            "dev_users_file": USERS_FILE,
            "max_body_bytes": MAX_BODY,
            **changed,
        }
    )


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys of every process and of the development issuer."""
    folder = tmp_path_factory.mktemp("keys")
    ensure_keys(folder)
    return folder


@contextlib.asynccontextmanager
async def gateway_before(
    keys: Path, goals_url: str, goals: ServiceApart, **changed: Any
) -> AsyncIterator[Entrance]:
    """A gateway in front of one service that is there and two that are not."""
    settings = settings_with(
        keys,
        goals_url=goals_url,
        monitoring_url="http://127.0.0.1:9",
        evaluation_url="http://127.0.0.1:9",
        **changed,
    )
    async with (
        serving(create(settings)) as url,
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=10) as client,
    ):
        yield Entrance(url, client, goals, keys)


@pytest.fixture(scope="session")
async def entrance(keys: Path) -> AsyncIterator[Entrance]:
    """The gateway with the limits it has by default."""
    goals = ServiceApart()
    async with serving(goals) as goals_url, gateway_before(keys, goals_url, goals) as entrance:
        yield entrance


@pytest.fixture(scope="session")
async def impatient(keys: Path) -> AsyncIterator[Entrance]:
    """A gateway that gives a service a moment only."""
    goals = ServiceApart()
    limits = {"read_seconds": 0.3, "write_seconds": 0.3, "poll_seconds": 1.5, "view_seconds": 0.2}
    async with (
        serving(goals) as goals_url,
        gateway_before(keys, goals_url, goals, **limits) as entrance,
    ):
        yield entrance
