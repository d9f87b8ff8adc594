"""Takes a resource on from whichever state it is in, and waits for what services tell each other."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from deploy.demo.client import Item, PlayFailed

#: What the person whose turn it is does with the resource; the answer is its next state.
Move = Callable[[Item], Awaitable[Item]]
_T = TypeVar("_T")
_MOVES_AT_MOST = 10
_ASK_AGAIN_SECONDS = 0.25


async def carry(item: Item, moves: Mapping[str, Move]) -> Item:
    """Move on until a state nobody has to move from."""
    for _ in range(_MOVES_AT_MOST):
        move = moves.get(item["status"])
        if move is None:
            return item
        item = await move(item)
    raise PlayFailed(f"{item['id']} 走了 {_MOVES_AT_MOST} 步仍是 {item['status']}")


async def until_learnt(
    what: str, ask: Callable[[], Awaitable[_T]], *, expected: _T, seconds: float = 30
) -> None:
    """Ask again until the answer is there: facts travel between services in the background."""
    deadline = asyncio.get_running_loop().time() + seconds
    while (found := await ask()) != expected:
        if asyncio.get_running_loop().time() > deadline:
            raise PlayFailed(f"等了 {seconds:.0f} 秒，{what}仍是 {found}，应为 {expected}")
        await asyncio.sleep(_ASK_AGAIN_SECONDS)
