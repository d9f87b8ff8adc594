"""绩效目标 as the official form: a goal's content into the values of a sheet, and back.

The form shows one 指标值 where the content has a number and a text. What the cell alone would not
give back (both are filled in, or a text looks like a number) stands in a hidden cell beside it and
counts for as long as nobody changes the visible one.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.goals.domain.goal_content import QUALITATIVE, GoalContent, Indicator, Task
from services.goals.domain.indicator_trees import Tree
from shared.workbooks.layout import Layout
from shared.workbooks.text import plain
from shared.workbooks.values import CellError, Form, FormRead, Row, RowRead, Value

MIDTERM = "midterm"
ANNUAL = "annual"
TASKS = "tasks"

_GOAL_TEXTS = ("midterm_goal", "annual_goal")
_SIMPLE = ("level1", "level2", "name", "operator", "unit_of_measure", "weight", "evidence",
           "scoring_rule")  # fmt: skip
_OPERATOR_SIGNS = {"≥": ">=", "≧": ">=", ">=": ">=", ">": ">", "=": "=", "<": "<", "≤": "<=",
                   "≦": "<=", "<=": "<="}  # fmt: skip
_TARGET = re.compile(
    r"(?P<sign>[≥≧≤≦]|[<>]=?|=)?\s*(?P<number>-?\d{1,14}(?:\.\d{1,4})?)\s*(?P<unit>\S*)"
)

#: A target as content has it: number, text, unit.
_Target = tuple[Decimal | None, str | None, str | None]


@dataclass(frozen=True)
class GoalSheet:
    """One goal to print. `facts` are the grey cells: project, unit, money (in yuan), by field."""

    goal_id: UUID
    version: int
    facts: Mapping[str, Value]
    content: GoalContent


@dataclass(frozen=True)
class GoalRead:
    """A goal as read; pointers lead into the content, `cells` says where each one stands."""

    sheet: str
    goal_id: UUID
    version: int
    content: GoalContent
    cells: Mapping[str, str]
    errors: Sequence[CellError]
    notes: Sequence[CellError]


def form_of(layout: Layout, goal: GoalSheet, tree: Tree) -> Form:
    """The sheet to fill; its drop-downs offer what the year's indicator tree has."""
    content = goal.content
    rows: dict[str, list[Row]] = {
        MIDTERM: [_row(one) for one in content.indicators if one.scope == MIDTERM],
        ANNUAL: [_row(one) for one in content.indicators if one.scope == ANNUAL],
        TASKS: [Row(None, asdict(task)) for task in content.tasks],
    }
    texts = {"midterm_goal": content.midterm_goal, "annual_goal": content.annual_goal}
    return Form(
        form_id=goal.goal_id,
        version=goal.version,
        values={**goal.facts, **texts},
        rows={block.code: rows[block.code] for block in layout.blocks()},
        offers={
            "level1": list(tree.levels),
            "level2": list(dict.fromkeys(two for row in tree.levels.values() for two in row)),
        },
    )


def goal_of(read: FormRead) -> GoalRead:
    """The goal a sheet says: midterm rows first, then the year's, each in the sheet's order."""
    midterm = read.rows.get(MIDTERM, ())
    annual = read.rows.get(ANNUAL, ())
    unnamed = [
        CellError(read.sheet, row.cells["name"], f"/tasks/{position}/name", "task_name_missing",
                  "这一行主要任务没有名称", "请填写任务名称，或清空整行")
        for position, row in enumerate(read.rows.get(TASKS, ()))
        if row.values["name"] is None and f"/tasks/{position}/name" not in _pointers(read)
    ]  # fmt: skip
    content = GoalContent(
        annual_goal=_text(read.values.get("annual_goal")),
        midterm_goal=_text(read.values.get("midterm_goal")),
        indicators=(
            *(_indicator(MIDTERM, row) for row in midterm),
            *(_indicator(ANNUAL, row) for row in annual),
        ),
        tasks=tuple(_task(row) for row in read.rows.get(TASKS, ())),
    )
    offsets = {MIDTERM: 0, ANNUAL: len(midterm)}
    return GoalRead(
        sheet=read.sheet,
        goal_id=read.form_id,
        version=read.version,
        content=content,
        cells=dict(_cells(read, offsets)),
        errors=[*(_into_content(one, offsets) for one in read.errors), *unnamed],
        notes=[_into_content(one, offsets) for one in read.notes],
    )


