"""What was achieved (实际完成值), as people write it into a cell: a number, or one with its unit."""

import re
from decimal import Decimal

from shared.workbooks.cells import BadCell
from shared.workbooks.text import plain
from shared.workbooks.values import Value

_NUMBER = re.compile(r"(?P<number>[+-]?\d{1,14}(?:\.\d*)?)\s*(?P<unit>\D*)")


def measured(name: str, unit: str | None, value: Value) -> Decimal | None:
    """The number a cell of the indicator `name` means; None for an empty cell. Raises BadCell."""
    if value is None or isinstance(value, Decimal):
        return value
    found = _NUMBER.fullmatch(plain(str(value)).replace(",", ""))
    if found is None or found["unit"] not in ("", plain(unit or "")):
        raise BadCell(
            "number_expected",
            f"「{name}」应填数字，现为“{str(value)[:40]}”",
            f"请只填数字，单位按“{unit or '无'}”计",
        )
    return Decimal(found["number"])
