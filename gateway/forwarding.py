"""Send a request on to its service and the answer back, streaming, as a plain ASGI app."""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from gateway import headers, paths
from gateway.connection import Connection
from gateway.settings import Settings
from gateway.sign_in import SignIn, Visitor
from gateway.upstream import Upstream
from shared.problems import (
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    Problem,
    UpstreamTimeout,
)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
#: Most answers are here before a task that watches the caller would have paid for itself.
_UNWATCHED_SECONDS = 0.05
_PUBLIC = b"goals/published-goals"
_CHUNKED = b"transfer-encoding"

Sent = Mapping[bytes, bytes]


class CallerGone(Exception):
    """The caller hung up: nobody waits for the answer."""


class Route:
    """What metrics call all requests to one service."""

    def __init__(self, service: str) -> None:
        self.path = f"/api/v1/{service}/*"


class Forwarder:
    """`/api/v1/{service}/{path}` → the service's `/{path}`."""

    def __init__(
        self, upstreams: Mapping[str, Upstream], sign_in: SignIn, settings: Settings
    ) -> None:
        self._upstreams = {name.encode(): (up, Route(name)) for name, up in upstreams.items()}
        self._prefixes = tuple(paths.PREFIX + name for name in self._upstreams)
        self._sign_in = sign_in
        self._settings = settings

    def takes(self, raw_path: bytes) -> bool:
        """Whether the path is one to forward, or to refuse."""
        return raw_path.startswith(self._prefixes) or (
            raw_path.startswith(paths.PREFIX) and paths.is_tricky(raw_path)
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; a problem is rendered by `shared.trace` around this app."""
        raw_path = scope["raw_path"]
        service, rest = paths.split(raw_path)
        paths.check(raw_path, rest, scope["path"])
        if service not in self._upstreams:
            raise NotFound
        upstream, scope["route"] = self._upstreams[service]
        sent = headers.single(scope["headers"])
        visitor = self._visitor(scope, sent, service + rest)
        limits = self._limits(scope, rest)
        has_body = _has_body(scope, sent, limits)
        head = self._head(scope, sent, upstream, rest, visitor)
        await upstream.bulkhead.enter()
        try:
            connection = await upstream.connection()
            try:
                connection.begin(head, has_body=has_body, bodiless=scope["method"] == "HEAD")
                watch = Watch(connection, receive, limits)
                watch.start(has_body=has_body, chunked=_CHUNKED in sent)
                try:
                    await _relay(connection, send)
                finally:
                    watch.end()
            finally:
                upstream.release(connection)
        except CallerGone:
            pass
        finally:
            upstream.bulkhead.leave()

    def _visitor(self, scope: Scope, sent: Sent, path: bytes) -> Visitor:
        authorization = sent.get(b"authorization")
        if authorization is None and path == _PUBLIC and scope["method"] == "GET":
            query = parse_qs(scope["query_string"].decode("latin-1"))
            return self._sign_in.public_visitor(",".join(query.get("region_code", [])))
        return self._sign_in.visitor(authorization or b"")

    def _head(
        self, scope: Scope, sent: Sent, upstream: Upstream, rest: bytes, visitor: Visitor
    ) -> bytes:
        state, query = scope["state"], scope["query_string"]
        parts = [
            scope["method"].encode(), b" ", rest, b"?" + query if query else b"",
            upstream.host_line,
            b"authorization: ", self._sign_in.authorization_for(visitor, upstream.name),
            b"\r\nx-forwarded-for: ", scope["client"][0].encode(),
            b"\r\nx-forwarded-proto: ", scope["scheme"].encode(),
            b"\r\nx-request-id: ", state["request_id"].encode(),
            b"\r\ntraceparent: ", state["traceparent"].encode(),
        ]  # fmt: skip
        for name, value in headers.inward(scope["headers"]):
            parts += (b"\r\n", name, b": ", value)
        if _CHUNKED in sent:
            parts.append(b"\r\ntransfer-encoding: chunked")
        parts.append(b"\r\n\r\n")
        return b"".join(parts)

    def _limits(self, scope: Scope, rest: bytes) -> "Limits":
        settings = self._settings
        if scope["method"] not in _READS:
            if paths.takes_files(rest):
                return Limits(settings.upload_seconds, settings.max_upload_bytes)
            return Limits(settings.write_seconds, settings.max_body_bytes)
        is_poll = b"wait=" in scope["query_string"] and scope["path"].endswith("/events")
        if is_poll:
            return Limits(settings.poll_seconds, settings.max_body_bytes)
        is_file = rest.endswith(b".xlsx")
        seconds = settings.download_seconds if is_file else settings.read_seconds
        return Limits(seconds, settings.max_body_bytes)


class Limits(NamedTuple):
    """How long an exchange may take, and how much it may bring."""

    seconds: float
    body_bytes: int


class Watch:
    """Sends the request's body on, then ends the exchange when the caller or the time is gone."""

    def __init__(self, connection: Connection, receive: Receive, limits: Limits) -> None:
        self._connection = connection
        self._receive = receive
        self._seconds, self._limit = limits
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, *, has_body: bool, chunked: bool) -> None:
        """Start at once if there is a body, else only if the answer takes more than a moment."""
        if has_body:
            self._run(chunked)
        else:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(_UNWATCHED_SECONDS, self._run, False)

    def end(self) -> None:
        """The exchange is over."""
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def _run(self, chunked: bool) -> None:
        self._task = asyncio.create_task(self._watch(chunked))

    async def _watch(self, chunked: bool) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                await self._send_body(chunked)
                while (await self._receive())["type"] != "http.disconnect":
                    pass
                self._connection.fail(CallerGone())
        except TimeoutError:
            self._connection.fail(UpstreamTimeout(f"超过 {self._seconds} 秒未得到完整应答"))
        except Problem as problem:
            self._connection.fail(problem)

    async def _send_body(self, chunked: bool) -> None:
        size, more = 0, True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self._connection.fail(CallerGone())
                return
            body, more = message.get("body", b""), message.get("more_body", False)
            size += len(body)
            if size > self._limit:
                raise _too_large(self._limit)
            if body:
                await self._connection.write(
                    b"%x\r\n%b\r\n" % (len(body), body) if chunked else body
                )
        if chunked:
            await self._connection.write(b"0\r\n\r\n")
        self._connection.end_body()


async def _relay(connection: Connection, send: Send) -> None:
    await connection.news()
    status = connection.status
    out = headers.outward(connection.headers, bodiless=status in (204, 304))
    await send({"type": "http.response.start", "status": status, "headers": out})
    body = connection.body()
    while not connection.complete:
        await send({"type": "http.response.body", "body": body, "more_body": True})
        await connection.news()
        body = connection.body()
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _has_body(scope: Scope, sent: Sent, limits: Limits) -> bool:
    if scope["method"] not in _METHODS:
        raise MethodNotAllowed
    length = int(sent.get(b"content-length", b"0"))
    if length > limits.body_bytes:
        raise _too_large(limits.body_bytes)
    return length > 0 or _CHUNKED in sent


def _too_large(limit: int) -> PayloadTooLarge:
    return PayloadTooLarge(f"请求体上限为 {limit} 字节")
