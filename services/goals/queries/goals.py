"""Goals, their history, submissions and versions."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import orjson

from services.goals.access import allowed_on_goal
from services.goals.domain.disclosure import disclosure_due
from services.goals.domain.goal_changes import changes
from services.goals.domain.goal_content import parsed
from services.goals.domain.goal_states import LABELS, STEP_LABELS, Status, Step
from services.goals.queries.content import INDICATORS, content_of, labelled
from services.goals.schemas.goals import (
    ChangesOut,
    GoalOut,
    GoalSummary,
    HistoryOut,
    StepOut,
    VersionOut,
    VersionsOut,
)
from shared.auth import Caller
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest
from shared.problems import NotFound
from shared.rulebook import Rule

_SUMMARY = """
    g.id, g.kind, g.project_code, p.name as project_name, g.unit_code, u.name as unit_name,
    g.fiscal_year, g.status, g.submission_count, g.approved_version, g.disclosed_version,
    b.document_no, b.approved_on, d.disclosed_on, g.disclosure_exemption, g.budget_change_id,
    g.attention, g.row_version as version, g.updated_at
"""

_FROM = """
    from goal g
    left join project p on p.region_code = g.region_code and p.code = g.project_code
    join unit u on u.region_code = g.region_code and u.code = g.unit_code
    left join approval_batch b on b.region_code = g.region_code and b.id = g.batch_id
    left join disclosure d on d.region_code = g.region_code and d.id = g.disclosure_id
    where g.region_code = $1
"""

_MINE = " and ($2::text[] is null or g.unit_code = any ($2))"

#: The version in force is published. It is never more than that; asked for as `>=` Postgres expects
#: a good many of them and walks the index instead of sorting.
_DISCLOSED = "g.disclosed_version >= g.approved_version"
#: Approved and waiting to be published, also again after an adjustment.
_TO_DISCLOSE = (
    "g.approved_version is not null and g.disclosed_version is distinct from g.approved_version"
    " and g.disclosure_exemption is null"
)

_GOAL = f"""
    select {_SUMMARY}, g.annual_goal, g.midterm_goal, g.tasks::text as tasks,
           {INDICATORS}::text as indicators,
           g.drafted_by, g.submitted_by, g.reviewed_by, g.approved_by
    {_FROM}{_MINE} and g.id = $3
"""

_HISTORY = f"""
    select s.step, s.by, s.at, s.grade, s.reason, s.submission_no, s.version_no
    from goal_step s join goal g on g.region_code = s.region_code and g.id = s.goal_id
    where g.region_code = $1{_MINE} and g.id = $3
    order by s.at, s.id
"""

_VERSIONS = f"""
    select v.goal_id, v.version_no, v.submission_no, b.document_no, b.approved_on, v.approved_by,
           v.approved_at, v.budget_change_id, v.funds::text as funds, s.content::text as content
    from goal_version v
    join goal g on g.region_code = v.region_code and g.id = v.goal_id
    join goal_submission s on s.region_code = v.region_code and s.goal_id = v.goal_id
                          and s.submission_no = v.submission_no
    join approval_batch b on b.region_code = v.region_code and b.id = v.batch_id
    where g.region_code = $1{_MINE} and g.id = $3
    order by v.version_no
"""

_SUBMISSIONS = f"""
    select s.submission_no, s.content::text as content
    from goal_submission s join goal g on g.region_code = s.region_code and g.id = s.goal_id
    where g.region_code = $1{_MINE} and g.id = $3
      and s.submission_no in (coalesce($4::int, coalesce($5::int, g.submission_count) - 1),
                              coalesce($5::int, g.submission_count))
    order by s.submission_no
