"""Speaks to the gateway as the persons of the demo: signs in, sends, waits out what is in passing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import httpx

PASSWORD = "wenxiao-demo"
#: Requests in flight; the pool has as many connections, so none ever waits for one.
IN_FLIGHT = 16
_ROWS_AT_ONCE = 2000
_TRIES = 8
_LONGEST_PAUSE = 2.0

Item = dict[str, Any]


class PlayFailed(Exception):
    """What ends the play, in words for the person who started it."""


class Refused(PlayFailed):
    """An answer that is no success, with its problem document."""

    def __init__(self, user: str, request: str, answer: httpx.Response) -> None:
        self.code = str(_problem(answer).get("code", ""))
        super().__init__(f"{request}（{user}）→ {answer.status_code} {_said(answer)}")


class Client:
    """One connection pool; every person signs in once."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._signed_in: dict[str, asyncio.Task[str]] = {}

    async def get(self, user: str, path: str, **query: Any) -> Item:
        """One resource."""
        answer = await self._send(user, "GET", path, params=query)
        return _item(answer)

    async def every(self, user: str, path: str, **query: Any) -> list[Item]:
        """All pages of a list."""
        items: list[Item] = []
        cursor: dict[str, str] = {}
        while True:
            page = await self.get(user, path, limit=200, **query, **cursor)
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            cursor = {"cursor": page["next_cursor"]}

    async def post(
        self, user: str, path: str, body: Item, *, key: str, seen: Item | None = None
    ) -> Item:
        """Do something once: the key names the deed, `seen` is the resource as it was read."""
        headers = {"Idempotency-Key": quote(key, safe=":")}
        if seen is not None:
            headers["If-Match"] = _etag(seen)
        return _item(await self._send(user, "POST", path, json=body, headers=headers))

    async def patch(self, user: str, path: str, body: Item, *, seen: Item) -> Item:
        """Change a resource as it was read."""
        headers = {"If-Match": _etag(seen)}
        return _item(await self._send(user, "PATCH", path, json=body, headers=headers))

    async def ensure(self, user: str, path: str, body: Item, *, by: str) -> Item:
        """The resource whose field `by` says the same as the body's, made if there is none."""
        for item in await self.every(user, path):
            if item[by] == body[by]:
                return item
        return await self.post(user, path, body, key=f"{path}:{body[by]}")

    async def bulk(self, user: str, path: str, rows: list[Item], *, key: str) -> int:
        """Push rows; how many were taken. A row that is refused ends the play."""
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            body = {"items": rows[start : start + _ROWS_AT_ONCE]}
            report = await self.post(user, path, body, key=f"{path}:{key}:{start}")
            if report["failed"]:
                bad = next(row for row in report["results"] if row["status"] == "failed")
                raise PlayFailed(f"{path} 有 {report['failed']} 行未入库，如 {bad}")
        return len(rows)

    async def download(self, user: str, path: str) -> bytes:
        """A document."""
        return (await self._send(user, "GET", path)).content

    async def _send(self, user: str, method: str, path: str, **request: Any) -> httpx.Response:
        token = await self._token(user)
        headers = {"Authorization": f"Bearer {token}", **request.pop("headers", {})}
        url = f"/api/v1{path}"
        for _ in range(_TRIES):
            answer = await self._reach(method, url, headers=headers, **request)
            if not _is_passing(answer):
                break
            await asyncio.sleep(_pause(answer))
        if answer.is_success:
            return answer
        raise Refused(user, f"{method} {url}", answer)

    async def _token(self, user: str) -> str:
        if user not in self._signed_in:
            self._signed_in[user] = asyncio.create_task(self._sign_in(user))
        return await self._signed_in[user]

    async def _sign_in(self, user: str) -> str:
        form = {"username": user, "password": PASSWORD}
        answer = await self._reach("POST", "/dev/token", data=form)
        if not answer.is_success:
            raise Refused(user, "POST /dev/token", answer)
        return str(_item(answer)["access_token"])

    async def _reach(self, method: str, url: str, **request: Any) -> httpx.Response:
        try:
            return await self._http.request(method, url, **request)
        except httpx.TransportError as error:
            reason = str(error) or type(error).__name__
            raise PlayFailed(f"网关没有应答 {method} {url}：{reason}") from error


@asynccontextmanager
async def signed_on(url: str) -> AsyncIterator[Client]:
    """A client of the gateway at `url`."""
    limits = httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=IN_FLIGHT)
    async with httpx.AsyncClient(
        base_url=url, limits=limits, timeout=httpx.Timeout(60, connect=5), trust_env=False
    ) as http:
        yield Client(http)


def _etag(seen: Item) -> str:
    return f'"{seen["version"]}"'


def _is_passing(answer: httpx.Response) -> bool:
    if answer.status_code == 409:
        return _problem(answer).get("code") == "request_in_progress"
    return answer.status_code == 503


def _pause(answer: httpx.Response) -> float:
    asked = answer.headers.get("retry-after", "")
    return min(float(asked), _LONGEST_PAUSE) if asked.isdigit() else _LONGEST_PAUSE


def _item(answer: httpx.Response) -> Item:
    item: Item = answer.json()
    return item


def _problem(answer: httpx.Response) -> Item:
    if "json" not in answer.headers.get("content-type", ""):
        return {}
    body = answer.json()
    return body if isinstance(body, dict) else {}


def _said(answer: httpx.Response) -> str:
    problem = _problem(answer)
    if "title" not in problem:
        return answer.text[:300]
    parts = [problem["code"], problem["title"], problem.get("detail")]
    parts += [f"{error['pointer']} {error['detail']}" for error in problem.get("errors", [])[:3]]
    return "；".join(str(part) for part in parts if part)
