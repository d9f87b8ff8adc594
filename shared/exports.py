"""Every list as a workbook (xlsx): the same route, filters and rows, walked to its end.

`@listed(router, "/warnings", "预警", TITLES)` registers the list and, beside it, `/warnings.xlsx`;
`@counted` does the same for a table of statistics, which comes whole and may have a total.
The rows go through memory page by page into a nameless file on disk, which is sent when it is whole:
a reader who takes his time keeps no connection to the database, and a 200 means all of it.
"""

import asyncio
import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any, get_args
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import StreamingResponse

from shared import clock
from shared.auth import Caller
from shared.fields import Out
from shared.form_routes import FILE, XLSX
from shared.pages import Page, Walk
from shared.problems import Unavailable
from shared.workbooks.table import Column, Table

Endpoint = Callable[..., Awaitable[Page[Any]]]
Counting = Callable[..., Awaitable[Any]]
#: So many are made at once in a process: each holds one of the pool's connections meanwhile.
_TURNS = asyncio.Semaphore(2)
_PATIENCE_SECONDS = 10
_PIECE = 65_536
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


def counted(
    router: APIRouter, path: str, name: str, titles: Mapping[str, str], *tables: str
) -> Callable[[Counting], Counting]:
    """Register an answer of statistics and its export: the first of its `tables` (fields that are
    lists of rows) that has any, and below it the `total` of the same columns."""

    def register(endpoint: Counting) -> Counting:
        export = _export_of_counts(endpoint, name, titles, tables)
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
    columns = columns_of(row_of(inspect.signature(endpoint).return_annotation, "items"), titles)

    async def export(request: Request, asked: Mapping[str, Any]) -> StreamingResponse:
        heading = _heading(name, request, asked, titles)
        return await _sent(name, heading, columns, _pages(endpoint, asked))

    return _asked_like(endpoint, export)


def _export_of_counts(
    endpoint: Counting, name: str, titles: Mapping[str, str], tables: Sequence[str]
) -> Callable[..., Any]:
    answer = inspect.signature(endpoint).return_annotation
    columns = {table: columns_of(row_of(answer, table), titles) for table in tables}

    async def export(request: Request, asked: Mapping[str, Any]) -> StreamingResponse:
        counts = await endpoint(**asked)
        table = next((one for one in tables if getattr(counts, one)), tables[0])
        heading = _heading(name, request, asked, titles)
        if scope := getattr(counts, "scope", None):
            heading[2] += f"；口径：{scope}"
        rows, total = getattr(counts, table), getattr(counts, "total", None)
        if isinstance(total, row_of(answer, table)):
            rows = [*rows, total]
        return await _sent(name, heading, columns[table], _at_once(rows))

    return _asked_like(endpoint, export)


def row_of(answer: Any, table: str) -> type[Out]:
    """The model of an answer's rows in one of its lists."""
    [row] = get_args(answer.model_fields[table].annotation)
    return row  # type: ignore[no-any-return]


def _asked_like(endpoint: Counting, export: Callable[..., Any]) -> Callable[..., Any]:
    """The export with the endpoint's own parameters, but for the page."""
    signature = inspect.signature(endpoint)

    async def ask(request: Request, **asked: Any) -> StreamingResponse:
        own = {"request": request} if "request" in signature.parameters else {}
        sent: StreamingResponse = await export(request, {**asked, **own})
        return sent

    request = inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=Request)
    ask.__signature__ = signature.replace(  # type: ignore[attr-defined]
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
    ask.__name__ = f"{endpoint.__name__}_as_workbook"
    ask.__doc__ = f"导出为工作簿（xlsx），筛选与清单相同。{endpoint.__doc__}"
    return ask


async def _pages(
    endpoint: Endpoint, asked: Mapping[str, Any]
) -> AsyncGenerator[Sequence[Out], None]:
    """All pages on one snapshot."""
    async with asked["reads"].snapshot() as reads:
        cursor: str | None = None
        while True:
            page = await endpoint(**{**asked, "reads": reads, "paging": Walk(cursor)})
            yield page.items
            cursor = page.next_cursor
            if cursor is None:
                return


async def _at_once(rows: Sequence[Out]) -> AsyncGenerator[Sequence[Out], None]:
    yield rows


async def _sent(
    name: str,
    heading: Sequence[str],
    columns: Sequence[Column],
    pages: AsyncGenerator[Sequence[Out], None],
) -> StreamingResponse:
    async with _turn():
        file, size = await _written(name, heading, columns, pages)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}.xlsx",
        "Content-Length": str(size),
    }
    return StreamingResponse(_pieces(file), media_type=XLSX, headers=headers)


@asynccontextmanager
async def _turn() -> AsyncIterator[None]:
    """Raises Unavailable when others take too long."""
    try:
        await asyncio.wait_for(_TURNS.acquire(), _PATIENCE_SECONDS)
    except TimeoutError as error:
        raise Unavailable(
            "正在导出的清单较多，请稍后再试", headers={"Retry-After": "10"}
        ) from error
    try:
        yield
    finally:
        _TURNS.release()


async def _written(
    name: str,
    heading: Sequence[str],
    columns: Sequence[Column],
    pages: AsyncGenerator[Sequence[Out], None],
) -> tuple[IO[bytes], int]:
    """The whole file, and its size; it disappears when it is closed."""
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 -- closed by who sends it
    try:
        table = Table(file, name, heading, columns)
        async with aclosing(pages):
            async for rows in pages:
                await asyncio.to_thread(table.add, rows)
        await asyncio.to_thread(table.end)
        size = file.tell()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file, size


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece


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
    made = f"区划 {by.region_code}，{by.principal.name} 于 {_said(at)} 导出"
    return [name, made, f"筛选：{filters or '无'}"]


def _said(at: datetime) -> str:
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"
