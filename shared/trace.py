"""Give every request its ids, one log line, and one place in the metrics."""

import time
from functools import lru_cache
from typing import Any

from prometheus_client import Counter, Histogram
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.ids import child_traceparent, outgoing_ids, request_id_from, trace_id_of
from shared.log import AccessLog, get_logger
from shared.problems import InternalError, Problem, problem_response

_log = get_logger(__name__)
_REQUESTS = Counter("wenxiao_requests_total", "Answers by route and status", ["route", "status"])
_SECONDS = Histogram("wenxiao_request_seconds", "Time to answer by route", ["route"])
_UNLOGGED = frozenset({"/livez", "/readyz", "/metrics"})
#: What nginx writes for a caller who hung up before there was an answer.
_CALLER_GONE = 499

#: Looking a labelled metric up costs more than counting; the pairs are few.
_counter = lru_cache(maxsize=1024)(_REQUESTS.labels)
_timer = lru_cache(maxsize=256)(_SECONDS.labels)


class RequestContext:
    """ASGI middleware: ids in, the same ids on the answer and in the logs; no exception escapes."""

    def __init__(self, app: ASGIApp, *, process: str) -> None:
        self.app = app
        self._access = AccessLog(process)

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
        started = time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message.setdefault("headers", []).append((b"x-request-id", request_id.encode()))
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        except Exception as error:
            problem = _problem_of(error, scope)
            if status:  # half an answer must look broken, not complete
                raise
            await problem_response(Request(scope), problem)(scope, receive, send_with_id)
        finally:
            self._record(scope, status or _CALLER_GONE, time.perf_counter() - started)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route: Any = scope.get("route")
        name = getattr(route, "path", "-")
        _counter(name, status).inc()
        _timer(name).observe(seconds)
        if name not in _UNLOGGED and self._access.enabled:
            self._access.write(
                method=scope["method"],
                path=scope["path"],
                status=status,
                ms=round(seconds * 1000, 2),
                request_id=scope["state"]["request_id"],
                trace_id=scope["state"]["trace_id"],
            )


def _problem_of(error: Exception, scope: Scope) -> Problem:
    if isinstance(error, Problem):
        return error
    _log.error("unhandled", exc_info=error, path=scope["path"])
    return InternalError("请凭追踪编号联系运维人员")
