"""One HTTP/1.1 connection to a service, one exchange at a time, streaming both ways.

Parsing is httptools'. The way through a general client (aiohttp) takes twice as long; what is
missing here is on purpose: no redirects, cookies, retries, decoding, TLS or proxies.
"""

import asyncio
from typing import Protocol, cast

from httptools import HttpParserError, HttpResponseParser

from gateway.headers import Headers
from shared.problems import BadGateway

#: How much of an answer is held for a slow reader before the service is made to wait.
_HIGH_WATER = 64 * 1024


class Owner(Protocol):
    """Who wants to know when a connection is gone."""

    def forget(self, connection: "Connection") -> None:
        """The connection can't be used any more."""


class Connection(asyncio.Protocol):
    """Send a head and perhaps a body; read the answer's head, then its body as it comes."""

    transport: asyncio.Transport

    def __init__(self, owner: Owner) -> None:
        self.idle_since = 0.0
        self.status = 0
        self.headers: Headers = []
        self.complete = True
        self._owner = owner
        self._loop = asyncio.get_running_loop()
        self._parser = HttpResponseParser(self)
        self._sent = True
        self._bodiless = False
        self._keep_alive = True
        self._error: Exception | None = None
        self._chunks: list[bytes] = []
        self._held = 0
        self._answering = False
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None

    @property
    def reusable(self) -> bool:
        """Whether the last exchange left nothing behind on either side."""
        return (
            self.complete
            and self._sent
            and self._keep_alive
            and not self._chunks  # nobody took them: they must not meet the next caller
            and not self._bodiless  # the parser still waits for the body a HEAD never brings
            and not self.transport.is_closing()
        )

    def begin(self, head: bytes, *, has_body: bool, bodiless: bool) -> None:
        """Start an exchange; a `bodiless` one is a HEAD."""
        self.complete = False
        self._bodiless = bodiless
        self._answering = False
        self._sent = not has_body
        self.transport.write(head)

    async def write(self, data: bytes) -> None:
        """Send a part of the request's body; waits while the service doesn't read."""
        if self._error is None and not self.complete:
            self.transport.write(data)
            if self._writer is not None:
                await self._writer

    def end_body(self) -> None:
        """The whole request is out, unless the answer came first: then part of it was held back."""
        self._sent = not self.complete

    async def news(self) -> None:
        """Wait for something of the body, or the end. Raises what the exchange failed with.

        Nobody waits for the head alone: services send it right before the first of the body, and
        waking up once is half the cost of waking up twice.
        """
        while not self._ready():
            if self._error is None:
                self._reader = self._loop.create_future()
                await self._reader
            if self._error is not None:
                raise self._error

    def body(self) -> bytes:
        """What of the body has come since."""
        data = b"".join(self._chunks)
        self._chunks.clear()
        if self._held > _HIGH_WATER:
            self.transport.resume_reading()
        self._held = 0
        return data

    def fail(self, error: Exception) -> None:
        """End the exchange: whoever waits for it gets the error, the service is cut off."""
        if not self.complete and self._error is None:
            self._error = error
        self.transport.abort()
        self._wake()

    def _ready(self) -> bool:
        return self.complete or bool(self._chunks)

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    # what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self.transport = cast(asyncio.Transport, transport)  # uvloop's has no common base

    def data_received(self, data: bytes) -> None:
        """Something of the answer; anything unasked for ends the connection."""
        if self.complete:
            self.transport.abort()
            return
        try:
            self._parser.feed_data(data)
        except HttpParserError:
            self.fail(BadGateway("后端服务的应答无法解读"))
        if self._ready():
            self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        """The service closed, or the network broke: an unfinished answer stays unfinished."""
        self._owner.forget(self)
        self.resume_writing()
        self.fail(BadGateway("后端服务中断了应答"))

    def pause_writing(self) -> None:
        """The service doesn't read as fast as the caller sends."""
        self._writer = self._loop.create_future()

    def resume_writing(self) -> None:
        """The service reads again."""
        if self._writer is not None and not self._writer.done():
            self._writer.set_result(None)
        self._writer = None

    # what httptools calls

    def on_message_begin(self) -> None:
        """An answer begins: the one asked for, or one too many."""
        if self.complete:
            raise ValueError("an answer nobody asked for")
        self.headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """The head is there; those of 1xx are not the answer yet."""
        self.status = self._parser.get_status_code()
        self._answering = self.status >= 200
        self.complete = self._answering and self._bodiless

    def on_body(self, body: bytes) -> None:
        """A part of the body; the service waits once too much is held."""
        self._chunks.append(body)
        self._held += len(body)
        if self._held > _HIGH_WATER:
            self.transport.pause_reading()

    def on_message_complete(self) -> None:
        """The answer is whole."""
        self._keep_alive = self._parser.should_keep_alive()
        self.complete = self._answering
