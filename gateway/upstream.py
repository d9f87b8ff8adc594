"""A service behind the gateway: its kept connections and its bulkhead."""

import asyncio
from collections import deque
from urllib.parse import urlsplit

from gateway.bulkhead import Bulkhead
from gateway.connection import Connection
from shared.problems import Unavailable

_CONNECT_SECONDS = 2
#: Shorter than the service's own keep-alive (30 s): it never closes what is just being used.
_IDLE_SECONDS = 15


class Upstream:
    """Connections to one service, the most recently used first."""

    def __init__(self, name: str, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname or parts.path.strip("/"):
            raise ValueError(f"WENXIAO_{name.upper()}_URL 应为 http://主机:端口，而不是 {url}")
        self.name = name
        self.bulkhead = Bulkhead(name)
        self.host_line = f" HTTP/1.1\r\nhost: {parts.netloc}\r\n".encode()
        self._address = (parts.hostname, parts.port or 80)
        self._idle: deque[Connection] = deque()

    @property
    def idle(self) -> int:
        """How many connections are kept ready."""
        return len(self._idle)

    async def connection(self) -> Connection:
        """A connection to use for one exchange and then to release. Raises Unavailable."""
        loop = asyncio.get_running_loop()
        oldest = loop.time() - _IDLE_SECONDS
        while self._idle:
            connection = self._idle.pop()
            if connection.idle_since > oldest and not connection.transport.is_closing():
                return connection
            connection.transport.abort()
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                _, connection = await loop.create_connection(
                    lambda: Connection(self), *self._address
                )
        except (OSError, TimeoutError) as error:
            raise Unavailable(f"{self.name} 暂不可用", headers={"Retry-After": "2"}) from error
        return connection

    def release(self, connection: Connection) -> None:
        """Keep it for the next request, or close it when the exchange was cut short."""
        if not connection.reusable:
            connection.transport.abort()
            return
        now = connection.idle_since = asyncio.get_running_loop().time()
        self._idle.append(connection)
        while self._idle[0].idle_since < now - _IDLE_SECONDS:
            self._idle.popleft().transport.abort()

    def forget(self, connection: Connection) -> None:
        """The service closed a connection."""
        if connection in self._idle:
            self._idle.remove(connection)

    def close(self) -> None:
        """Close what is idle; what is in use ends with its request."""
        while self._idle:
            self._idle.pop().transport.abort()
