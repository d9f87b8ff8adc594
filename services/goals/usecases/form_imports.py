"""官方申报表的导入: a workbook edited by hand, sheet by sheet held against the goals it came from;
what is sound is stored in one go, the rest comes back with its cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.domain.goal_content import GoalContent, Indicator, parsed
from services.goals.domain.goal_states import LABELS, Status, Step, steps_from
from services.goals.queries.content import CONTENT
from services.goals.schemas.goals import GoalContentIn
from services.goals.usecases.approvals import note_all
from services.goals.usecases.drafts import (
    INDICATOR_COLUMNS,
    INDICATOR_NAMES,
    SET_INDICATOR,
    rows_of,
)
from services.goals.usecases.form_exports import layout_of
from services.goals.usecases.goal_forms import GoalRead, goal_of
from shared.auth import Caller
from shared.db import Reads, TransactionReads
from shared.handlers import field_errors
from shared.workbooks.imported import Imported, SheetResult
from shared.workbooks.layout import Layout
from shared.workbooks.values import CellError, Reading

_GOALS = f"""
    select g.id, g.kind, g.row_version, g.status, {CONTENT}::text as content from goal g
    where g.region_code = $1 and g.id = any ($2) and ($3::text[] is null or g.unit_code = any ($3))
    order by g.id
"""

_STORE = text("""
    update goal g
    set annual_goal = r.annual_goal, midterm_goal = r.midterm_goal, tasks = r.tasks,
        drafted_by = :by, submitted_by = null, row_version = g.row_version + 1, updated_at = :at
    from jsonb_to_recordset(cast(:goals as jsonb))
         as r(id uuid, annual_goal text, midterm_goal text, tasks jsonb)
    where g.region_code = :region_code and g.id = r.id
""")

_DROP_ROWS = text("""
    delete from goal_indicator i
    where i.region_code = :region_code and i.goal_id = any (:ids)
      and not exists (select from jsonb_to_recordset(cast(:rows as jsonb))
                                  as r(goal_id uuid, row_id uuid)
                      where r.goal_id = i.goal_id and r.row_id = i.row_id)
""")

_STORE_ROWS = text(f"""
    insert into goal_indicator (region_code, goal_id, {INDICATOR_NAMES})
    select :region_code, r.*
    from jsonb_to_recordset(cast(:rows as jsonb)) as r(goal_id uuid, {INDICATOR_COLUMNS})
    on conflict (region_code, goal_id, row_id) do update set {SET_INDICATOR}
""")


@dataclass
class GoalSheetResult(SheetResult):
    """What became of a goal's sheet; `content` is what to store."""

    content: GoalContentIn | None = None


async def check_forms(reads: Reads, layout: Layout, reading: Reading, *, by: Caller) -> Imported:
    """Hold the sheets against the goals they came from; nothing is stored."""
    return await _held(reads, layout, reading, by=by, locking="")


async def import_forms(
    session: AsyncSession,
    layout: Layout,
    reading: Reading,
    *,
    atomic: str,
    by: Caller,
    at: datetime,
) -> Imported:
    """Store the sound sheets (`row`), or nothing unless all are sound (`all`)."""
    reads = TransactionReads(session)
    found = await _held(reads, layout, reading, by=by, locking=" for update")
    if atomic == "row" or not found.cell_errors():
        sound = [one for one in found.sheets if isinstance(one, GoalSheetResult) and one.content]
        await _store(session, sound, by=by, at=at)
    return found


async def _held(
    reads: Reads, layout: Layout, reading: Reading, *, by: Caller, locking: str
) -> Imported:
    goals = [goal_of(form) for form in reading.forms]
    ids = [goal.goal_id for goal in goals]
    rows = await reads.all(f"{_GOALS}{locking}", by.region_code, ids, by.units)
    known = {row["id"]: row for row in rows}
    sheets = [_held_against(goal, known.get(goal.goal_id), layout) for goal in goals]
    return Imported(sheets, reading.errors, reading.notes)


