"""Ask another process over HTTP while the user waits, and say plainly when it can't answer."""

from typing import Any

import httpx

from shared.auth import Principal, Tokens
from shared.ids import outgoing_ids
from shared.problems import BadGateway, Forbidden, NotFound, Unavailable, UpstreamTimeout

_TIMEOUT = httpx.Timeout(10, connect=2)
_LIMITS = httpx.Limits(max_connections=50, max_keepalive_connections=20, keepalive_expiry=10)


class Peers:
    """One HTTP client for the other processes, by name."""

    def __init__(self, tokens: Tokens, urls: dict[str, str]) -> None:
        self._tokens = tokens
        self._urls = urls
        self._client = httpx.AsyncClient(timeout=_TIMEOUT, limits=_LIMITS, trust_env=False)

    async def get(
        self,
        process: str,
        path: str,
        *,
        principal: Principal | None = None,
        params: dict[str, Any] | None = None,
        timeout: float = 10,
    ) -> httpx.Response:
        """GET from a process, as the caller or as this process itself.

        Raises NotFound, Forbidden, Unavailable (down or overloaded), UpstreamTimeout, BadGateway.
        """
        token = (
            self._tokens.as_itself(process)
            if principal is None
            else self._tokens.make(process, principal)
        )
        headers = {"authorization": f"Bearer {token}", **(outgoing_ids.get() or {})}
        try:
            answer = await self._client.get(
                self._urls[process] + path, params=params, headers=headers, timeout=timeout
            )
        except httpx.TimeoutException as error:
            raise UpstreamTimeout(f"{process} 未在限时内应答") from error
        except httpx.TransportError as error:
            raise Unavailable(f"{process} 暂不可用", headers={"Retry-After": "2"}) from error
        return _checked(process, answer)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _checked(process: str, answer: httpx.Response) -> httpx.Response:
    if answer.status_code == 404:
        raise NotFound
    if answer.status_code == 403:
        raise Forbidden
    if answer.status_code == 503:
        raise Unavailable(f"{process} 暂不可用", headers={"Retry-After": "2"})
    if answer.status_code >= 400:
        raise BadGateway(f"{process} 应答 {answer.status_code}")
    return answer