"""


@dataclass(frozen=True)
class GoalFilter:
    """What a list of goals is narrowed down to; `queue` is what waits for a review, ordered by what
    to look at first; `disclosed` false is what waits to be published."""

    fiscal_year: int | None = None
    unit_code: str | None = None
    department_code: str | None = None
    office: str | None = None
    officer: str | None = None
    kind: str | None = None
    status: str | None = None
    disclosed: bool | None = None
    project_code: str | None = None
    queue: bool = False


async def list_goals(
    reads: Reads, caller: Caller, paging: PageRequest, rules: Mapping[str, Rule], asked: GoalFilter
) -> Page[GoalSummary]:
    """Goals, oldest first; as a queue, what asks for attention first."""
    where = narrowed(caller, asked)
    if asked.queue:
        where.add_after("(g.attention, g.id) > ({}, {})", paging.after(int, UUID))
    else:
        where.add_after("g.id > {}", paging.after(UUID))
    order = "g.attention, g.id" if asked.queue else "g.id"
    limit = where.limit(paging.limit + 1)
    sql = f"select {_SUMMARY}{_FROM}{where} order by {order}{limit}"
    rows = await reads.all(sql, *where.arguments)
    return paging.page(
        rows,
        lambda row: GoalSummary.model_validate(_described(row, caller, rules)),
        lambda row: [row["attention"], row["id"]] if asked.queue else [row["id"]],
    )


async def goal(reads: Reads, caller: Caller, goal_id: UUID, rules: Mapping[str, Rule]) -> GoalOut:
    """One goal, whole. Raises NotFound."""
    row = await reads.one(_GOAL, caller.region_code, caller.units, goal_id)
    indicators = labelled(row["indicators"])
    return GoalOut.model_validate({**_described(row, caller, rules), "indicators": indicators})


async def history(reads: Reads, caller: Caller, goal_id: UUID) -> HistoryOut:
    """What was done to a goal, oldest first. Raises NotFound: every goal was at least drafted."""
    rows = await reads.all(_HISTORY, caller.region_code, caller.units, goal_id)
    if not rows:
        raise NotFound
    return HistoryOut(
        items=[
            StepOut.model_validate({**row, "step_label": STEP_LABELS[Step(row["step"])]})
            for row in rows
        ]
    )


async def versions(reads: Reads, caller: Caller, goal_id: UUID) -> VersionsOut:
    """Every approved version of a goal, oldest first. Raises NotFound."""
    rows = await reads.all(_VERSIONS, caller.region_code, caller.units, goal_id)
    if not rows:
        await reads.one(_GOAL, caller.region_code, caller.units, goal_id)
    return VersionsOut(
        items=[VersionOut.model_validate({**row, **content_of(row["content"])}) for row in rows]
    )


async def changes_between(
    reads: Reads, caller: Caller, goal_id: UUID, *, before: int | None, after: int | None
) -> ChangesOut:
    """What a submission (the last unless said otherwise) changed of another, the one before it
    unless said otherwise.

    Raises NotFound when there are not two such submissions.
    """
    rows = await reads.all(_SUBMISSIONS, caller.region_code, caller.units, goal_id, before, after)
    if len(rows) != 2:
        raise NotFound("没有可比较的两次报送")
    old, new = rows
    found = changes(parsed(orjson.loads(old["content"])), parsed(orjson.loads(new["content"])))
    return ChangesOut.model_validate(
        {
            "goal_id": goal_id,
            "before_submission": old["submission_no"],
            "after_submission": new["submission_no"],
            "changes": [asdict(change) for change in found],
        }
    )


def narrowed(caller: Caller, asked: GoalFilter) -> Where:
    """The conditions on goal `g` and unit `u` behind a statement whose $1 is the region."""
    where = Where(caller.region_code)
    where.add("g.unit_code = any ({}::text[])", caller.units)
    where.add("g.fiscal_year = {}", asked.fiscal_year)
    where.add("g.unit_code = {}", asked.unit_code)
    where.add("u.department_code = {}", asked.department_code)
    where.add("u.office = {}", asked.office)
    where.add(
        "exists (select from officer_assignment o where o.region_code = g.region_code"
        " and o.unit_code = g.unit_code and o.officer = {})",
        asked.officer,
    )
    where.add("g.kind = {}", asked.kind)
    where.add("g.status = {}", asked.status)
    where.add_fixed("g.status = 'submitted'", when=asked.queue)
    where.add_fixed(_DISCLOSED, when=asked.disclosed)
    where.add_fixed(_TO_DISCLOSE, when=asked.disclosed is False)
    return where.add("g.project_code = {} and g.kind = 'project'", asked.project_code)


def _described(row: Mapping[str, Any], caller: Caller, rules: Mapping[str, Rule]) -> dict[str, Any]:
    approved_on = row["approved_on"]
    due = None
    if approved_on is not None:
        due = disclosure_due(approved_on, rules["goal-disclosure"].on(approved_on))
    approved = row["approved_version"] is not None
    settled = (
        row["disclosure_exemption"] is not None
        or row["disclosed_version"] == row["approved_version"]
    )
    return {
        **row,
        "status_label": LABELS[Status(row["status"])],
        "disclosure_due": due,
        "allowed_actions": allowed_on_goal(
            caller.principal, row["status"], approved=approved, disclosed=settled
        ),
    }
