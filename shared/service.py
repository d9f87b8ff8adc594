"""What a service with a schema is: the app, its database, its feed and what it follows."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.app import OPEN_PATHS, create_app
from shared.auth import Policy, Tokens, require_declared_actions
from shared.bell import Bell
from shared.db import Reads, create_engine, create_pool, install_db_handlers, sessions_of
from shared.feed import Consumer, Fact, Follower
from shared.feed_routes import declare_facts, feed_routes
from shared.housekeeping import forget_old_jobs, forget_old_keys
from shared.http import Peers
from shared.idempotency import Replay, on_replay
from shared.jobs import Importer
from shared.jobs_worker import Workers, workshop_of
from shared.settings import ServiceSettings

#: What goes on in the background until the process stops.
Loop = Callable[[async_sessionmaker[AsyncSession], Bell], Coroutine[Any, Any, None]]
OnStart = Callable[[async_sessionmaker[AsyncSession]], Awaitable[None]]


def create_service(
    name: str,
    *,
    title: str,
    settings: ServiceSettings,
    policy: Policy,
    routers: Sequence[APIRouter],
    facts: Sequence[type[Fact]],
    consumers: Sequence[Consumer] = (),
    on_start: Sequence[OnStart] = (),
    background: Sequence[Loop] = (),
    importers: Sequence[Importer[Any]] = (),
) -> FastAPI:
    """Assemble a service; refuses to start when a route has no declared action.

    `on_start` is awaited before the first request: what a service has to bring into its schema.
    `background` runs beside the requests until the bell says stop.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = create_engine(
            settings.database_url, process=name, schema=name, pool_size=settings.database_pool_size
        )
        pool = await create_pool(
            settings.database_url, process=name, schema=name, size=settings.database_pool_size
        )
        state = app.state
        state.sessions = sessions_of(engine, on_commit=state.bell.ring)
        state.reads = Reads(pool)
        for bring_in in on_start:
            await bring_in(state.sessions)
        state.checks.append(lambda: state.reads.maybe("select 1"))
        state.peers = Peers(state.tokens, peer_urls(settings))
        followers = [
            Follower(one, state.sessions, state.peers, state.bell, settings.feed_wait_seconds)
            for one in consumers
        ]
        tasks = [asyncio.create_task(follower.run()) for follower in followers]
        tasks += [asyncio.create_task(run(state.sessions, state.bell)) for run in background]
        tasks.append(asyncio.create_task(forget_old_keys(state.sessions, state.bell)))
        if importers:
            workshop = workshop_of(
                importers,
                state.sessions,
                state.reads,
                state.bell,
                lease_seconds=settings.job_lease_seconds,
            )
            state.workers = Workers(workshop, count=settings.job_workers)
            tasks.append(asyncio.create_task(state.workers.run()))
            tasks.append(asyncio.create_task(forget_old_jobs(state.sessions, state.bell)))
        gc.freeze()  # what lives as long as the process: a full collection passes it by
        try:
            yield
        finally:
            state.bell.stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await state.peers.close()
            await pool.close()
            await engine.dispose()

    app = create_app(name, title=title, settings=settings, lifespan=lifespan)
    app.state.process = name
    app.state.policy = policy
    app.state.consumers = {consumer.source: consumer for consumer in consumers}
    app.state.tokens = Tokens(name, settings.key_file, settings.internal_jwks_file)
    app.add_exception_handler(Replay, on_replay)
    install_db_handlers(app)
    for router in [*routers, feed_routes()]:
        app.include_router(router)
    declare_facts(app, facts)
    require_declared_actions(app, policy, open_paths=OPEN_PATHS)
    return app


def peer_urls(settings: ServiceSettings) -> dict[str, str]:
    """Where the other services are."""
    return {
        "goals": settings.goals_url,
        "monitoring": settings.monitoring_url,
        "evaluation": settings.evaluation_url,
    }
