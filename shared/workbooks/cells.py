"""One cell: what is written into it, and what a person left in it, as a value of its field."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeAlias

from shared.workbooks.layout import Field
from shared.workbooks.text import plain, squeezed
from shared.workbooks.values import Value

#: What the reader of values hands over; an empty cell is "".
Raw: TypeAlias = str | float | bool | date | datetime | time | timedelta

_YUAN_PER_UNIT = Decimal(10_000)
_CENT = Decimal("0.01")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_PERCENT = re.compile(r"(.+?)\s*%")
_SPACE_OR_GROUPING = re.compile(r"[\s,，']")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_FIRST_SERIAL_DAY = date(1899, 12, 30)
_SERIALS = range(1, 2_958_466)
_DIGITS = 18
_MOST = Decimal(10) ** _DIGITS


class BadCell(Exception):
    """The cell can't be read as its field: a stable code, what is wrong, how to mend it."""

    def __init__(self, code: str, message: str, mend: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.mend = mend


@dataclass(frozen=True)
class Printed:
    """What to write: numbers only where the file's binary numbers hold them exactly."""

    value: str | float | date
    number_format: str


def printed(field: Field, value: Value) -> Printed | None:
    """The cell's content for a value; None leaves it empty."""
    if value is None or value == "":
        return None
    if isinstance(value, Decimal):
        return _printed_number(field, value)
    if isinstance(value, date):
        return Printed(value, "yyyy-mm-dd")
    return Printed(field.choices.get(value, value), "@")


def _printed_number(field: Field, value: Decimal) -> Printed:
    money = field.type == "money"
    shown = value / _YUAN_PER_UNIT if money else value
    number = float(shown)
    if _from_float(number) != shown:
        return Printed(f"{shown.normalize():f}", "@")
    return Printed(number, "#,##0.00####" if money else "General")


def parsed(field: Field, raw: Raw, *, percent: bool) -> Value:
    """The field's value; None for an empty cell. Raises BadCell."""
    if raw == "" or (isinstance(raw, str) and not raw.strip()):
        return None
    match field.type:
        case "number" | "money":
            return _number(field, raw, percent=percent)
        case "date":
            return _date(raw)
        case "choice":
            return _choice(field, _text(field, raw, percent=percent))
        case "printed_target":
            return _printed_target(field, raw, percent=percent)
        case _:
            return _text(field, raw, percent=percent)


def invisible_characters(raw: Raw) -> bool:
    """Whether a text has control characters; `parsed` leaves them out."""
    return isinstance(raw, str) and _INVISIBLE.search(_line_ends(raw)) is not None


def _number(field: Field, raw: Raw, *, percent: bool) -> Decimal:
    if isinstance(raw, str):
        value = _decimal(raw)
    elif isinstance(raw, int | float) and not isinstance(raw, bool):
        value = _from_float(raw) * (100 if percent else 1)
    else:
        value = None
    if value is None:
        raise BadCell(
            "number_expected",
            f"{field.label}应填数字，现为“{_shown(raw)}”",
            "请只填数字，单位写在度量单位栏；金额以万元为单位",
        )
    return _money(field, value) if field.type == "money" else _within(field, value)


def _money(field: Field, value: Decimal) -> Decimal:
    yuan = value * _YUAN_PER_UNIT
    if abs(yuan) < _MOST and yuan != yuan.quantize(_CENT):
        raise BadCell(
            "number_too_precise", f"{field.label}精确到了分以下", "请按万元填写，最多六位小数"
        )
    return _within(field, yuan)


def _within(field: Field, value: Decimal) -> Decimal:
    least, most = _bounds(field)
    if value < least or value > most:
        raise BadCell(
            "number_out_of_range",
            f"{field.label}应在 {least:f} 与 {most:f} 之间，现为 {value.normalize():f}",
            "请核对数字和单位后重新填写",
        )
    value = Decimal(f"{value.normalize():f}")
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > field.decimals:
        raise BadCell(
            "number_too_precise",
            f"{field.label}最多 {field.decimals} 位小数，现为 {value:f}",
            f"请四舍五入到 {field.decimals} 位小数",
        )
    return value


def _bounds(field: Field) -> tuple[Decimal, Decimal]:
    most = Decimal(10) ** (_DIGITS - field.decimals)
    return (
        -most if field.minimum is None else field.minimum,
        most if field.maximum is None else field.maximum,
    )


def _printed_target(field: Field, raw: Raw, *, percent: bool) -> Value:
    """A number stays one; a percentage stays a text, because its sign is half of the answer."""
    if isinstance(raw, int | float) and not isinstance(raw, bool) and not percent:
        return _within(field, _from_float(raw))
    return _text(field, raw, percent=percent)


def _date(raw: Raw) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, int | float) and not isinstance(raw, bool) and int(raw) in _SERIALS:
        return _FIRST_SERIAL_DAY + timedelta(days=int(raw))
    found = _DATE.fullmatch(plain(raw)) if isinstance(raw, str) else None
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise BadCell("date_expected", f"“{_shown(raw)}”不是日期", "请按 2024-01-31 的样子填写")


def _choice(field: Field, text: str) -> str:
    code = field.words.get(squeezed(text))
    if code is None:
        allowed = "、".join(field.choices.values())
        raise BadCell(
            "choice_unknown", f"{field.label}没有“{text}”这一项", f"请从下拉列表中选择：{allowed}"
        )
    return code


def _text(field: Field, raw: Raw, *, percent: bool) -> str:
    if isinstance(raw, datetime | date | time | timedelta):
        raise BadCell(
            "turned_into_date",
            f"{field.label}里的内容被表格软件变成了日期或时间",
            "请先把单元格格式设为“文本”，再重新填写",
        )
    if isinstance(raw, bool):
        return str(raw).upper()
    if isinstance(raw, int | float):
        return f"{(_from_float(raw) * 100).normalize():f}%" if percent else f"{_from_float(raw):f}"
    text = _INVISIBLE.sub("", _line_ends(raw)).strip()
    if field.max_length is not None and len(text) > field.max_length:
        raise BadCell(
            "text_too_long",
            f"{field.label}最多 {field.max_length} 字，现有 {len(text)} 字",
            "请精简，或把细节写入佐证资料",
        )
    return text


def _line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decimal(text: str) -> Decimal | None:
    found = _PERCENT.fullmatch(plain(text))
    digits = _SPACE_OR_GROUPING.sub("", found[1] if found else plain(text))
    if len(digits) > 22 or not _NUMBER.fullmatch(digits):
        return None
    return Decimal(digits)


def _from_float(number: float) -> Decimal:
    """Spreadsheets keep 15 digits: 0.1 + 0.2 is 0.3 there, and so it is here."""
    return Decimal(f"{Decimal(f'{number:.15g}').normalize():f}")


def _shown(raw: Raw) -> str:
    text = str(raw)
    return text if len(text) <= 40 else f"{text[:40]}…"
