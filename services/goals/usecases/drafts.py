"""填报: a goal is started and revised; it is saved as far as it is filled in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from services.goals.access import allowed_on_goal
from services.goals.domain.goal_states import LABELS, Status, Step
from services.goals.domain.vocabulary import LEVEL1, LEVEL2
from services.goals.errors import GoalExists, RowTwice
from services.goals.schemas.goals import GoalContentIn, GoalDraft, GoalPatch, IndicatorIn
from services.goals.usecases.steps import lock_goal, note
from shared.auth import Caller
from shared.etags import Expected
from shared.idempotency import CLAIMED, OneStatement
from shared.ids import new_id, new_ids
from shared.problems import FieldError, NotFound

#: Nothing is known of last year that makes it worth looking at first.
NO_ATTENTION = 3

#: A row of the form as `jsonb_to_recordset` reads it.
INDICATOR_COLUMNS = """row_id uuid, position int, scope text, level1 text, level2 text, name text,
    operator text, target_value numeric, target_text text, unit_of_measure text, weight numeric,
    evidence text, scoring_rule text, library_id uuid"""
INDICATOR_NAMES = ", ".join(column.split()[0] for column in INDICATOR_COLUMNS.split(","))
#: For `on conflict do update set`: everything but the row's id.
SET_INDICATOR = ", ".join(f"{name} = excluded.{name}" for name in INDICATOR_NAMES.split(", ")[1:])

#: One statement for the whole of a new goal: whose it is, its idempotency key, form and history.
#: $7 id, $8 form as the answer shows it, $9 kind, $10 project or department, $11 the caller's
#: units, $12 year, $13–$15 texts and tasks, $16 rows, $17 the step's id.
START = f"""
    with owner as (
        select p.name as project_name, u.code as unit_code, u.name as unit_name
        from project p join unit u on u.region_code = p.region_code and u.code = p.unit_code
        where $9 = 'project' and p.region_code = $1 and p.code = $10
        union all
        select null, code, name from unit
        where $9 = 'department' and region_code = $1 and code = $10 and code = department_code),
    answer as (
        select $8::jsonb || to_jsonb(owner) as document, unit_code from owner
        where $11::text[] is null or unit_code = any ($11)),
    {CLAIMED},
    made as (
        insert into goal (region_code, id, kind, project_code, unit_code, fiscal_year, status,
                          annual_goal, midterm_goal, tasks, submission_count, attention,
                          drafted_by, row_version, updated_at)
        select c.region_code, $7::uuid, $9, case when $9 = 'project' then $10 end, a.unit_code,
               $12::int, 'draft', $13::text, $14::text, $15::jsonb, 0, {NO_ATTENTION},
               c.subject, 1, c.created_at
        from claimed c, answer a),
    filled as (
        insert into goal_indicator (region_code, goal_id, {INDICATOR_NAMES})
        select c.region_code, $7::uuid, r.*
        from claimed c, jsonb_to_recordset($16::jsonb) as r({INDICATOR_COLUMNS})),
    noted as (
        insert into goal_step (region_code, id, goal_id, step, by, at)
        select c.region_code, $17::uuid, $7::uuid, 'draft', c.subject, c.created_at from claimed c)
    select body from claimed
"""

_REFILL = text(f"""
    insert into goal_indicator (region_code, goal_id, {INDICATOR_NAMES})
    select :region_code, :goal_id, r.*
    from jsonb_to_recordset(cast(:rows as jsonb)) as r({INDICATOR_COLUMNS})
    on conflict (region_code, goal_id, row_id) do update set {SET_INDICATOR}
""")

_DROP_LEFT_OUT = text("""
    delete from goal_indicator
    where region_code = :region_code and goal_id = :goal_id and not row_id = any (:kept)
