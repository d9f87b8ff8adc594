"""Monitoring forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from services.monitoring.access import allowed_on_form
from services.monitoring.domain.execution import execution_rate, shown_rate
from services.monitoring.domain.form_changes import LABELS as FIELD_LABELS
from services.monitoring.domain.form_changes import changes
from services.monitoring.domain.form_changes import content_of as kept_content
from services.monitoring.domain.form_checks import FormContent, findings, to_type_count
from services.monitoring.domain.forms import FormStatus
from services.monitoring.domain.rounds import RoundStatus
from services.monitoring.queries.form_rows import content_of, row_outs
from services.monitoring.queries.payments import by_level
from services.monitoring.schemas.forms import (
    FormChangeOut,
    FormChanges,
    FormFundOut,
    FormOut,
    FormSummary,
)
from shared.auth import Caller
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest

_SUMMARY = """
    f.id, f.round_id, r.name as round_name, coalesce(f.extended_to, r.due_on) as due_on,
    r.status as round_status, f.project_code, f.project_name, f.unit_code,
    f.unit_name, f.fiscal_year, f.status, f.executed_forecast, f.filled_by,
    f.row_version as version, f.updated_at, m.budget, m.executed_to_date
"""

_FROM = """
    from monitoring_form f
    join monitoring_round r on r.region_code = f.region_code and r.id = f.round_id
    cross join lateral (
        select coalesce(sum(budget), 0)::numeric(18, 2) as budget,
               coalesce(sum(executed_to_date), 0)::numeric(18, 2) as executed_to_date
        from form_fund x where x.region_code = f.region_code and x.form_id = f.id) m
    where f.region_code = $1 and ($2::text[] is null or f.unit_code = any ($2))
"""

#: A row of the form names the cause.
_NAMES_CAUSE = """exists (
    select from form_row x where x.region_code = f.region_code and x.form_id = f.id
      and {} = any (x.deviation_causes))"""

_OF_PROJECT = f"""
    select {_SUMMARY} {_FROM} and f.project_code = $3 and f.fiscal_year = $4 order by f.id
"""

_WHOLE = f"""
    select {_SUMMARY}, f.goal_id, r.period_from, r.period_to, f.annual_goal, f.submitted_by,
           f.reviewed_by, f.returned_reason,
           (select coalesce(json_agg(json_build_object('fund_level', x.fund_level,
                'budget', x.budget::text, 'executed_to_date', x.executed_to_date::text)),
                '[]')::text
            from form_fund x where x.region_code = f.region_code and x.form_id = f.id) as funds,
           (select coalesce(json_agg(json_build_object(
                'position', x.position, 'level1', x.level1, 'level2', x.level2, 'name', x.name,
                'operator', x.operator, 'target_value', trim_scale(x.target_value)::text,
                'target_text', x.target_text, 'unit_of_measure', x.unit_of_measure,
                'actual_to_date', trim_scale(x.actual_to_date)::text,
                'actual_forecast', trim_scale(x.actual_forecast)::text, 'band', x.band,
                'deviation_causes', x.deviation_causes, 'deviation_text', x.deviation_text,
                'likelihood', x.likelihood, 'remark', x.remark,
                'previous_actual', trim_scale(x.previous_actual)::text,
                'previous_band', x.previous_band, 'defaulted', x.defaulted)
                order by x.position), '[]')::text
            from form_row x where x.region_code = f.region_code and x.form_id = f.id) as rows,
           (select coalesce(json_agg(json_build_object('step', x.step, 'by', x.by, 'at', x.at,
                'reason', x.reason, 'remarks', x.remarks) order by x.id), '[]')::text
            from form_step x where x.region_code = f.region_code and x.form_id = f.id) as steps
"""

_FORM = f"{_WHOLE} {_FROM} and f.id = $3"

_PRINTED = f"""
    {_WHOLE},
    (select g.department_code from approved_goal g
     where g.region_code = f.region_code and g.goal_id = f.goal_id) as department_code,
    (select d.name from approved_goal g
     join unit d on d.region_code = g.region_code and d.code = g.department_code
     where g.region_code = f.region_code and g.goal_id = f.goal_id) as department_name
    {_FROM}
      and f.round_id = $3 and ($4::text is null or f.unit_code = $4)
    order by f.unit_code, f.project_code limit $5
