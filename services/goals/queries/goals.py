"""Goals, their history, approvals and disclosures."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from services.goals.access import allowed_on_goal
from services.goals.domain.disclosure import disclosure_due
from services.goals.domain.goal_states import LABELS, Status, Step
from services.goals.domain.vocabulary import LEVEL1, LEVEL2
from services.goals.schemas.goals import (
    BatchOut,
    DisclosureOut,
    GoalOut,
    GoalSummary,
    HistoryOut,
    PublishedGoal,
    StepOut,
)
from shared.auth import Caller
from shared.db import Reads
from shared.pages import Page, PageRequest
from shared.rulebook import Rule

INDICATORS = """
    (select coalesce(json_agg(json_build_object(
        'position', i.position, 'level1', i.level1, 'level2', i.level2, 'name', i.name,
        'operator', i.operator, 'target_value', trim_scale(i.target_value)::text,
        'target_text', i.target_text, 'unit_of_measure', i.unit_of_measure,
        'weight', trim_scale(i.weight)::text) order by i.position), '[]')::text
     from goal_indicator i where i.region_code = g.region_code and i.goal_id = g.id)
"""

_SUMMARY = """
    g.id, g.project_code, p.name as project_name, g.unit_code, u.name as unit_name, g.fiscal_year,
    g.status, b.document_no, b.approved_on, d.disclosed_on, g.row_version as version, g.updated_at
"""

_FROM = """
    from goal g
    join project p on p.region_code = g.region_code and p.code = g.project_code
    join unit u on u.region_code = g.region_code and u.code = g.unit_code
    left join approval_batch b on b.region_code = g.region_code and b.id = g.batch_id
    left join disclosure d on d.region_code = g.region_code and d.id = g.disclosure_id
    where g.region_code = $1 and ($2::text[] is null or g.unit_code = any ($2))
"""

_GOALS = f"""
    select {_SUMMARY} {_FROM}
      and ($3::int is null or g.fiscal_year = $3)
      and ($4::text is null or g.unit_code = $4)
      and ($5::text is null or g.status = $5)
      and ($6::boolean is null or (g.disclosure_id is not null) = $6)
      and ($7::text is null or g.project_code = $7)
      and ($8::uuid is null or g.id > $8)
    order by g.id limit $9
"""

_GOAL = f"""
    select {_SUMMARY}, g.annual_goal, {INDICATORS} as indicators,
           g.drafted_by, g.submitted_by, g.reviewed_by, g.approved_by
    {_FROM} and g.id = $3
"""

_HISTORY = """
    select s.step, s.by, s.at, s.grade, s.reason
    from goal_step s join goal g on g.region_code = s.region_code and g.id = s.goal_id
    where g.region_code = $1 and ($2::text[] is null or g.unit_code = any ($2)) and g.id = $3
    order by s.id
"""

_BATCHES = """
    select id, document_no, fiscal_year, approved_on, approved_by, goal_count, amount
    from approval_batch where region_code = $1 and ($2::uuid is null or id = $2)
      and ($3::uuid is null or id > $3)
    order by id limit $4
"""

_DISCLOSURE = """
    select id, unit_code, fiscal_year, url, disclosed_on, goal_count
    from disclosure where region_code = $1 and id = $2
"""

_PUBLISHED = f"""
    select g.id, p.name as project_name, u.name as unit_name, g.fiscal_year, g.annual_goal,
           {INDICATORS} as indicators, d.disclosed_on, d.url
    from goal g
    join disclosure d on d.region_code = g.region_code and d.id = g.disclosure_id
    join project p on p.region_code = g.region_code and p.code = g.project_code
    join unit u on u.region_code = g.region_code and u.code = g.unit_code
    where g.region_code = $1 and g.fiscal_year = $2 and ($3::uuid is null or g.id > $3)
    order by g.id limit $4
