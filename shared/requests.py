"""Read requests strictly: queries without unknown parameters, bodies by size and media type, and
JSON without surprises."""

import json
from collections.abc import Callable, Coroutine, Iterator
from decimal import Decimal
from typing import Any

from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Cookie, Header, Path
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from shared.problems import (
    FieldError,
    InvalidPayload,
    MalformedRequest,
    PayloadTooLarge,
    UnknownParameter,
    UnsupportedMediaType,
)

_JSON_TYPES = {"application/json", "application/merge-patch+json"}


class StrictRequest(Request):
    """A request whose JSON has no duplicate keys, no NaN, no NUL and no lone surrogates."""

    async def body(self) -> bytes:
        """The whole body, or 413 as soon as it grows beyond the limit."""
        if not hasattr(self, "_body"):
            limit: int = self.app.state.max_body_bytes
            declared = self.headers.get("content-length", "0")
            if declared.isdigit() and int(declared) > limit:
                raise PayloadTooLarge(f"请求体上限为 {limit} 字节")
            self._body = await read_whole(self, limit)
        return self._body

    async def json(self) -> Any:
        """The parsed body; non-integers come out as Decimal."""
        if not hasattr(self, "_json"):
            self._json = parse_json(await self.body())
        return self._json


async def read_whole(request: Request, limit: int) -> bytes:
    """The whole body of a request, or PayloadTooLarge as soon as it grows beyond the limit."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise PayloadTooLarge(f"请求体上限为 {limit} 字节")
        chunks.append(chunk)
    return b"".join(chunks)


class StrictRoute(APIRoute):
    """The route class of every service: FastAPI's own, fed by a strict request."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler."""
        handle = super().get_route_handler()
        takes_json = self.body_field is not None
        known = self._query_parameters()

        async def strict(request: Request) -> Response:
            _require_known(request, known)
            if takes_json:
                _require_json(request)
            return await handle(StrictRequest(request.scope, request.receive))

        return strict

    def _query_parameters(self) -> list[str]:
        """What the route and all it depends on read from the query."""
        return sorted(
            field.alias
            for field in get_flat_params(self.dependant)
            if not isinstance(field.field_info, Path | Header | Cookie)
        )


def parse_json(raw: bytes) -> Any:
    """JSON as the standard has it and no further. Raises MalformedRequest or InvalidPayload."""
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_no_duplicates,
            parse_constant=_no_constant,
            parse_float=Decimal,
        )
    except (ValueError, RecursionError) as error:
        raise MalformedRequest(f"请求体不是有效的 JSON：{_reason(error)}") from error
    if b"\\u" in raw:
        _refuse_unstorable(value)
    return value


def is_storable(text: str) -> bool:
    """Whether Postgres can hold the text: no NUL, no lone surrogate."""
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def _require_known(request: Request, known: list[str]) -> None:
    """A misspelt filter would give the whole list, as if nothing had been asked."""
    unknown = [name for name in request.query_params if name not in known]
    if not unknown:
        return
    mend = f"可用的有：{'、'.join(known)}" if known else "此处没有查询参数，请删去"
    raise UnknownParameter(
        f"有 {len(unknown)} 个不认识的查询参数",
        errors=[
            FieldError(
                pointer=f"query/{name[:60]}",
                code="unknown_parameter",
                detail=f"没有查询参数 {name[:60]}",
                mend=mend,
            )
            for name in unknown[:50]
        ],
    )


def _require_json(request: Request) -> None:
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent not in _JSON_TYPES:
        raise UnsupportedMediaType("请以 Content-Type: application/json 提交")


def _refuse_unstorable(value: Any) -> None:
    errors = [
        FieldError(
            pointer=pointer,
            code="text_invalid",
            detail="含有不可存储的字符",
            mend="请删去不可见字符",
        )
        for pointer, text in _strings(value, "")
        if not is_storable(text)
    ]
    if errors:
        raise InvalidPayload(errors=errors[:50])


def _strings(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield pointer, key
            yield from _strings(inner, f"{pointer}/{key if is_storable(key) else '?'}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _strings(inner, f"{pointer}/{index}")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("同一对象中有重复的字段名")
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"不允许 {name}")


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"第 {error.lineno} 行第 {error.colno} 列"
    if isinstance(error, UnicodeDecodeError):
        return "不是 UTF-8"
    if isinstance(error, RecursionError):
        return "嵌套过深"
    return str(error) if "重复" in str(error) or "不允许" in str(error) else "数字过长"