def _row(indicator: Indicator) -> Row:
    values: dict[str, Value] = {code: getattr(indicator, code) for code in _SIMPLE}
    values["target"] = _printed(indicator)
    values["target_saved"] = _saved(indicator)
    values["library_id"] = None if indicator.library_id is None else str(indicator.library_id)
    return Row(indicator.row_id, values)


def _indicator(scope: str, row: RowRead) -> Indicator:
    values = row.values
    operator, unit = _text(values["operator"]), _text(values["unit_of_measure"])
    read = Indicator(
        row_id=row.row_id,
        scope=scope,
        level1=_text(values["level1"]),
        level2=_text(values["level2"]),
        name=_text(values["name"]),
        operator=operator,
        unit_of_measure=unit,
        weight=_amount(values["weight"]),
        evidence=_text(values["evidence"]),
        scoring_rule=_text(values["scoring_rule"]),
        library_id=_uuid(values["library_id"]),
    )
    saved = _unchanged(read, values["target_saved"], values["target"])
    return saved or _with_target(read, values["target"])


def _with_target(row: Indicator, shown: Value) -> Indicator:
    """What the visible cell means: a number, or a text; a sign or a unit in it is put in its place."""
    if shown is None:
        return row
    if row.operator == QUALITATIVE:
        return replace(row, target_text=_plain(shown))
    if isinstance(shown, Decimal):
        return replace(row, target_value=shown)
    found = _TARGET.fullmatch(plain(str(shown)).replace(",", ""))
    if found is None:
        return replace(row, target_text=str(shown))
    sign = _OPERATOR_SIGNS.get(found["sign"] or "", row.operator)
    unit = found["unit"] or row.unit_of_measure
    fits = sign in (row.operator, sign if row.operator is None else None)
    if not fits or unit not in (row.unit_of_measure, "%" if row.unit_of_measure is None else None):
        return replace(row, target_text=str(shown))
    return replace(row, operator=sign, unit_of_measure=unit, target_value=Decimal(found["number"]))


def _printed(row: Indicator) -> Value:
    if row.target_value is None or (row.operator == QUALITATIVE and row.target_text is not None):
        return row.target_text
    return row.target_value


def _saved(row: Indicator) -> str | None:
    """What the visible cell would not give back, as JSON; None when it gives everything back."""
    bare = replace(row, target_value=None, target_text=None)
    if _with_target(bare, _printed(row)) == row:
        return None
    number = None if row.target_value is None else f"{row.target_value:f}"
    return json.dumps([row.operator, number, row.target_text], ensure_ascii=False)


def _unchanged(read: Indicator, saved: Value, shown: Value) -> Indicator | None:
    """The target as saved, unless the visible cells were changed since, or the hidden one damaged."""
    if not isinstance(saved, str):
        return None
    try:
        operator, number, text = json.loads(saved)
        before = replace(
            read,
            target_value=None if number is None else Decimal(number),
            target_text=text,
        )
    except (ValueError, TypeError, ArithmeticError):
        return None
    same = operator == read.operator and _plain(_printed(before)) == _plain(shown)
    return before if same else None


def _task(row: RowRead) -> Task:
    return Task(
        name=_text(row.values["name"]) or "",
        content=_text(row.values["content"]),
        fiscal_amount=_amount(row.values["fiscal_amount"]),
        other_amount=_amount(row.values["other_amount"]),
    )


def _cells(read: FormRead, offsets: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    for code in _GOAL_TEXTS:
        if code in read.cells:
            yield f"/{code}", read.cells[code]
    for block, rows in read.rows.items():
        for position, row in enumerate(rows):
            for code, address in row.cells.items():
                yield _moved(f"/{block}/{position}/{code}", offsets), address


def _into_content(error: CellError, offsets: Mapping[str, int]) -> CellError:
    return replace(error, pointer=_moved(error.pointer, offsets))


def _moved(pointer: str, offsets: Mapping[str, int]) -> str:
    block, *rest = pointer.removeprefix("/").split("/")
    if block not in offsets or not rest:
        return pointer
    position, *field = rest
    names = ["target_value" if one == "target" else one for one in field]
    return "/".join(["/indicators", str(offsets[block] + int(position)), *names])


def _pointers(read: FormRead) -> set[str]:
    return {error.pointer for error in read.errors}


def _plain(value: Value) -> str | None:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return None if value is None else str(value)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _amount(value: Value) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def _uuid(value: Value) -> UUID | None:
    try:
        return UUID(str(value)) if value is not None else None
    except ValueError:
        return None
