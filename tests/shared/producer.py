"""A producer for feed tests: the real feed route on a real socket, over a given database."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import uvicorn
from fastapi import FastAPI

from deploy.keys import ensure_keys
from shared.auth import Tokens
from shared.bell import Bell
from shared.db import Reads
from shared.feed_routes import feed_policy, feed_routes
from shared.handlers import install_handlers


class Producer:
    """Where the feed is served, and the keys with which one may ask for it."""

    def __init__(self, url: str, keys: Path) -> None:
        self.url = url
        self._keys = keys

    def tokens_of(self, process: str) -> Tokens:
        """Another process's tokens."""
        return tokens(self._keys, process)


def tokens(keys: Path, process: str) -> Tokens:
    """A process's tokens from a folder of keys."""
    return Tokens(process, keys / f"{process}.pem", keys / "internal.jwks.json")


@asynccontextmanager
async def running_producer(reads: Reads, bell: Bell) -> AsyncIterator[Producer]:
    """`/events` of a process named goals."""
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder) / "keys"
        ensure_keys(keys)
        app = FastAPI()
        app.state.reads, app.state.bell, app.state.process = reads, bell, "goals"
        app.state.settings = SimpleNamespace(feed_poll_seconds=0.1)
        app.state.tokens = tokens(keys, "goals")
        app.state.policy = feed_policy()
        app.include_router(feed_routes())
        install_handlers(app)
        async with serving(app) as url:
            yield Producer(url, keys)


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    """The app behind a real uvicorn on a free loopback port."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    task = asyncio.create_task(server._serve())  # without uvicorn's own signal handling
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task
