"""Keyset pages: `{items, next_cursor}`, no totals, the same cost at any depth."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

import orjson
from fastapi import Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from shared.fields import Out
from shared.paths import outside_path
from shared.problems import CursorInvalid

_T = TypeVar("_T")
MAX_LIMIT = 200
WALK_LIMIT = 1000


class Page(Out, Generic[_T]):
    """One page of a list; `next_cursor` is null on the last."""

    items: list[_T]
    next_cursor: str | None


class PageRequest:
    """Where a page starts and how long it may be; larger limits are cut to 200."""

    def __init__(self, request: Request, response: Response, limit: int, cursor: str | None):
        self._request, self._response = request, response
        self.limit = min(limit, MAX_LIMIT)
        self._cursor = cursor

    def after(self, *types: type) -> list[Any]:
        """The sort keys of the last row seen, or Nones. Raises CursorInvalid on anything odd."""
        if self._cursor is None:
            return [None] * len(types)
        try:
            keys = orjson.loads(base64.urlsafe_b64decode(self._cursor.encode()))
            if not isinstance(keys, list) or len(keys) != len(types):
                raise ValueError("wrong number of keys")
            return [_typed(kind, key) for kind, key in zip(types, keys, strict=True)]
        except (ValueError, TypeError, binascii.Error) as error:
            raise CursorInvalid("请从第一页重新开始") from error

    def page(
        self,
        rows: Sequence[Any],
        build: Callable[[Any], _T],
        key: Callable[[Any], Sequence[object]],
    ) -> "Page[_T]":
        """The page of `limit + 1` fetched rows; the extra one only says that there is more."""
        shown = rows[: self.limit]
        cursor = None
        if len(rows) > self.limit:
            cursor = base64.urlsafe_b64encode(orjson.dumps(list(key(shown[-1])), default=str))
            self._link(cursor.decode())
        return Page(
            items=[build(row) for row in shown], next_cursor=cursor.decode() if cursor else None
        )

    def _link(self, cursor: str) -> None:
        query = self._request.url.include_query_params(cursor=cursor).query
        path = outside_path(self._request)
        self._response.headers["Link"] = f'<{path}?{query}>; rel="next"'


class Walk(PageRequest):
    """Long pages one after the other, for who takes the whole list along."""

    def __init__(self, cursor: str | None):
        self.limit, self._cursor = WALK_LIMIT, cursor

    def _link(self, cursor: str) -> None:
        """Nobody asks for the next page by address."""


async def _page_request(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, description="at most 200")] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> PageRequest:
    return PageRequest(request, response, limit, cursor)


Paging = Annotated[PageRequest, Depends(_page_request)]


def _typed(kind: type, key: Any) -> Any:
    value = kind(key) if isinstance(key, str) and kind is not str else key
    if not isinstance(value, kind) or (isinstance(value, str) and "\x00" in value):
        raise ValueError("wrong kind of key")
    if isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError("no bigint")
    return value
