"""Wakes what waits in this process."""

import asyncio


class Bell:
    """Wakes the long polls of this process after a commit, and all of them at shutdown."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self.stopping = asyncio.Event()

    def ring(self) -> None:
        """Something new may be readable."""
        self._rung.set()
        self._rung = asyncio.Event()

    def stop(self) -> None:
        """The process is going down: nobody waits any longer."""
        self.stopping.set()
        self.ring()

    async def wait(self, seconds: float) -> None:
        """Until rung, or the time is over."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            pass

    async def wait_for_stop(self, seconds: float) -> None:
        """Until the process stops, or the time is over."""
        try:
            async with asyncio.timeout(seconds):
                await self.stopping.wait()
        except TimeoutError:
            pass
