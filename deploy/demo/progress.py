"""Shows how far the play is: a bar on a terminal, one line per finished act everywhere."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.demo.client import IN_FLIGHT

_T = TypeVar("_T")


class Step:
    """The running act."""

    def __init__(self, bar: Progress, name: str) -> None:
        self._bar = bar
        self._task = bar.add_task(name, total=None)

    async def each(self, items: Collection[_T], work: Callable[[_T], Awaitable[Any]]) -> None:
        """Do the work for all items, some at a time; after a failure nothing new is begun."""
        self._bar.update(self._task, total=len(items), completed=0)
        waiting = iter(items)
        failures: list[BaseException] = []

        async def take_turns() -> None:
            for item in waiting:
                if failures:
                    return
                try:
                    await work(item)
                except Exception as error:
                    failures.append(error)
                    return
                self._bar.advance(self._task)

        await asyncio.gather(*(take_turns() for _ in range(IN_FLIGHT)))
        if failures:
            raise failures[0]


class Show:
    """Where the play is shown."""

    def __init__(self, console: Console) -> None:
        self.console = console

    @contextmanager
    def act(self, name: str) -> Iterator[Step]:
        """A bar for as long as the act runs."""
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        ) as bar:
            yield Step(bar, name)

    def done(self, name: str, said: str, since: float) -> None:
        """The line an act leaves behind."""
        seconds = time.monotonic() - since
        self.console.print(f"  ✓ {name}：{said}  [dim]{seconds:.1f} 秒[/dim]", soft_wrap=True)
