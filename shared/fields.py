"""Field types of payloads: text Postgres can hold, and exact numbers that travel as strings."""

import re
from decimal import Decimal
from typing import Annotated, Any

import orjson
from fastapi import Path, Query
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
    StringConstraints,
    WithJsonSchema,
)


class In(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    """A response body: every field is always present."""

    model_config = ConfigDict(from_attributes=True)


_hidden = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]").search
_decimal_text = re.compile(r"[^eE_]{0,40}", re.DOTALL).fullmatch


def _visible(text: str) -> str:
    if _hidden(text):
        raise ValueError("含有不可见的控制字符")
    return text


def _from_text(value: Any) -> Any:
    if isinstance(value, str) and _decimal_text(value):
        return value.strip()
    if isinstance(value, Decimal):
        return value
    raise ValueError('数字请写成十进制文本，如 "1200.50"')


def _parsed(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str) else value


def _plain(value: Decimal) -> str:
    return format(value, "f")


#: Stands behind `Field(…)`: then the limits are checked by pydantic's own decimal, not around it.
_EXACT = (
    BeforeValidator(_from_text),
    PlainSerializer(_plain, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "examples": ["1200.50"]}),
)

Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300),
    AfterValidator(_visible),
]
LongText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    AfterValidator(_visible),
]
#: A chapter of a report.
Chapter = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=40_000),
    AfterValidator(_visible),
]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,37}$")]
Year = Annotated[int, Strict(), Field(ge=2000, le=2100)]
YearPath = Annotated[int, Path(ge=2000, le=2100, description="会计年度")]
YearQuery = Annotated[int, Query(ge=2000, le=2100, description="会计年度")]
Int = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]

#: 元, two decimals, at most 18 digits (numeric(18,2)); may be negative where a refund is meant.
SignedMoney = Annotated[Decimal, Field(max_digits=18, decimal_places=2), *_EXACT]
Money = Annotated[Decimal, Field(max_digits=18, decimal_places=2, ge=0), *_EXACT]
#: 分值: 0–100 with two decimals.
Points = Annotated[Decimal, Field(max_digits=5, decimal_places=2, ge=0, le=100), *_EXACT]
#: 指标值: any measured number.
Quantity = Annotated[Decimal, Field(max_digits=18, decimal_places=4), *_EXACT]
#: A jsonb column read as text.
FromJson = BeforeValidator(_parsed)
#: A computed exact number on its way out.
Exact = Annotated[Decimal, *_EXACT]
