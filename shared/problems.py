"""RFC 9457 problem documents: every "no" of every process has this one shape.

A problem is an exception class whose docstring is the Chinese title. Services keep theirs in
`errors.py`, so that one file shows every refusal; the ones below belong to HTTP itself.

    Problem
    ├─ 400 MalformedRequest, UnknownParameter, CursorInvalid, IdempotencyKeyMissing
    ├─ 401 Unauthenticated      403 Forbidden          404 NotFound    405 MethodNotAllowed
    ├─ 409 StateConflict, RequestInProgress            412 PreconditionFailed
    ├─ 413 PayloadTooLarge      415 UnsupportedMediaType
    ├─ 422 InvalidPayload, IdempotencyKeyReused        428 PreconditionRequired
    ├─ 500 InternalError
    └─ 502 BadGateway           503 Unavailable        504 UpstreamTimeout
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse

from shared.paths import outside_path

MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """One thing wrong with a payload: where, why, and how to mend it."""

    pointer: str = Field(description="JSON pointer into the body, or `query/…`, `path/…`")
    code: str
    detail: str
    mend: str | None


class RuleCited(BaseModel):
    """The rule that said no."""

    rule_id: str
    article: str | None


class ProblemOut(BaseModel):
    """The body of every answer that is not a success."""

    model_config = ConfigDict(title="Problem")

    type: str
    title: str
    status: int
    detail: str | None
    instance: str
    code: str = Field(description="stable code for machines")
    errors: list[FieldError]
    rule: RuleCited | None
    trace_id: str | None
    request_id: str | None


class Problem(Exception):
    """服务出错"""

    status: ClassVar[int] = 500
    english: ClassVar[str] = "The request failed"

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        rule: RuleCited | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail or self.title())
        self.detail = detail
        self.errors = list(errors)
        self.rule = rule
        self.headers = dict(headers or {})

    @classmethod
    def code(cls) -> str:
        """The class name in snake case: the code machines rely on."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def title(cls) -> str:
        """The first line of the docstring."""
        return (cls.__doc__ or "").strip().splitlines()[0]


class MalformedRequest(Problem):
    """请求无法解读"""

    status = 400
    english = "The request can't be read"


class UnknownParameter(Problem):
    """不认识的查询参数"""

    status = 400
    english = "Unknown query parameter"


class CursorInvalid(Problem):
    """分页游标无效"""

    status = 400
    english = "The page cursor is not valid"


class IdempotencyKeyMissing(Problem):
    """缺少 Idempotency-Key"""

    status = 400
    english = "Idempotency-Key is missing"


class Unauthenticated(Problem):
    """未登录或登录已失效"""

    status = 401
    english = "Not signed in, or the sign-in has expired"


class Forbidden(Problem):
    """没有此项权限"""

    status = 403
    english = "This role may not do that"


class NotFound(Problem):
    """找不到所请求的内容"""

    status = 404
    english = "Not found"


class MethodNotAllowed(Problem):
    """此地址不支持该方法"""

    status = 405
    english = "Method not allowed here"


class StateConflict(Problem):
    """当前状态不允许此操作"""

    status = 409
    english = "The present state does not allow this"


class RequestInProgress(Problem):
    """同一请求正在处理"""

    status = 409
    english = "The same request is being processed"


class PreconditionFailed(Problem):
    """内容已被他人修改"""

    status = 412
    english = "The resource has changed since it was read"


class PayloadTooLarge(Problem):
    """请求体过大"""

    status = 413
    english = "The request body is too large"


class UnsupportedMediaType(Problem):
    """不支持的内容类型"""

    status = 415
    english = "Unsupported media type"


class InvalidPayload(Problem):
    """提交的内容不合要求"""

    status = 422
    english = "The payload is not valid"


class IdempotencyKeyReused(Problem):
    """Idempotency-Key 已用于另一请求"""

    status = 422
    english = "The Idempotency-Key was used for another request"


class PreconditionRequired(Problem):
    """缺少 If-Match"""

    status = 428
    english = "If-Match is required"


class InternalError(Problem):
    """系统内部错误"""

    status = 500
    english = "Internal error"


class BadGateway(Problem):
    """后端服务应答有误"""

    status = 502
    english = "The upstream service answered badly"


class Unavailable(Problem):
    """服务暂时不可用"""

    status = 503
    english = "Temporarily unavailable"


class UpstreamTimeout(Problem):
    """后端服务超时"""

    status = 504
    english = "The upstream service did not answer in time"


_HTTP = (400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 500, 502, 503, 504)
_BY_STATUS: dict[int, type[Problem]] = {}
for _class in Problem.__subclasses__():
    _BY_STATUS.setdefault(_class.status, _class)

#: For FastAPI's `responses=`: the refusals any route may answer with.
COMMON_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "model": ProblemOut,
        "description": _BY_STATUS[status].title(),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}},
    }
    for status in _HTTP
    if status not in (405, 502, 504)
}


def for_status(status: int) -> type[Problem]:
    """The general problem of an HTTP status."""
    return _BY_STATUS.get(status, InternalError if status >= 500 else MalformedRequest)


def problem_response(request: Request, problem: Problem) -> JSONResponse:
    """Render a problem in the caller's language with the ids that find it in the logs."""
    english = request.headers.get("accept-language", "").lower().startswith("en")
    state = request.scope.get("state", {})
    body = ProblemOut(
        type=f"urn:wenxiao:problem:{problem.code()}",
        title=problem.english if english else problem.title(),
        status=problem.status,
        detail=problem.detail,
        instance=outside_path(request),
        code=problem.code(),
        errors=problem.errors,
        rule=problem.rule,
        trace_id=state.get("trace_id"),
        request_id=state.get("request_id"),
    )
    return JSONResponse(
        body.model_dump(), problem.status, headers=problem.headers, media_type=MEDIA_TYPE
    )