def _held_against(
    goal: GoalRead, known: Mapping[str, Any] | None, layout: Layout
) -> GoalSheetResult:
    result = GoalSheetResult(goal.sheet, goal.goal_id, "failed", list(goal.errors), goal.notes)
    if known is None or layout_of(known["kind"]) != layout.layout_id:
        result.errors.append(_whole(goal, "form_unknown", "没有这张表对应的目标，或不属于本单位",
                                    "请从本单位重新导出"))  # fmt: skip
        return result
    before = parsed(orjson.loads(known["content"]))
    after = _completed(goal.content, before, known["kind"])
    if not result.errors and after == _in_order(before):
        result.status = "unchanged"
        return result
    refusal = _refusal(goal, known)
    if refusal is not None:
        result.errors.append(refusal)
    content = _validated(goal, after, result)
    if content is not None and not result.errors:
        result.status, result.content = "updated", content
    return result


def _refusal(goal: GoalRead, known: Mapping[str, Any]) -> CellError | None:
    if Step.REVISE not in steps_from(known["status"]):
        label = LABELS[Status(known["status"])]
        return _whole(
            goal, "form_not_editable", f"目标{label}，不能再改", "无需修改的表请从文件中删去"
        )
    if goal.version != known["row_version"]:
        return _whole(goal, "form_outdated", "导出以后目标已被修改",
                      "请重新导出，在新的表上填写")  # fmt: skip
    return None


def _completed(content: GoalContent, before: GoalContent, kind: str) -> GoalContent:
    """What the form has no room for stays as it is; a row copied from another form is a new one."""
    own = {row.row_id for row in before.indicators}
    rows = tuple(
        row if row.row_id in own else replace(row, row_id=None) for row in content.indicators
    )
    if kind == "project":
        return replace(content, indicators=rows, tasks=tuple(before.tasks))
    midterm = tuple(row for row in before.indicators if row.scope == "midterm")
    return replace(content, indicators=(*midterm, *rows), midterm_goal=before.midterm_goal)


def _in_order(content: GoalContent) -> GoalContent:
    """Midterm rows before the year's, as the form has them."""
    rows = sorted(content.indicators, key=lambda row: row.scope != "midterm")
    return replace(content, indicators=tuple(rows), tasks=tuple(content.tasks))


def _validated(
    goal: GoalRead, content: GoalContent, result: GoalSheetResult
) -> GoalContentIn | None:
    document = {
        "annual_goal": content.annual_goal,
        "midterm_goal": content.midterm_goal,
        "indicators": [_document(row) for row in content.indicators],
        "tasks": [_document(task) for task in content.tasks],
    }
    try:
        return GoalContentIn.model_validate(document)
    except ValidationError as error:
        known = {one.pointer for one in result.errors}
        result.errors += [
            CellError(goal.sheet, goal.cells.get(one.pointer, "A1"), one.pointer, one.code,
                      one.detail, one.mend or "请核对后重填")
            for one in field_errors(error.errors())
            if one.pointer not in known
        ]  # fmt: skip
        return None


def _document(record: Indicator | Any) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if value is not None}


def _whole(goal: GoalRead, code: str, message: str, mend: str) -> CellError:
    return CellError(goal.sheet, "B1", "", code, message, mend)


async def _store(
    session: AsyncSession, sheets: Sequence[GoalSheetResult], *, by: Caller, at: datetime
) -> None:
    if not sheets:
        return
    goals: list[Mapping[str, Any]] = []
    rows: list[Mapping[str, Any]] = []
    for sheet in sheets:
        assert sheet.content is not None
        form = sheet.content.model_dump(mode="json", exclude={"indicators"})
        goals.append({**form, "id": sheet.form_id})
        rows += [{**row, "goal_id": sheet.form_id} for row in rows_of(sheet.content.indicators)]
    ids = [sheet.form_id for sheet in sheets]
    values = {"region_code": by.region_code, "ids": ids, "rows": orjson.dumps(rows).decode()}
    stored = {"goals": orjson.dumps(goals).decode(), "by": by.subject, "at": at}
    await session.execute(_STORE, {**values, **stored})
    await session.execute(_DROP_ROWS, values)
    await session.execute(_STORE_ROWS, values)
    await note_all(session, Step.REVISE, ids, by=by, at=at, reason="导入官方申报表")
