"""Rectifications of every origin."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from services.monitoring.access import allowed_on_rectification
from services.monitoring.domain.calendar import CalendarMissing
from services.monitoring.domain.rectification import (
    Lateness,
    RectificationStatus,
    days_left,
    lateness,
    owed_on,
)
from services.monitoring.domain.rectification_rules import rectification_rules
from services.monitoring.queries.warning_texts import TEXT_JOIN, warning_of
from services.monitoring.schemas.rectifications import RectificationOut, RectificationSummary
from shared.auth import Caller
from shared.clock import business_day
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest

ORIGINS = {"monitoring": "绩效监控", "self_evaluation": "绩效自评复审", "evaluation": "绩效评价"}

_SUMMARY = """
    l.id, l.letter_no, l.unit_code, u.name as unit_name, l.fiscal_year, l.origin, l.request_id,
    l.status, l.due_on, l.finish_due_on, l.completed_on, l.issued_by, l.received_at, l.filed_by,
    l.reported_by, l.issued_at, l.row_version as version, l.updated_at
    from rectification l
    left join unit u on u.region_code = l.region_code and u.code = l.unit_code
    where l.region_code = $1 and ($2::text[] is null or l.unit_code = any ($2))
"""

#: The day by which the unit has to act, as `owed_on` has it.
OWED_ON = """
    (case when l.status in ('issued', 'received', 'returned') then l.due_on
          when l.status = 'in_progress' and l.completed_on is null then l.finish_due_on end)
"""

#: The letter was written about a warning of the round.
OF_ROUND = """exists (
    select from rectification_warning x
    join warning w on w.region_code = x.region_code and w.id = x.warning_id
    where x.region_code = l.region_code and x.rectification_id = l.id and w.round_id = {})"""

_OF_PROJECT = f"""
    select {_SUMMARY} and l.fiscal_year = $4
      and (exists (select from rectification_problem p where p.region_code = l.region_code
                   and p.rectification_id = l.id and p.project_code = $3)
           or exists (select from rectification_warning x
                      join warning w on w.region_code = x.region_code and w.id = x.warning_id
                      where x.region_code = l.region_code and x.rectification_id = l.id
                        and w.project_code = $3))
    order by l.id
"""

_RECTIFICATION = f"""
    select l.result_fixed_on, l.measures, l.due_by_rule, l.returned_reason, l.received_by, l.verified_by,
           (select coalesce(json_agg(json_build_object('problem_position', m.problem_position,
                'warning_id', m.warning_id, 'measure', m.measure, 'responsible', m.responsible,
                'planned_on', m.planned_on) order by m.position), '[]')::text
            from rectification_measure m
            where m.region_code = l.region_code and m.rectification_id = l.id
              and m.filing = l.filing_count) as items,
           (select coalesce(json_agg(json_build_object('project_code', p.project_code,
                'text', p.text) order by p.position), '[]')::text
            from rectification_problem p
            where p.region_code = l.region_code and p.rectification_id = l.id) as problems,
           (select coalesce(json_agg(json_build_object('id', w.id, 'project_code', w.project_code,
                'unit_code', w.unit_code, 'position', w.position, 'rule_id', w.rule_id,
                'level', w.level, 'status', w.status, 'inputs', w.inputs::text,
                'wording', t.wording::text) order by w.id), '[]')::text
            from rectification_warning x
            join warning w on w.region_code = x.region_code and w.id = x.warning_id
            {TEXT_JOIN}
            where x.region_code = l.region_code and x.rectification_id = l.id) as warnings,
           (select coalesce(json_agg(json_build_object('step', s.step, 'by', s.by, 'at', s.at,
                'text', s.text) order by s.id), '[]')::text
            from rectification_step s
            where s.region_code = l.region_code and s.rectification_id = l.id) as steps,
           {_SUMMARY} and l.id = $3