"""


async def list_goals(
    reads: Reads,
    caller: Caller,
    paging: PageRequest,
    rules: Mapping[str, Rule],
    *,
    fiscal_year: int | None,
    unit_code: str | None,
    status: str | None,
    disclosed: bool | None,
    project_code: str | None,
) -> Page[GoalSummary]:
    """Goals, oldest first."""
    rows = await reads.all(
        _GOALS,
        caller.region_code,
        caller.units,
        fiscal_year,
        unit_code,
        status,
        disclosed,
        project_code,
        *paging.after(UUID),
        paging.limit + 1,
    )
    return paging.page(
        rows,
        lambda row: GoalSummary.model_validate(_described(row, caller, rules)),
        lambda row: [row["id"]],
    )


async def goal(reads: Reads, caller: Caller, goal_id: UUID, rules: Mapping[str, Rule]) -> GoalOut:
    """One goal, whole. Raises NotFound."""
    row = await reads.one(_GOAL, caller.region_code, caller.units, goal_id)
    indicators = _with_labels(row["indicators"])
    return GoalOut.model_validate({**_described(row, caller, rules), "indicators": indicators})


async def history(reads: Reads, caller: Caller, goal_id: UUID) -> HistoryOut:
    """What was done to a goal, oldest first. Raises NotFound: every goal was at least drafted."""
    rows = await reads.all(_HISTORY, caller.region_code, caller.units, goal_id)
    if not rows:
        await reads.one(_GOAL, caller.region_code, caller.units, goal_id)
    return HistoryOut(items=[StepOut.model_validate(dict(row)) for row in rows])


async def list_batches(reads: Reads, caller: Caller, paging: PageRequest) -> Page[BatchOut]:
    """Approval batches, oldest first."""
    rows = await reads.all(
        _BATCHES, caller.region_code, None, *paging.after(UUID), paging.limit + 1
    )
    return paging.page(rows, _batch, lambda row: [row["id"]])


async def batch(reads: Reads, caller: Caller, batch_id: UUID) -> BatchOut:
    """One approval batch. Raises NotFound."""
    return _batch(await reads.one(_BATCHES, caller.region_code, batch_id, None, 1))


async def disclosure(reads: Reads, caller: Caller, disclosure_id: UUID) -> DisclosureOut:
    """One disclosure. Raises NotFound."""
    row = await reads.one(_DISCLOSURE, caller.region_code, disclosure_id)
    return DisclosureOut.model_validate({**row, "allowed_actions": []})


async def list_published(
    reads: Reads, caller: Caller, paging: PageRequest, *, fiscal_year: int
) -> Page[PublishedGoal]:
    """Disclosed goals as the public sees them."""
    rows = await reads.all(
        _PUBLISHED, caller.region_code, fiscal_year, *paging.after(UUID), paging.limit + 1
    )
    return paging.page(rows, _published, lambda row: [row["id"]])


def _described(row: Mapping[str, Any], caller: Caller, rules: Mapping[str, Rule]) -> dict[str, Any]:
    approved_on = row["approved_on"]
    due = None
    if approved_on is not None:
        due = disclosure_due(approved_on, rules["goal-disclosure"].on(approved_on))
    actions = allowed_on_goal(caller.principal, row["status"])
    if row["disclosed_on"] is not None:
        actions = [action for action in actions if action != f"goal.{Step.DISCLOSE}"]
    return {
        **row,
        "status_label": LABELS[Status(row["status"])],
        "disclosure_due": due,
        "allowed_actions": actions,
    }


def _with_labels(text: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = orjson.loads(text)
    for row in rows:
        row.update(level1_label=LEVEL1[row["level1"]], level2_label=LEVEL2[row["level2"]])
    return rows


def _batch(row: Mapping[str, Any]) -> BatchOut:
    return BatchOut.model_validate({**row, "allowed_actions": []})


def _published(row: Mapping[str, Any]) -> PublishedGoal:
    return PublishedGoal.model_validate({**row, "indicators": _with_labels(row["indicators"])})
