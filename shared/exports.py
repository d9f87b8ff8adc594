"""Every list as a workbook (xlsx): the same route, filters and rows, walked to its end.

`@listed(router, "/warnings", "预警", TITLES)` registers the list and, beside it, `/warnings.xlsx`.
The file is made while it is sent: neither the rows nor the file are ever held whole.
"""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Any, get_args
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import StreamingResponse

from shared import clock
from shared.auth import Caller
from shared.fields import Out
from shared.form_routes import FILE, XLSX
from shared.pages import Page, Walk
from shared.workbooks.stream import Column, SheetStream

Endpoint = Callable[..., Awaitable[Page[Any]]]
_Register = Callable[[Endpoint], Endpoint]


def listed(router: APIRouter, path: str, name: str, titles: Mapping[str, str]) -> _Register:
    """Register a list and its export; `titles` are the Chinese names of fields and filters."""

    def register(endpoint: Endpoint) -> Endpoint:
        export = _export_of(endpoint, name, titles)
        router.get(path)(endpoint)
        router.get(f"{path}.xlsx", response_class=StreamingResponse,
                   responses={200: {"content": FILE}})(export)  # fmt: skip
        return endpoint

    return register


def columns_of(model: type[Out], titles: Mapping[str, str]) -> list[Column]:
    """The fields that have a title, in the model's order; a code gives way to its label."""
    fields = model.model_fields
    shown = dict.fromkeys(f"{one}_label" if f"{one}_label" in fields else one for one in fields)
    return [Column(titles[field], field) for field in shown if field in titles]


def _export_of(endpoint: Endpoint, name: str, titles: Mapping[str, str]) -> Callable[..., Any]:
    signature = inspect.signature(endpoint)
    [row] = get_args(signature.return_annotation.model_fields["items"].annotation)
    columns = columns_of(row, titles)

    async def export(request: Request, **asked: Any) -> StreamingResponse:
        if "request" in signature.parameters:
            asked["request"] = request
        pages = _pages(endpoint, asked)
        first = await anext(pages)  # what is refused is refused before the file begins
        heading = _heading(name, request, asked, titles)
        return StreamingResponse(
            _file(name, heading, columns, first, pages),
            media_type=XLSX,
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}.xlsx"},
        )

    request = inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=Request)
    export.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[
            request,
            *(
                one.replace(kind=inspect.Parameter.KEYWORD_ONLY)
                for one in signature.parameters.values()
                if one.name not in ("paging", "request")
            ),
        ],
        return_annotation=inspect.Signature.empty,
    )
    export.__name__ = f"{endpoint.__name__}_as_workbook"
    export.__doc__ = f"导出为工作簿（xlsx），筛选与清单相同。{endpoint.__doc__}"
    return export


async def _pages(endpoint: Endpoint, asked: Mapping[str, Any]) -> AsyncIterator[Sequence[Out]]:
    """All pages on one snapshot."""
    async with asked["reads"].snapshot() as reads:
        cursor: str | None = None
        while True:
            page = await endpoint(**{**asked, "reads": reads, "paging": Walk(cursor)})
            yield page.items
            cursor = page.next_cursor
            if cursor is None:
                return


async def _file(
    name: str,
    heading: Sequence[str],
    columns: Sequence[Column],
    first: Sequence[Out],
    pages: AsyncIterator[Sequence[Out]],
) -> AsyncIterator[bytes]:
    stream = SheetStream(name, heading, columns)
    async with aclosing(pages):  # type: ignore[type-var]
        yield await asyncio.to_thread(stream.rows, first)
        async for rows in pages:
            yield await asyncio.to_thread(stream.rows, rows)
    yield await asyncio.to_thread(stream.end)


def _heading(
    name: str, request: Request, asked: Mapping[str, Any], titles: Mapping[str, str]
) -> list[str]:
    """What is listed, of which region, when, and by which filters."""
    by = next(value for value in asked.values() if isinstance(value, Caller))
    at = clock.now().astimezone(clock.SHANGHAI)
    filters = "，".join(
        f"{titles.get(key) or titles.get(f'{key}_label', key)}：{value}"
        for key, value in request.query_params.multi_items()
    )
    return [name, f"区划 {by.region_code}，{_written(at)} 导出", f"筛选：{filters or '无'}"]


def _written(at: datetime) -> str:
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"