"""


@dataclass(frozen=True)
class LettersAsked:
    """Which rectifications are asked for; None asks for all."""

    fiscal_year: int | None
    status: str | None
    unit_code: str | None
    origin: str | None
    lateness: str | None
    round_id: UUID | None = None


async def list_rectifications(
    reads: Reads, caller: Caller, paging: PageRequest, asked: LettersAsked, *, today: date
) -> Page[RectificationSummary]:
    """Rectifications, oldest first."""
    where = (
        Where(caller.region_code, caller.units)
        .add("l.fiscal_year = {}", asked.fiscal_year)
        .add("l.status = {}", asked.status)
        .add("l.unit_code = {}", asked.unit_code)
        .add("l.origin = {}", asked.origin)
        .add(OF_ROUND, asked.round_id)
    )
    _only_late(where, asked.lateness, today)
    where.add_after("l.id > {}", paging.after(UUID))
    sql = f"select {_SUMMARY}{where} order by l.id" + where.limit(paging.limit + 1)
    rows = await reads.all(sql, *where.arguments)
    return paging.page(rows, lambda row: _summary(row, caller, today), lambda row: [row["id"]])


async def rectifications_of_project(
    reads: Reads, caller: Caller, project_code: str, fiscal_year: int, *, today: date
) -> list[RectificationSummary]:
    """The year's letters that name the project or a warning of it, oldest first."""
    rows = await reads.all(_OF_PROJECT, caller.region_code, caller.units, project_code, fiscal_year)
    return [_summary(row, caller, today) for row in rows]


async def rectification(
    reads: Reads, caller: Caller, rectification_id: UUID, *, today: date
) -> RectificationOut:
    """One rectification, whole. Raises NotFound."""
    row = await reads.one(_RECTIFICATION, caller.region_code, caller.units, rectification_id)
    warnings = [
        {**named, "reason": warning_of(named).reason} for named in orjson.loads(row["warnings"])
    ]
    told = {"warnings": warnings, **_punctuality(row)}
    return RectificationOut.model_validate({**_described(row, caller, today), **told})


def _punctuality(row: Mapping[str, Any]) -> dict[str, Any]:
    """Whether the letter itself went out in time after the result; unknown without a calendar."""
    fixed_on, due_on = row["result_fixed_on"], None
    if fixed_on is not None:
        with suppress(CalendarMissing):
            due_on = rectification_rules().letter_due_on(fixed_on)
    in_time = None if due_on is None else business_day(row["issued_at"]) <= due_on
    return {"letter_due_on": due_on, "issued_in_time": in_time}


def _summary(row: Mapping[str, Any], caller: Caller, today: date) -> RectificationSummary:
    return RectificationSummary.model_validate(_described(row, caller, today))


def _only_late(where: Where, wanted: str | None, today: date) -> None:
    """Limit to one lateness, computed for today as `lateness` does it."""
    if wanted is None:
        return
    escalates_before = rectification_rules().escalates_before(today) or date.min
    if wanted == Lateness.ON_TIME:
        where.add(f"({OWED_ON} >= {{}} or {OWED_ON} is null)", today)
        return
    where.add(f"{OWED_ON} < {{}}", today)
    operator = "<" if wanted == Lateness.ESCALATED else ">="
    where.add(f"{OWED_ON} {operator} {{}}", escalates_before)


def _described(row: Mapping[str, Any], caller: Caller, today: date) -> dict[str, Any]:
    status = RectificationStatus(row["status"])
    owed = owed_on(
        status,
        due_on=row["due_on"],
        finish_due_on=row["finish_due_on"],
        completed_on=row["completed_on"],
    )
    escalates_before = rectification_rules().escalates_before(today)
    late = lateness(owed, today, escalates_before=escalates_before)
    return {
        **row,
        "origin_label": ORIGINS[row["origin"]],
        "status_label": status.label,
        "days_left": days_left(row["due_on"], today),
        "overdue": late is not Lateness.ON_TIME,
        "lateness": late,
        "lateness_label": late.label,
        "owed_on": owed,
        "allowed_actions": allowed_on_rectification(
            caller.principal,
            status,
            issued_by=row["issued_by"],
            reported_by=(row["filed_by"], row["reported_by"]),
        ),
    }
