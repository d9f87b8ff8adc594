"""Units and projects."""

from collections.abc import Mapping
from typing import Any

import orjson

from services.goals.schemas.directory import ProjectOut, ProjectSummary, UnitOut
from shared.auth import Caller
from shared.db import Reads
from shared.pages import Page, PageRequest

FUND_LEVELS = {"central": "中央", "provincial": "自治区", "municipal": "市", "county": "本级"}
CATEGORIES = {"personnel": "人员类", "operation": "运转类", "specific": "特定目标类"}
GRADES = {"excellent": "优", "good": "良", "fair": "中", "poor": "差"}

_UNITS = """
    select code, name, department_code, office, synthetic, row_version as version, updated_at
    from unit
    where region_code = $1 and ($2::text[] is null or code = any ($2))
      and ($3::text is null or code > $3)
    order by code limit $4
"""

_PROJECTS = """
    select p.code, p.name, p.unit_code, u.name as unit_name, p.category, f.fiscal_year, f.amount,
           g.status as goal_status, p.synthetic, p.row_version as version
    from (select region_code, project_code, fiscal_year, sum(amount) as amount from project_fund
          where region_code = $1 and fiscal_year = $3 group by 1, 2, 3) f
    join project p on p.region_code = f.region_code and p.code = f.project_code
    join unit u on u.region_code = p.region_code and u.code = p.unit_code
    left join goal g on g.region_code = p.region_code and g.project_code = p.code
                    and g.fiscal_year = f.fiscal_year
    where ($2::text[] is null or p.unit_code = any ($2))
      and ($4::text is null or p.unit_code = $4)
      and ($5::text is null or p.code > $5)
    order by p.code limit $6
"""

_PROJECT = """
    select p.code, p.name, p.unit_code, u.name as unit_name, p.category, p.kind, p.synthetic,
           p.row_version as version, p.updated_at,
           (select coalesce(json_agg(json_build_object('fiscal_year', fiscal_year,
                    'fund_level', fund_level, 'amount', amount::text)
                    order by fiscal_year, fund_level), '[]')::text
            from project_fund f where f.region_code = p.region_code and f.project_code = p.code
           ) as funds,
           (select coalesce(json_agg(json_build_object('fiscal_year', fiscal_year,
                    'unit_code', unit_code, 'score', score::text, 'grade', grade)
                    order by fiscal_year desc, unit_code), '[]')::text
            from project_result r where r.region_code = p.region_code and r.project_code = p.code
           ) as results
    from project p join unit u on u.region_code = p.region_code and u.code = p.unit_code
    where p.region_code = $1 and p.code = $2 and ($3::text[] is null or p.unit_code = any ($3))
"""


async def list_units(reads: Reads, caller: Caller, paging: PageRequest) -> Page[UnitOut]:
    """Units by code."""
    rows = await reads.all(
        _UNITS, caller.region_code, caller.units, *paging.after(str), paging.limit + 1
    )
    return paging.page(rows, _unit, lambda row: [row["code"]])


async def list_projects(
    reads: Reads, caller: Caller, paging: PageRequest, *, fiscal_year: int, unit_code: str | None
) -> Page[ProjectSummary]:
    """The projects that have a budget in the year, by code."""
    rows = await reads.all(
        _PROJECTS,
        caller.region_code,
        caller.units,
        fiscal_year,
        unit_code,
        *paging.after(str),
        paging.limit + 1,
    )
    return paging.page(rows, ProjectSummary.model_validate, lambda row: [row["code"]])


async def project(reads: Reads, caller: Caller, code: str) -> ProjectOut:
    """One project. Raises NotFound for one that is not there or not the caller's."""
    row = await reads.one(_PROJECT, caller.region_code, code, caller.units)
    return ProjectOut.model_validate(
        {
            **row,
            "category_label": CATEGORIES[row["category"]],
            "funds": _labelled(row["funds"], "fund_level", FUND_LEVELS),
            "results": _labelled(row["results"], "grade", GRADES),
            "allowed_actions": [],
        }
    )


def _unit(row: Mapping[str, Any]) -> UnitOut:
    return UnitOut.model_validate({**row, "allowed_actions": []})


def _labelled(text: str, field: str, labels: Mapping[str, str]) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = orjson.loads(text)
    return [{**entry, f"{field}_label": labels[entry[field]]} for entry in entries]
