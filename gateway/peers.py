"""Several services asked at once; one that can't answer is named, the rest still comes."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any

from shared.auth import Principal
from shared.fields import Out
from shared.http import Peers
from shared.problems import Forbidden, Problem


class UnavailablePart(Out):
    """A service whose part is missing from the answer, and why."""

    service: str
    reason: str


class Ask:
    """Puts one caller's question to a service, which has so many seconds to answer it."""

    def __init__(self, peers: Peers, principal: Principal, seconds: float) -> None:
        self._peers = peers
        self._principal = principal
        self._seconds = seconds

    async def __call__(self, service: str, path: str, **params: object) -> Any:
        """The answer's JSON; None when the caller may not see it. Raises as `Peers.get` does."""
        try:
            answer = await self._peers.get(
                service, path, principal=self._principal, params=params, timeout=self._seconds
            )
        except Forbidden:
            return None
        return answer.json()


async def parts_of(
    asked: Mapping[str, Awaitable[Any]],
) -> tuple[dict[str, Any], list[UnavailablePart]]:
    """What each service answered, and which could not. Raises what is not an outage."""
    answers = await asyncio.gather(*asked.values(), return_exceptions=True)
    parts: dict[str, Any] = {}
    unavailable = []
    for service, answer in zip(asked, answers, strict=True):
        if isinstance(answer, Problem) and answer.status >= 500:
            reason = answer.detail or answer.title()
            unavailable.append(UnavailablePart(service=service, reason=reason))
        elif isinstance(answer, BaseException):
            raise answer
        else:
            parts[service] = answer
    return parts, unavailable
