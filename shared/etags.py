"""Optimistic locking over HTTP: a change names the version of the resource that it read."""

from typing import Annotated

from fastapi import Depends, Header
from starlette.requests import Request
from starlette.responses import Response

from shared.fields import Out
from shared.problems import PreconditionFailed, PreconditionRequired


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
    return Expected(if_match.strip())


IfMatch = Annotated[Expected, Depends(_expected)]


def tagged(request: Request, out: Out, row_version: int) -> Response:
    """The resource with its ETag; 304 without a body when the caller has this version already."""
    tag = etag(row_version)
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    return Response(out.model_dump_json(), media_type="application/json", headers={"ETag": tag})
