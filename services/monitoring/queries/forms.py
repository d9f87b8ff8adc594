"""Monitoring rounds and forms."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from services.monitoring.access import allowed_on_form, allowed_on_round
from services.monitoring.domain.execution import execution_rate, shown_rate
from services.monitoring.domain.facts import Band, Likelihood, Operator
from services.monitoring.domain.forms import FormStatus
from services.monitoring.queries.payments import by_level
from services.monitoring.schemas.forms import (
    FormFundOut,
    FormOut,
    FormRowOut,
    FormSummary,
    RoundOut,
)
from shared.auth import Caller
from shared.db import Reads
from shared.pages import Page, PageRequest

#: Both trees: 成本 is a first level since 财预〔2021〕101号 and was a second level of 产出 before.
LEVEL1 = {
    "cost": "成本指标",
    "output": "产出指标",
    "benefit": "效益指标",
    "satisfaction": "满意度指标",
}
LEVEL2 = {
    "economic_cost": "经济成本指标",
    "social_cost": "社会成本指标",
    "ecological_cost": "生态环境成本指标",
    "quantity": "数量指标",
    "quality": "质量指标",
    "timeliness": "时效指标",
    "cost": "成本指标",
    "economic": "经济效益指标",
    "social": "社会效益指标",
    "ecological": "生态效益指标",
    "sustainable": "可持续影响指标",
    "satisfaction": "服务对象满意度指标",
}
DEVIATION_CAUSES = {
    "funding": "经费保障",
    "system": "制度保障",
    "staffing": "人员保障",
    "hardware": "硬件条件保障",
    "other": "其他",
}

_ROUNDS = """
    select id, fiscal_year, name, period_from, period_to, due_on, form_count, opened_by, opened_at
    from monitoring_round
    where region_code = $1 and ($2::uuid is null or id = $2) and ($3::uuid is null or id > $3)
    order by id limit $4
"""

_SUMMARY = """
    f.id, f.round_id, r.name as round_name, r.due_on, f.project_code, f.project_name, f.unit_code,
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

_FORMS = f"""
    select {_SUMMARY} {_FROM}
      and ($3::uuid is null or f.round_id = $3)
      and ($4::text is null or f.status = $4)
      and ($5::text is null or f.unit_code = $5)
      and ($6::uuid is null or f.id > $6)
    order by f.id limit $7
"""

_OF_PROJECT = f"""
    select {_SUMMARY} {_FROM} and f.project_code = $3 and f.fiscal_year = $4 order by f.id
"""

_FORM = f"""
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
                'likelihood', x.likelihood) order by x.position), '[]')::text
            from form_row x where x.region_code = f.region_code and x.form_id = f.id) as rows,
           (select coalesce(json_agg(json_build_object('step', x.step, 'by', x.by, 'at', x.at,
                'reason', x.reason) order by x.id), '[]')::text
            from form_step x where x.region_code = f.region_code and x.form_id = f.id) as steps
    {_FROM} and f.id = $3
"""


async def list_rounds(reads: Reads, caller: Caller, paging: PageRequest) -> Page[RoundOut]:
    """Monitoring rounds, oldest first."""
    rows = await reads.all(_ROUNDS, caller.region_code, None, *paging.after(UUID), paging.limit + 1)
    return paging.page(rows, lambda row: _round(row, caller), lambda row: [row["id"]])


async def one_round(reads: Reads, caller: Caller, round_id: UUID) -> RoundOut:
    """One monitoring round. Raises NotFound."""
    return _round(await reads.one(_ROUNDS, caller.region_code, round_id, None, 1), caller)


async def list_forms(
    reads: Reads,
    caller: Caller,
    paging: PageRequest,
    *,
    round_id: UUID | None,
    status: str | None,
    unit_code: str | None,
) -> Page[FormSummary]:
    """Monitoring forms, oldest first."""
    rows = await reads.all(
        _FORMS,
        caller.region_code,
        caller.units,
        round_id,
        status,
        unit_code,
        *paging.after(UUID),
        paging.limit + 1,
    )
    return paging.page(rows, lambda row: _summary(row, caller), lambda row: [row["id"]])


async def forms_of_project(
    reads: Reads, caller: Caller, project_code: str, fiscal_year: int
) -> list[FormSummary]:
    """A project's forms of all the year's rounds, oldest first."""
    rows = await reads.all(_OF_PROJECT, caller.region_code, caller.units, project_code, fiscal_year)
    return [_summary(row, caller) for row in rows]


async def form(reads: Reads, caller: Caller, form_id: UUID) -> FormOut:
    """One form, whole. Raises NotFound."""
    row = await reads.one(_FORM, caller.region_code, caller.units, form_id)
    return FormOut.model_validate(
        {
            **_described(row, caller),
            "funds": _funds(row["funds"]),
            "rows": [_row(entry) for entry in orjson.loads(row["rows"])],
        }
    )


def _round(row: Mapping[str, Any], caller: Caller) -> RoundOut:
    return RoundOut.model_validate({**row, "allowed_actions": allowed_on_round(caller.principal)})


def _summary(row: Mapping[str, Any], caller: Caller) -> FormSummary:
    return FormSummary.model_validate(_described(row, caller))


def _described(row: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    return {
        **row,
        "status_label": FormStatus(row["status"]).label,
        "rate": shown_rate(execution_rate(row["budget"], row["executed_to_date"])),
        "allowed_actions": allowed_on_form(
            caller.principal, row["status"], filled_by=row["filled_by"]
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


def _row(entry: Mapping[str, Any]) -> FormRowOut:
    band, likelihood = entry["band"], entry["likelihood"]
    return FormRowOut.model_validate(
        {
            **entry,
            "level1_label": LEVEL1[entry["level1"]],
            "level2_label": LEVEL2[entry["level2"]],
            "operator_label": Operator(entry["operator"]).label,
            "band_label": Band(band).label if band else None,
            "deviation_cause_labels": [DEVIATION_CAUSES[c] for c in entry["deviation_causes"]],
            "likelihood_label": Likelihood(likelihood).label if likelihood else None,
        }
    )