""")


async def start_goal(once: OneStatement, draft: GoalDraft, *, by: Caller, at: datetime) -> Response:
    """The goal of a project, or of a whole department, for a year: stored, and its answer.

    Raises NotFound for a project or department that is not the caller's, GoalExists.
    """
    goal_id, named = new_id(), draft.project_code or draft.unit_code
    form = draft.model_dump(mode="json")
    form["indicators"] = rows = rows_of(draft.indicators, form["indicators"])
    answered = await once.run(
        START,
        goal_id, _json(_as_started(goal_id, form, by, at)), draft.kind, named, by.units,
        draft.fiscal_year, draft.annual_goal, draft.midterm_goal, _json(form["tasks"]),
        _json(rows), new_id(),
        location=f"/api/v1/goals/goals/{goal_id}",
        at=at,
        taken=GoalExists(f"{named} 的 {draft.fiscal_year} 年目标已在填报"),
    )  # fmt: skip
    if answered is None:
        raise NotFound("没有这个项目或部门，或不属于本单位")
    return answered


async def revise_goal(
    session: AsyncSession,
    goal_id: UUID,
    patch: GoalPatch,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Change a draft, a goal that came back, or one that is to be improved."""
    goal = await lock_goal(session, goal_id, by=by, expected=expected, step=Step.REVISE)
    sent = patch.model_fields_set
    for name in sent & {"annual_goal", "midterm_goal"}:
        setattr(goal, name, getattr(patch, name))
    if "tasks" in sent:
        goal.tasks = [task.model_dump(mode="json") for task in patch.tasks]
    if "indicators" in sent:
        await store_rows(session, by.region_code, goal_id, rows_of(patch.indicators))
    goal.drafted_by, goal.submitted_by = by.subject, None  # nobody has sent in what it says now
    note(session, goal, Step.REVISE, by=by, at=at)


async def store_rows(
    session: AsyncSession, region_code: str, goal_id: UUID, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Make these the rows of the form."""
    values = {"region_code": region_code, "goal_id": goal_id}
    kept = [UUID(str(row["row_id"])) for row in rows]
    await session.execute(_DROP_LEFT_OUT, {**values, "kept": kept})
    await session.execute(_REFILL, {**values, "rows": _json(rows)})


def rows_of(
    indicators: Sequence[IndicatorIn], rows: list[dict[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """The rows as JSON, numbered, each with its id and the words beside its codes.

    `rows` are the indicators dumped already. Raises RowTwice.
    """
    rows = rows or [indicator.model_dump(mode="json") for indicator in indicators]
    seen: dict[str, int] = {}
    for index, (row, fresh) in enumerate(zip(rows, new_ids(len(rows)), strict=True)):
        row_id = row["row_id"] or str(fresh)
        if row_id in seen:
            raise RowTwice(errors=[_twice(index, seen[row_id])])
        seen[row_id] = index
        row.update(
            row_id=row_id, position=index + 1,
            target_value=_plain(row["target_value"]), weight=_plain(row["weight"]),
            level1_label=LEVEL1.get(row["level1"]), level2_label=LEVEL2.get(row["level2"]),
        )  # fmt: skip
    return rows


def content_json(content: GoalContentIn) -> dict[str, Any]:
    """A form as it came in, in the shape `goal_content.parsed` reads."""
    return content.model_dump(
        mode="json", include={"annual_goal", "midterm_goal", "indicators", "tasks"}
    )


def _as_started(goal_id: UUID, form: Mapping[str, Any], by: Caller, at: datetime) -> dict[str, Any]:
    """The goal as `GoalOut` shows it, but for the names the statement adds."""
    return {
        **form,
        **_BLANK,
        "id": goal_id,
        "allowed_actions": allowed_on_goal(by.principal, Status.DRAFT),
        "drafted_by": by.subject,
        "updated_at": at.isoformat().replace("+00:00", "Z"),
    }


#: What a goal just started has not got.
_BLANK: dict[str, Any] = {
    "status": Status.DRAFT.value,
    "status_label": LABELS[Status.DRAFT],
    "submission_count": 0,
    "attention": NO_ATTENTION,
    "version": 1,
    **dict.fromkeys(
        (
            "approved_version", "document_no", "approved_on", "disclosure_due", "disclosed_on",
            "disclosure_exemption", "budget_change_id", "submitted_by", "reviewed_by",
            "approved_by",
        )
    ),
}  # fmt: skip


def _twice(index: int, first: int) -> FieldError:
    return FieldError(
        pointer=f"/indicators/{index}/row_id",
        code="row_twice",
        detail=f"与第 {first + 1} 行是同一行",
        mend="复制出来的新行请不带 row_id",
    )


def _plain(number: str | None) -> str | None:
    """A number without the zeros behind its point."""
    return number.rstrip("0").rstrip(".") if number and "." in number else number


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
