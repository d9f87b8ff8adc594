"""Give every request its ids, one log line, and one place in the metrics."""

import time
from contextvars import ContextVar
from typing import Any

import structlog
from prometheus_client import Counter, Histogram
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.ids import child_traceparent, request_id_from, trace_id_of
from shared.log import get_logger
from shared.problems import InternalError, problem_response

_log = get_logger("access")
_REQUESTS = Counter("wenxiao_requests_total", "Answers by route and status", ["route", "status"])
_SECONDS = Histogram("wenxiao_request_seconds", "Time to answer by route", ["route"])

#: Headers that carry the ids of the present request on to the next process.
outgoing_ids: ContextVar[dict[str, str] | None] = ContextVar("outgoing_ids", default=None)


class RequestContext:
    """ASGI middleware: ids in, the same ids on the answer and in the logs; no exception escapes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        request_id = request_id_from(headers.get(b"x-request-id", b"").decode("latin-1"))
        traceparent = child_traceparent(headers.get(b"traceparent", b"").decode("latin-1"))
        scope.setdefault("state", {}).update(
            request_id=request_id, trace_id=trace_id_of(traceparent), traceparent=traceparent
        )
        outgoing_ids.set({"x-request-id": request_id, "traceparent": traceparent})
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(
            request_id=request_id, trace_id=trace_id_of(traceparent)
        )
        await self._answer(scope, receive, send, request_id.encode())

    async def _answer(self, scope: Scope, receive: Receive, send: Send, request_id: bytes) -> None:
        started = time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message.setdefault("headers", []).append((b"x-request-id", request_id))
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        except Exception as error:
            _log.error("unhandled", exc_info=error, path=scope["path"])
            if status:  # half an answer must look broken, not complete
                raise
            problem = problem_response(Request(scope), InternalError("请凭追踪编号联系运维人员"))
            await problem(scope, receive, send_with_id)
        finally:
            _record(scope, status, time.perf_counter() - started)


def _record(scope: Scope, status: int, seconds: float) -> None:
    route: Any = scope.get("route")
    name = getattr(route, "path", "-")
    _REQUESTS.labels(name, status).inc()
    _SECONDS.labels(name).observe(seconds)
    if name not in ("/livez", "/readyz", "/metrics"):
        _log.info(
            "request",
            method=scope["method"],
            path=scope["path"],
            status=status,
            ms=round(seconds * 1000, 2),
        )
