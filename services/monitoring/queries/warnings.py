"""Rule runs and warnings."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.monitoring.access import allowed_on_warning
from services.monitoring.domain.verdicts import Colour
from services.monitoring.schemas.warnings import RuleRunOut, WarningOut, WarningSummary
from shared.auth import Caller
from shared.db import Reads
from shared.pages import Page, PageRequest

STATUSES = {"open": "未解除", "closed": "已解除"}

_RUNS = """
    select id, round_id, as_of, rule_pack, evaluated, opened, updated, unchanged, closed,
           red, yellow, green, not_applicable, run_by, run_at
    from rule_run
    where region_code = $1 and ($2::uuid is null or id = $2)
      and ($3::uuid is null or round_id = $3) and ($4::uuid is null or id > $4)
    order by id limit $5
"""

_SUMMARY = """
    w.id, w.round_id, w.project_code, w.project_name, w.unit_code, w.unit_name, w.fiscal_year,
    w.rule_id, w.position, w.level, w.status, w.reason, w.opened_at, w.closed_at,
    w.row_version as version, w.updated_at
    from warning w
"""

_REACHED = "where w.region_code = $1 and ($2::text[] is null or w.unit_code = any ($2))"

_WARNINGS = f"""
    select {_SUMMARY} {_REACHED}
      and ($3::uuid is null or w.round_id = $3)
      and ($4::int is null or w.fiscal_year = $4)
      and ($5::text is null or w.status = $5)
      and ($6::text is null or w.level = $6)
      and ($7::text is null or w.unit_code = $7)
      and ($8::uuid is null or w.id > $8)
    order by w.id limit $9
"""

_OF_PROJECT = f"""
    select {_SUMMARY} {_REACHED} and w.project_code = $3 and w.fiscal_year = $4 order by w.id
"""

_WARNING = f"""
    select w.run_id, w.receipt::text as receipt,
           array(select x.rectification_id from rectification_warning x
                 where x.region_code = w.region_code and x.warning_id = w.id
                 order by x.rectification_id) as rectification_ids,
           {_SUMMARY} {_REACHED} and w.id = $3
"""


async def list_runs(
    reads: Reads, caller: Caller, paging: PageRequest, *, round_id: UUID | None
) -> Page[RuleRunOut]:
    """Rule runs, oldest first."""
    rows = await reads.all(
        _RUNS, caller.region_code, None, round_id, *paging.after(UUID), paging.limit + 1
    )
    return paging.page(rows, _run, lambda row: [row["id"]])


async def run(reads: Reads, caller: Caller, run_id: UUID) -> RuleRunOut:
    """One rule run. Raises NotFound."""
    return _run(await reads.one(_RUNS, caller.region_code, run_id, None, None, 1))


async def list_warnings(
    reads: Reads,
    caller: Caller,
    paging: PageRequest,
    *,
    round_id: UUID | None,
    fiscal_year: int | None,
    status: str | None,
    level: str | None,
    unit_code: str | None,
) -> Page[WarningSummary]:
    """Warnings, oldest first."""
    rows = await reads.all(
        _WARNINGS,
        caller.region_code,
        caller.units,
        round_id,
        fiscal_year,
        status,
        level,
        unit_code,
        *paging.after(UUID),
        paging.limit + 1,
    )
    return paging.page(rows, lambda row: _summary(row, caller), lambda row: [row["id"]])


async def warnings_of_project(
    reads: Reads, caller: Caller, project_code: str, fiscal_year: int
) -> list[WarningSummary]:
    """A project's warnings of the year, oldest first."""
    rows = await reads.all(_OF_PROJECT, caller.region_code, caller.units, project_code, fiscal_year)
    return [_summary(row, caller) for row in rows]


async def warning(reads: Reads, caller: Caller, warning_id: UUID) -> WarningOut:
    """One warning with its receipt. Raises NotFound."""
    row = await reads.one(_WARNING, caller.region_code, caller.units, warning_id)
    return WarningOut.model_validate(_described(row, caller))


def _run(row: Mapping[str, Any]) -> RuleRunOut:
    return RuleRunOut.model_validate({**row, "colours": dict(row), "allowed_actions": []})


def _summary(row: Mapping[str, Any], caller: Caller) -> WarningSummary:
    return WarningSummary.model_validate(_described(row, caller))


def _described(row: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    return {
        **row,
        "level_label": Colour(row["level"]).label,
        "status_label": STATUSES[row["status"]],
        "allowed_actions": allowed_on_warning(caller.principal, row["status"]),
    }
