"""名录: what an entry of a register still lacks, and what a change of it changes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

_EXPECTED = {
    "institution": "机构类型",
    "platform_listed": "是否列入信用管理平台",
    "qualified_until": "资质有效期",
}


def gaps(agency: Mapping[str, Any]) -> list[str]:
    """What nobody has entered of an agency, in words for whoever engages it."""
    return [f"未登记：{label}" for name, label in _EXPECTED.items() if agency[name] is None]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What becomes different, by field, from what to what; as JSON can hold it."""
    return {
        name: {"from": _plain(before.get(name)), "to": _plain(value)}
        for name, value in after.items()
        if before.get(name) != value
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
