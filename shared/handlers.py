"""Turn every exception a request can end with into a problem document."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from shared.log import get_logger
from shared.problems import (
    FieldError,
    InvalidPayload,
    MalformedRequest,
    NotFound,
    Problem,
    for_status,
    problem_response,
)

_log = get_logger(__name__)

#: pydantic error type → (detail, mend); `{…}` is filled from the error's context.
_MESSAGES: dict[str, tuple[str, str | None]] = {
    "missing": ("缺少必填项", "请补填此项"),
    "extra_forbidden": ("不认识的字段", "请删去此字段，或核对字段名"),
    "string_type": ("应为文本", "请用引号括起的文本"),
    "string_too_short": ("文本过短，至少 {min_length} 个字", None),
    "string_too_long": ("文本过长，至多 {max_length} 个字", None),
    "string_pattern_mismatch": ("格式不符", "应符合 {pattern}"),
    "int_type": ("应为整数", "请只写数字，不加引号"),
    "int_parsing": ("应为整数", "请只写数字"),
    "bool_type": ("应为 true 或 false", "请写 true 或 false，不加引号"),
    "bool_parsing": ("应为 true 或 false", None),
    "list_type": ("应为列表", None),
    "dict_type": ("应为对象", None),
    "model_type": ("应为对象", None),
    "model_attributes_type": ("应为对象", "请以 application/json 提交一个对象"),
    "uuid_parsing": ("不是有效的编号（UUID）", None),
    "uuid_type": ("不是有效的编号（UUID）", None),
    "date_from_datetime_parsing": ("不是有效的日期", "请用 2023-07-31 这样的写法"),
    "date_parsing": ("不是有效的日期", "请用 2023-07-31 这样的写法"),
    "date_type": ("不是有效的日期", "请用 2023-07-31 这样的写法"),
    "literal_error": ("不在允许的取值之内", "允许：{expected}"),
    "enum": ("不在允许的取值之内", "允许：{expected}"),
    "decimal_max_digits": ("数字位数过多，至多 {max_digits} 位", None),
    "decimal_max_places": ("小数位数过多，至多 {decimal_places} 位", None),
    "decimal_whole_digits": ("整数部分过长，至多 {whole_digits} 位", None),
    "decimal_parsing": ("不是有效的数", '请用文本写出十进制数，如 "1200.50"'),
    "finite_number": ("必须是有限的数", None),
    "greater_than": ("应大于 {gt}", None),
    "greater_than_equal": ("应不小于 {ge}", None),
    "less_than": ("应小于 {lt}", None),
    "less_than_equal": ("应不大于 {le}", None),
    "too_long": ("项数过多，至多 {max_length} 项", None),
    "too_short": ("项数过少，至少 {min_length} 项", None),
}


def install_handlers(app: FastAPI) -> None:
    """Register the handlers; `shared.trace` answers 500 for what none of them knows."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)


def field_errors(errors: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """Pydantic's errors as pointers and Chinese sentences, the first fifty of them."""
    return [_field_error(error) for error in errors[:50]]


def _pointer(loc: list[str]) -> str:
    outside_body = loc and loc[0] in ("query", "path", "header", "cookie")
    parts = loc[1:] if loc and loc[0] == "body" else loc
    return "/".join(parts) if outside_body else "".join(f"/{part}" for part in parts)


def _field_error(error: Mapping[str, Any]) -> FieldError:
    pointer = _pointer([str(part) for part in error["loc"]])
    context = error.get("ctx") or {}
    kind = str(error["type"])
    if kind == "value_error":
        return FieldError(
            pointer=pointer, code="value_invalid", detail=str(context.get("error")), mend=None
        )
    detail, mend = _MESSAGES.get(kind, ("值不合要求", None))
    if "expected" in context:  # pydantic's English list: 'a', 'b' or 'c'
        words = str(context["expected"]).replace("'", "")
        context = {**context, "expected": words.replace(" or ", "、").replace(", ", "、")}
    return FieldError(
        pointer=pointer,
        code=kind,
        detail=detail.format_map(context),
        mend=mend.format_map(context) if mend else None,
    )


async def _on_problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    if error.status >= 500:
        _log.warning("problem", code=error.code(), detail=error.detail)
    return problem_response(request, error)


async def _on_validation(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    if any(item["type"] == "json_invalid" for item in error.errors()):
        return problem_response(request, MalformedRequest("请求体不是有效的 JSON"))
    places = {item["loc"][0] for item in error.errors()}
    if "path" in places:
        return problem_response(request, NotFound())
    errors = field_errors(error.errors())
    kind = InvalidPayload if "body" in places else MalformedRequest
    return problem_response(request, kind(f"有 {len(errors)} 处需要修改", errors=errors))


async def _on_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, Problem):  # FastAPI wraps whatever reading the body raised
        return problem_response(request, error.__cause__)
    problem = for_status(error.status_code)(headers=error.headers)
    return problem_response(request, problem)
