"""What one form changed of another: for the reviewer of a resubmission and of an adjustment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from uuid import UUID

from services.goals.domain.goal_content import QUALITATIVE, GoalContent, Indicator, Task
from services.goals.domain.vocabulary import LEVEL1, LEVEL2

_ROW_LABELS = {
    "scope": "年度/中期",
    "level1": "一级指标",
    "level2": "二级指标",
    "name": "三级指标",
    "operator": "指标性质",
    "target_value": "指标值",
    "target_text": "指标值",
    "unit_of_measure": "计量单位",
    "weight": "权重",
    "evidence": "佐证资料",
    "scoring_rule": "评分标准",
}
_SCOPES = {"annual": "年度", "midterm": "中期"}


@dataclass(frozen=True)
class Change:
    """One difference; `pointer` is a place in the later form (in the earlier one when removed)."""

    pointer: str
    label: str
    kind: str
    before: str | None
    after: str | None
    row_id: UUID | None = None


def changes(before: GoalContent, after: GoalContent) -> list[Change]:
    """Every difference in the order of the form; rows are the same row when their id is."""
    return [*_texts(before, after), *_rows(before, after), *_tasks(before, after)]


def described(row: Indicator) -> str:
    """A row as one line: 数量指标 改造路灯数量 ≥ 120 盏（50 分）."""
    target = row.target_text if row.operator == QUALITATIVE else _quantity(row)
    level = LEVEL2.get(row.level2 or "", "")
    weight = "" if row.weight is None else f"（{_plain(row.weight)} 分）"
    return " ".join(part for part in (level, row.name, target) if part) + weight


def _quantity(row: Indicator) -> str:
    value = None if row.target_value is None else _plain(row.target_value)
    return " ".join(part for part in (_sign(row.operator), value, row.unit_of_measure) if part)


def _texts(before: GoalContent, after: GoalContent) -> Iterator[Change]:
    for name, label in (("annual_goal", "年度目标"), ("midterm_goal", "中期目标")):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Change(f"/{name}", label, _kind(old, new), old, new)


def _rows(before: GoalContent, after: GoalContent) -> Iterator[Change]:
    earlier = {row.row_id: row for row in before.indicators}
    for index, row in enumerate(after.indicators):
        old = earlier.pop(row.row_id, None)
        pointer = f"/indicators/{index}"
        if old is None:
            yield Change(pointer, "新增指标", "added", None, described(row), row.row_id)
        else:
            yield from _fields(old, row, pointer)
    where = {row.row_id: index for index, row in enumerate(before.indicators)}
    for row_id, old in earlier.items():
        pointer = f"/indicators/{where[row_id]}"
        yield Change(pointer, "删去指标", "removed", described(old), None, row_id)


def _fields(old: Indicator, new: Indicator, pointer: str) -> Iterator[Change]:
    for name, label in _ROW_LABELS.items():
        one, other = getattr(old, name), getattr(new, name)
        if one != other:
            yield Change(
                f"{pointer}/{name}", f"{new.name or old.name or '（未命名）'}：{label}",
                _kind(one, other), _shown(name, one), _shown(name, other), new.row_id,
            )  # fmt: skip


def _tasks(before: GoalContent, after: GoalContent) -> Iterator[Change]:
    old, new = list(before.tasks), list(after.tasks)
    for index in range(max(len(old), len(new))):
        one, other = _at(old, index), _at(new, index)
        if one != other:
            yield Change(
                f"/tasks/{index}", "年度主要任务", _kind(one, other), _told(one), _told(other)
            )


def _at(tasks: Sequence[Task], index: int) -> Task | None:
    return tasks[index] if index < len(tasks) else None


def _told(task: Task | None) -> str | None:
    if task is None:
        return None
    values = (getattr(task, field.name) for field in fields(task))
    return "；".join(_shown("", value) or "" for value in values if value is not None)


def _kind(before: object, after: object) -> str:
    if before is None:
        return "added"
    return "removed" if after is None else "changed"


def _shown(name: str, value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, Decimal):
        return _plain(value)
    labels = {"level1": LEVEL1, "level2": LEVEL2, "scope": _SCOPES}.get(name, {})
    return labels.get(str(value)) or (_sign(str(value)) if name == "operator" else str(value))


def _sign(operator: str | None) -> str | None:
    signs = {">=": "≥", "<=": "≤", "=": "=", ">": ">", "<": "<", QUALITATIVE: "定性"}
    return signs.get(operator or "")


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")
