"""What a form handed in again says differently from the one that was returned."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.monitoring.domain.form_rows import TYPED, RowContent

#: A form as a submission keeps it: JSON, numbers as texts without trailing zeros.
Content = Mapping[str, Any]

LABELS = {
    "executed_forecast": "全年预计执行数",
    "actual_to_date": "执行情况",
    "actual_forecast": "全年预计完成情况",
    "band": "完成情况",
    "likelihood": "完成目标可能性",
    "deviation_causes": "偏差原因",
    "deviation_text": "原因说明",
    "remark": "备注",
}


@dataclass(frozen=True)
class Change:
    """One field that differs; `row_name` is null for the form's own fields."""

    pointer: str
    row_name: str | None
    field: str
    before: Any
    after: Any


def content_of(executed_forecast: Any, rows: list[RowContent]) -> dict[str, Any]:
    """The content as it is kept."""
    return {
        "executed_forecast": _plain(executed_forecast),
        "rows": [
            {"position": row.position, "name": row.name}
            | {name: _plain(getattr(row, name)) for name in TYPED}
            for row in rows
        ],
    }


def changes(before: Content, after: Content) -> Iterator[Change]:
    """Field by field, in the order of the form."""
    name = "executed_forecast"
    if before[name] != after[name]:
        yield Change(f"/{name}", None, name, before[name], after[name])
    earlier = {row["position"]: row for row in before["rows"]}
    for index, row in enumerate(after["rows"]):
        for name in TYPED:
            old = earlier.get(row["position"], {}).get(name)
            if old != row[name]:
                yield Change(f"/rows/{index}/{name}", row["name"], name, old, row[name])


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    if isinstance(value, tuple):
        return list(value)
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
