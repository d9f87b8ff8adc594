"""One slow service must not take the whole gateway with it."""

import asyncio
from collections import deque

from shared.problems import Unavailable


class Bulkhead:
    """At most `limit` requests inside, at most `queue` more waiting a short while for a place."""

    def __init__(
        self, name: str, *, limit: int = 200, queue: int = 400, patience: float = 2
    ) -> None:
        self.inside = 0
        self._name = name
        self._limit = limit
        self._queue = queue
        self._patience = patience
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return len(self._waiting)

    async def enter(self) -> None:
        """Take a place; each one taken has to be left. Raises Unavailable."""
        if self.inside < self._limit:
            self.inside += 1
        elif len(self._waiting) < self._queue:
            await self._wait()
        else:
            raise self._full()

    def leave(self) -> None:
        """Hand the place to who waits longest, or free it."""
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                return
        self.inside -= 1

    async def _wait(self) -> None:
        place = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await asyncio.wait({place}, timeout=self._patience)
        except asyncio.CancelledError:
            self._give_up(place)
            raise
        if not place.done():
            self._give_up(place)
            raise self._full()

    def _give_up(self, place: "asyncio.Future[None]") -> None:
        if place.done():  # it was handed over while we were leaving
            self.leave()
        else:
            self._waiting.remove(place)

    def _full(self) -> Unavailable:
        return Unavailable(f"{self._name} 繁忙，请稍后再试", headers={"Retry-After": "2"})