"""


#: The latest return, and what had been handed in before it.
_RETURNED = """
    select t.at, (select s.content::text from form_step s
                  where s.region_code = t.region_code and s.form_id = t.form_id
                    and s.step = 'submit' and s.id < t.id
                  order by s.id desc limit 1) as content
    from form_step t
    where t.region_code = $1 and t.form_id = $2 and t.step = 'return'
    order by t.id desc limit 1
"""


async def list_forms(
    reads: Reads,
    caller: Caller,
    paging: PageRequest,
    *,
    round_id: UUID | None,
    status: str | None,
    unit_code: str | None,
    cause: str | None,
) -> Page[FormSummary]:
    """Monitoring forms, oldest first."""
    where = (
        Where(caller.region_code, caller.units)
        .add("f.round_id = {}", round_id)
        .add("f.status = {}", status)
        .add("f.unit_code = {}", unit_code)
        .add(_NAMES_CAUSE, cause)
        .add_after("f.id > {}", paging.after(UUID))
    )
    order = f"order by f.id {where.limit(paging.limit + 1)}"
    rows = await reads.all(f"select {_SUMMARY} {_FROM} {where} {order}", *where.arguments)
    return paging.page(rows, lambda row: _summary(row, caller), lambda row: [row["id"]])


async def forms_of_project(
    reads: Reads, caller: Caller, project_code: str, fiscal_year: int
) -> list[FormSummary]:
    """A project's forms of all the year's rounds, oldest first."""
    rows = await reads.all(_OF_PROJECT, caller.region_code, caller.units, project_code, fiscal_year)
    return [_summary(row, caller) for row in rows]


async def form(reads: Reads, caller: Caller, form_id: UUID) -> FormOut:
    """One form, whole. Raises NotFound."""
    row, checked = await form_content(reads, caller, form_id)
    return FormOut.model_validate(
        {
            **_described(row, caller),
            "funds": _funds(row["funds"]),
            "rows": row_outs(row, checked),
            "to_type_count": to_type_count(checked),
            "findings": findings(checked),
        }
    )


async def form_content(
    reads: Reads, caller: Caller, form_id: UUID
) -> tuple[Mapping[str, Any], FormContent]:
    """A form as stored, and as the checks read it. Raises NotFound."""
    row = await reads.one(_FORM, caller.region_code, caller.units, form_id)
    return row, content_of(row)


@dataclass(frozen=True)
class FormToPrint:
    """A form as stored, as the checks read it, and its money."""

    row: Mapping[str, Any]
    content: FormContent
    funds: list[FormFundOut]


async def forms_to_print(
    reads: Reads, caller: Caller, round_id: UUID, *, unit_code: str | None, limit: int
) -> list[FormToPrint]:
    """A round's forms by unit and project, of the rows the caller reaches."""
    rows = await reads.all(_PRINTED, caller.region_code, caller.units, round_id, unit_code, limit)
    return [FormToPrint(row, content_of(row), _funds(row["funds"])) for row in rows]


async def changes_since_return(reads: Reads, caller: Caller, form_id: UUID) -> FormChanges:
    """What the present content says differently from the one that was returned. Raises NotFound."""
    row, now = await form_content(reads, caller, form_id)
    returned = await reads.maybe(_RETURNED, caller.region_code, form_id)
    if returned is None or returned["content"] is None:
        return FormChanges(form_id=form_id, returned_at=returned and returned["at"], items=[])
    after = kept_content(row["executed_forecast"], list(now.rows))
    return FormChanges(
        form_id=form_id,
        returned_at=returned["at"],
        items=[
            FormChangeOut.model_validate({**vars(one), "field_label": FIELD_LABELS[one.field]})
            for one in changes(orjson.loads(returned["content"]), after)
        ],
    )


def _summary(row: Mapping[str, Any], caller: Caller) -> FormSummary:
    return FormSummary.model_validate(_described(row, caller))


def _described(row: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    return {
        **row,
        "status_label": FormStatus(row["status"]).label,
        "rate": shown_rate(execution_rate(row["budget"], row["executed_to_date"])),
        "allowed_actions": allowed_on_form(
            caller.principal,
            row["status"],
            filled_by=row["filled_by"],
            round_closed=row["round_status"] == RoundStatus.CLOSED,
        ),
    }


def _funds(levels: str) -> list[FormFundOut]:
    return [
        FormFundOut(
            fund_level=level.fund_level,
            fund_level_label=level.fund_level.label,
            budget=level.budget,
            executed_to_date=level.paid,
            rate=shown_rate(level.rate),
        )
        for level in by_level(levels, "executed_to_date").levels
    ]
