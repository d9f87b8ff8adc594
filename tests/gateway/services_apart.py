"""A service that does what services do on bad days: echo, stream, stall, break off."""

import asyncio
import json
from typing import Any

from starlette.types import Receive, Scope, Send

FLOOD = 64 * 1024 * 1024


class ServiceApart:
    """An ASGI app whose path says how it behaves; it remembers what reached it."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.cancelled = asyncio.Event()
        self.go_on = asyncio.Event()
        self.body_bytes = 0
        self.work_seconds = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Behave as the path says."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        behave = getattr(self, scope["path"].split("/")[1].replace("-", "_"), self.echo)
        await behave(scope, receive, send)

    async def echo(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell what arrived."""
        body = await self._read(receive)
        await _answer(
            send,
            {
                "method": scope["method"],
                "path": scope["raw_path"].decode(),
                "query": scope["query_string"].decode(),
                "headers": [[k.decode(), v.decode()] for k, v in scope["headers"]],
                "body": body.decode("latin-1"),
            },
        )

    async def echo_stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send each part of the body back as it comes."""
        await _start(send)
        more = True
        while more:
            message = await receive()
            more = message.get("more_body", False)
            part = message.get("body", b"")
            await send({"type": "http.response.body", "body": part, "more_body": more})

    async def two_parts(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The second part waits until the test has seen the first."""
        self.go_on.clear()
        await _start(send)
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        await self.go_on.wait()
        await send({"type": "http.response.body", "body": b"second"})

    async def flood(self, scope: Scope, receive: Receive, send: Send) -> None:
        """More than all buffers on the way can hold, counting how much was taken."""
        self.body_bytes = 0
        await _start(send)
        while self.body_bytes < FLOOD:
            await send({"type": "http.response.body", "body": bytes(65536), "more_body": True})
            self.body_bytes += 65536
        await send({"type": "http.response.body", "body": b""})

    async def stall(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Never answer; notice when the other side hangs up."""
        self.reached.set()
        while (await receive())["type"] != "http.disconnect":
            pass
        self.cancelled.set()

    async def break_off_chunked(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Half an answer of unknown length."""
        await _start(send)
        await send({"type": "http.response.body", "body": b"half", "more_body": True})

    async def break_off_sized(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Half an answer of known length."""
        await _start(send, (b"content-length", b"8"))
        await send({"type": "http.response.body", "body": b"half", "more_body": True})

    async def chatty(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say more in headers than anyone outside should read."""
        await _start(
            send,
            (b"server", b"secret/1"),
            (b"x-powered-by", b"secret"),
            (b"connection", b"x-private"),
            (b"x-private", b"1"),
            (b"etag", b'"3"'),
            (b"content-length", b"2"),
        )
        await send({"type": "http.response.body", "body": b"{}"})

    async def not_modified(self, scope: Scope, receive: Receive, send: Send) -> None:
        """304 carries no body, whatever its length says."""
        await send({"type": "http.response.start", "status": 304, "headers": [(b"etag", b'"3"')]})
        await send({"type": "http.response.body", "body": b""})

    async def hasty(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse before the body has come, and leave the rest of it unread."""
        await _start(send, (b"content-length", b"7"))
        await send({"type": "http.response.body", "body": b"refused"})

    async def events(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a long poll after half a second."""
        await asyncio.sleep(0.5)
        await _answer(send, [])

    async def work_items(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One thing to do, told as late as the test wants."""
        await asyncio.sleep(self.work_seconds)
        item = {
            "kind": "review", "title": "审核目标", "href": "/x", "due_on": None,
            "count": 2, "action": "goal.review",
        }  # fmt: skip
        await _answer(send, {"items": [item]})

    async def _read(self, receive: Receive) -> bytes:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        return body


async def _start(send: Send, *headers: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": list(headers)})


async def _answer(send: Send, content: Any) -> None:
    body = json.dumps(content).encode()
    await _start(
        send, (b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))
    )
    await send({"type": "http.response.body", "body": body})


async def _lifespan(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})
