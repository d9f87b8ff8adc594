"""Optimistic locking over HTTP: a change names the version of the resource that it read."""

import re
from typing import Annotated

from fastapi import Depends, Header
from starlette.requests import Request
from starlette.responses import Response

from shared.fields import Out
from shared.problems import MalformedRequest, PreconditionFailed, PreconditionRequired

_TAG = r'(W/)?"[^"]*"'
_TAGS = re.compile(rf"{_TAG}(\s*,\s*{_TAG})*")


def etag(row_version: int) -> str:
    """The strong entity tag of a version."""
    return f'"{row_version}"'


class Expected:
    """The version an If-Match header names."""

    def __init__(self, value: str) -> None:
        self._value = value

    def check(self, row_version: int) -> None:
        """Raise 412 with the present ETag unless the caller read this very version."""
        if self._value not in ("*", etag(row_version)):
            raise PreconditionFailed("请重新读取后再提交", headers={"ETag": etag(row_version)})


async def _expected(
    if_match: Annotated[str | None, Header(description="ETag of the version you read")] = None,
) -> Expected:
    if if_match is None:
        raise PreconditionRequired('请带上读取时得到的 ETag，如 If-Match: "3"')
    return Expected(_read(if_match))


IfMatch = Annotated[Expected, Depends(_expected)]


class PutExpected:
    """The version a PUT names of a resource that may not be there yet."""

    def __init__(self, value: str | None) -> None:
        self._value = value

    def check(self, row_version: int | None) -> None:
        """412 or 428 unless the caller read what is there, or knows that nothing is."""
        if row_version is None:
            if self._value is not None:
                raise PreconditionFailed("尚无此内容；新建请不带 If-Match")
        elif self._value is None:
            raise PreconditionRequired(
                "已有此内容；修改请带上读取时得到的 ETag", headers={"ETag": etag(row_version)}
            )
        else:
            Expected(self._value).check(row_version)


async def _put_expected(
    if_match: Annotated[
        str | None, Header(description="ETag of the version you read; absent to create")
    ] = None,
) -> PutExpected:
    return PutExpected(None if if_match is None else _read(if_match))


PutIfMatch = Annotated[PutExpected, Depends(_put_expected)]


def tagged(request: Request, out: Out, row_version: int, *, status: int = 200) -> Response:
    """The resource with its ETag; 304 without a body when the caller has this version already."""
    tag = etag(row_version)
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    body = out.model_dump_json()
    return Response(body, status, media_type="application/json", headers={"ETag": tag})


def _read(if_match: str) -> str:
    """The header, if it can be one: a bare 3 would look like a stale version for ever."""
    value = if_match.strip()
    if value != "*" and not _TAGS.fullmatch(value):
        raise MalformedRequest('If-Match 应为读取时得到的 ETag，引号是它的一部分，如 If-Match: "3"')
    return value
