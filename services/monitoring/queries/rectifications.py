"""Rectifications of every origin."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from services.monitoring.access import allowed_on_rectification
from services.monitoring.domain.rectification import RectificationStatus, days_left, overdue
from services.monitoring.queries.warning_texts import warning_of
from services.monitoring.schemas.rectifications import RectificationOut, RectificationSummary
from shared.auth import Caller
from shared.db import Reads
from shared.pages import Page, PageRequest

ORIGINS = {"monitoring": "绩效监控", "self_evaluation": "绩效自评复审", "evaluation": "绩效评价"}

_SUMMARY = """
    l.id, l.letter_no, l.unit_code, u.name as unit_name, l.fiscal_year, l.origin, l.request_id,
    l.status, l.due_on, l.completed_on, l.filed_by, l.issued_at, l.row_version as version,
    l.updated_at
    from rectification l
    left join unit u on u.region_code = l.region_code and u.code = l.unit_code
    where l.region_code = $1 and ($2::text[] is null or l.unit_code = any ($2))
"""

_RECTIFICATIONS = f"""
    select {_SUMMARY}
      and ($3::int is null or l.fiscal_year = $3)
      and ($4::text is null or l.status = $4)
      and ($5::text is null or l.unit_code = $5)
      and ($6::text is null or l.origin = $6)
      and ($7::uuid is null or l.id > $7)
    order by l.id limit $8
"""

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
    select l.measures, l.returned_reason, l.issued_by, l.verified_by,
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
            join rule_text t on t.region_code = w.region_code and t.rule_key = w.rule_key
            where x.region_code = l.region_code and x.rectification_id = l.id) as warnings,
           (select coalesce(json_agg(json_build_object('step', s.step, 'by', s.by, 'at', s.at,
                'text', s.text) order by s.id), '[]')::text
            from rectification_step s
            where s.region_code = l.region_code and s.rectification_id = l.id) as steps,
           {_SUMMARY} and l.id = $3
"""


async def list_rectifications(
    reads: Reads,
    caller: Caller,
    paging: PageRequest,
    *,
    fiscal_year: int | None,
    status: str | None,
    unit_code: str | None,
    origin: str | None,
    today: date,
) -> Page[RectificationSummary]:
    """Rectifications, oldest first."""
    rows = await reads.all(
        _RECTIFICATIONS,
        caller.region_code,
        caller.units,
        fiscal_year,
        status,
        unit_code,
        origin,
        *paging.after(UUID),
        paging.limit + 1,
    )
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
    return RectificationOut.model_validate({**_described(row, caller, today), "warnings": warnings})


def _summary(row: Mapping[str, Any], caller: Caller, today: date) -> RectificationSummary:
    return RectificationSummary.model_validate(_described(row, caller, today))


def _described(row: Mapping[str, Any], caller: Caller, today: date) -> dict[str, Any]:
    status = RectificationStatus(row["status"])
    return {
        **row,
        "origin_label": ORIGINS[row["origin"]],
        "status_label": status.label,
        "days_left": days_left(row["due_on"], today),
        "overdue": overdue(status, row["due_on"], today),
        "allowed_actions": allowed_on_rectification(
            caller.principal, status, filed_by=row["filed_by"]
        ),
    }
