"""What every process is, the gateway as well: ids, problems, health, metrics, graceful end."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FrameType
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from shared.bell import Bell
from shared.fields import Out
from shared.handlers import install_handlers
from shared.log import configure_logging
from shared.problems import COMMON_RESPONSES, Unavailable
from shared.requests import StrictRoute
from shared.settings import ProcessSettings
from shared.trace import RequestContext

#: Answered without a token: they say nothing but how the process is.
OPEN_PATHS = frozenset({"/livez", "/readyz", "/metrics"})

#: Metrics and trace ids are `shared.trace`'s; FastAPI's own would look for exporters at every
#: request (20 µs) and be set up by environment variables nobody here sets.
_NO_TELEMETRY = TelemetryConfig(tracing=False, metrics=False, logs=False, auto_configure=False)

Check = Callable[[], Awaitable[None]]


class Health(Out):
    """Whether the process is well."""

    status: str


def create_app(
    process: str,
    *,
    title: str,
    settings: ProcessSettings,
    lifespan: Any,
    openapi_url: str | None = "/openapi.json",
) -> FastAPI:
    """A FastAPI app with the house's manners; `app.state.checks` decide readiness."""
    configure_logging(process, settings.log_level)
    app = FastAPI(
        title=title,
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=openapi_url,
        lifespan=_with_bell(lifespan),
        generate_unique_id_function=_operation_id,
        responses=COMMON_RESPONSES,
        redirect_slashes=False,
        telemetry=_NO_TELEMETRY,
    )
    app.router.route_class = StrictRoute
    app.state.settings = settings
    app.state.max_body_bytes = settings.max_body_bytes
    app.state.checks = []
    app.add_middleware(RequestContext, process=process)
    install_handlers(app)
    _add_health(app)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name


def _with_bell(lifespan: Any) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        app.state.bell = Bell()
        with _stop_on_signal(app.state.bell):
            async with lifespan(app):
                yield
            app.state.bell.stop()

    return run


@contextmanager
def _stop_on_signal(bell: Bell) -> Iterator[None]:
    """Ring before uvicorn starts to wait for open connections: long polls end at once."""
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def on_signal(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(bell.stop)
        previous = before[signal.Signals(number)]
        if callable(previous):
            previous(number, frame)

    for number in before:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _add_health(app: FastAPI) -> None:
    @app.get("/livez", tags=["ops"])
    async def livez() -> Health:
        """进程是否存活：不查数据库。"""
        return Health(status="alive")

    @app.get("/readyz", tags=["ops"])
    async def readyz() -> Health:
        """是否可以接单：依赖可用且未在停机。"""
        if app.state.bell.stopping.is_set():
            raise Unavailable("正在停机", headers={"Retry-After": "5"})
        for check in app.state.checks:
            await check()
        return Health(status="ready")

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        """Prometheus text."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
