"""Projects with their budgets."""

from collections.abc import Mapping
from typing import Any

import orjson

from services.goals.access import allowed
from services.goals.domain.project_code import parsed
from services.goals.domain.vocabulary import (
    BUDGET_CHANGE_STATUSES,
    BUDGET_CHANGES,
    CATEGORIES,
    FUND_LEVELS,
    FUND_SOURCES,
    GRADES,
    KINDS,
    SECTORS,
    SPENDING_KINDS,
)
from services.goals.schemas.directory import ProjectOut, ProjectSummary
from services.goals.schemas.funds import SCOPE
from shared.auth import Caller
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest

_FIELDS = """
    p.code, p.name, p.unit_code, u.name as unit_name, u.department_code, u.office, p.category,
    p.kind, p.spending_kind, p.sector, p.is_key, p.synthetic, p.row_version as version, p.updated_at
"""

#: The budget is summed project by project, so a page costs the same in the middle of any list.
_PROJECTS = f"""
    select {_FIELDS}, $3::int as fiscal_year, f.amount, g.status as goal_status
    from project p
    join unit u on u.region_code = p.region_code and u.code = p.unit_code
    cross join lateral (
        select sum(x.amount) as amount from project_fund x
        where x.region_code = p.region_code and x.project_code = p.code and x.fiscal_year = $3) f
    left join goal g on g.region_code = p.region_code and g.project_code = p.code
                    and g.fiscal_year = $3 and g.kind = 'project'
    where p.region_code = $1 and ($2::text[] is null or p.unit_code = any ($2))
      and f.amount is not null
"""

_HAS_LEVEL = """exists (
        select from project_fund x
        where x.region_code = p.region_code and x.project_code = p.code and x.fiscal_year = $3
          and x.fund_level = {})"""

_PROJECT = f"""
    select {_FIELDS}, p.period_start, p.period_end, p.midterm_fiscal, p.midterm_other,
           (select coalesce(json_agg(json_build_object('fiscal_year', fiscal_year,
                    'fund_level', fund_level, 'source', source, 'amount', amount::text)
                    order by fiscal_year, fund_level, source), '[]')::text
            from project_fund f where f.region_code = p.region_code and f.project_code = p.code
           ) as funds,
           (select coalesce(json_agg(json_build_object('fiscal_year', y.fiscal_year,
                    'initial', b.amount::text, 'current', y.amount::text)
                    order by y.fiscal_year), '[]')::text
            from (select fiscal_year, sum(amount) as amount from project_fund f
                  where f.region_code = p.region_code and f.project_code = p.code group by 1) y
            left join approved_budget b on b.region_code = p.region_code
                  and b.project_code = p.code and b.fiscal_year = y.fiscal_year
           ) as budgets,
           (select coalesce(json_agg(json_build_object('id', c.id, 'fiscal_year', c.fiscal_year,
                    'document_no', c.document_no, 'kind', c.kind, 'changed_on', c.changed_on,
                    'status', c.status, 'amount',
                    (select sum(l.amount)::text from budget_change_line l
                     where l.region_code = c.region_code and l.change_id = c.id))
                    order by c.id), '[]')::text
            from budget_change c where c.region_code = p.region_code and c.project_code = p.code
           ) as changes,
           (select coalesce(json_agg(json_build_object('fiscal_year', fiscal_year,
                    'unit_code', unit_code, 'score', score::text, 'grade', grade)
                    order by fiscal_year desc, unit_code), '[]')::text
            from project_result r where r.region_code = p.region_code and r.project_code = p.code
           ) as results
    from project p join unit u on u.region_code = p.region_code and u.code = p.unit_code
    where p.region_code = $1 and p.code = $2 and ($3::text[] is null or p.unit_code = any ($3))
"""

#: What a list of projects can be narrowed by; values are bound, so `%` means itself.
FILTERS = {
    "unit_code": "p.unit_code = {}",
    "department_code": "u.department_code = {}",
    "office": "u.office = {}",
    "category": "p.category = {}",
    "kind": "p.kind = {}",
    "is_key": "p.is_key = {}",
    "fund_level": _HAS_LEVEL,
    "q": "strpos(lower(p.name), lower({})) > 0",
}


async def list_projects(
    reads: Reads,
    caller: Caller,
    paging: PageRequest,
    *,
    fiscal_year: int,
    filters: Mapping[str, object | None],
) -> Page[ProjectSummary]:
    """The projects that have a budget in the year, by code; filters by the names of `FILTERS`."""
    where = Where(caller.region_code, caller.units, fiscal_year)
    for name, value in filters.items():
        where.add(FILTERS[name], value)
    where.add_after("p.code > {}", paging.after(str))
    limit = where.limit(paging.limit + 1)
    rows = await reads.all(f"{_PROJECTS}{where} order by p.code{limit}", *where.arguments)
    return paging.page(
        rows,
        lambda row: ProjectSummary.model_validate(_described(row, caller)),
        lambda row: [row["code"]],
    )


async def project(reads: Reads, caller: Caller, code: str) -> ProjectOut:
    """One project. Raises NotFound for one that is not there or not the caller's."""
    row = await reads.one(_PROJECT, caller.region_code, code, caller.units)
    return ProjectOut.model_validate(
        {
            **_described(row, caller),
            "code_parts": parsed(row["code"]),
            "midterm": _midterm(row),
            "funds": [_fund(fund) for fund in orjson.loads(row["funds"])],
            "budgets": _budgets(orjson.loads(row["budgets"]), orjson.loads(row["changes"])),
            "results": [_result(result) for result in orjson.loads(row["results"])],
        }
    )


def _described(row: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    return {
        **row,
        "category_label": CATEGORIES[row["category"]],
        "kind_label": KINDS[row["kind"]],
        "spending_kind_label": SPENDING_KINDS[row["spending_kind"]],
        "sector_label": None if row["sector"] is None else SECTORS[row["sector"]],
        "allowed_actions": allowed(caller.principal, "project.import", "budget_change.import"),
    }


def _midterm(row: Mapping[str, Any]) -> dict[str, Any] | None:
    fiscal, other = row["midterm_fiscal"], row["midterm_other"]
    if fiscal is None or other is None:
        return None
    return {"total": fiscal + other, "fiscal": fiscal, "other": other}


def _fund(fund: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **fund,
        "fund_level_label": FUND_LEVELS[fund["fund_level"]],
        "source_label": FUND_SOURCES[fund["source"]],
    }


def _budgets(years: list[dict[str, Any]], changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **year,
            "scope": SCOPE,
            "changes": [
                {
                    **change,
                    "kind_label": BUDGET_CHANGES[change["kind"]],
                    "status_label": BUDGET_CHANGE_STATUSES[change["status"]],
                }
                for change in changes
                if change["fiscal_year"] == year["fiscal_year"]
            ],
        }
        for year in years
    ]


def _result(result: Mapping[str, Any]) -> dict[str, Any]:
    return {**result, "grade_label": GRADES[result["grade"]]}
