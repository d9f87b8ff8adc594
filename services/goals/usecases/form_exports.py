"""官方申报表的导出: the goals a filter finds, as one workbook with a sheet for each."""

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson

from services.goals.domain.goal_content import parsed
from services.goals.domain.indicator_trees import Tree, tree_of
from services.goals.errors import NothingToExport, TooManyForms
from services.goals.queries.coaching import USUAL_FORM, rules_of_year
from services.goals.queries.content import CONTENT
from services.goals.queries.goals import GoalFilter, narrowed
from services.goals.usecases.forms import DEPARTMENT_GOAL, PROJECT_GOAL
from services.goals.usecases.goal_forms import GoalSheet, form_of
from shared.auth import Caller
from shared.db import Reads
from shared.rulebook import Rule
from shared.workbooks.fill import fill
from shared.workbooks.official import OfficialForms

#: As many as a person can look through, and a process can print while others wait.
MOST_FORMS = 500

_SHEETS = f"""
    select g.id, g.row_version, g.fiscal_year, coalesce(c.form, '{USUAL_FORM}') as form,
           {CONTENT}::text as content, p.name as project_name, p.code as project_code,
           coalesce(m.name, u.name) as department_name, u.department_code, u.name as unit_name,
           u.code as unit_code, p.kind as project_kind, p.period_start, p.period_end,
           p.midterm_fiscal, p.midterm_other, f.fiscal, f.other, w.amount as budget_total
    from goal g
    join unit u on u.region_code = g.region_code and u.code = g.unit_code
    left join unit m on m.region_code = u.region_code and m.code = u.department_code
    left join project p on p.region_code = g.region_code and p.code = g.project_code
    left join budget_cycle c on c.region_code = g.region_code and c.fiscal_year = g.fiscal_year
    left join lateral (
        select coalesce(sum(x.amount) filter (where x.source in ('appropriation', 'carry_over')), 0)
                   as fiscal,
               coalesce(sum(x.amount) filter (where x.source not in ('appropriation', 'carry_over')),
                        0) as other
        from project_fund x where x.region_code = p.region_code and x.project_code = p.code
          and x.fiscal_year = g.fiscal_year) f on p.code is not null
    left join lateral (
        select sum(x.amount) as amount from project_fund x
        join project y on y.region_code = x.region_code and y.code = x.project_code
        join unit z on z.region_code = y.region_code and z.code = y.unit_code
        where x.region_code = g.region_code and x.fiscal_year = g.fiscal_year
          and z.department_code = u.department_code) w on g.kind = 'department'
    where g.region_code = $1
"""


async def export_forms(
    reads: Reads,
    official: OfficialForms,
    rules: Mapping[str, Rule],
    caller: Caller,
    asked: GoalFilter,
) -> bytes:
    """The workbook; goals stand by unit and project. Raises NothingToExport, and TooManyForms
    rather than print half of them."""
    where = narrowed(caller, asked)
    limit = where.limit(MOST_FORMS + 1)
    rows = await reads.all(
        f"{_SHEETS}{where} order by g.unit_code, g.project_code, g.fiscal_year{limit}",
        *where.arguments,
    )
    if not rows:
        raise NothingToExport("请先为项目建立目标草稿（哪怕只有项目编码），再导出填写")
    if len(rows) > MOST_FORMS:
        raise TooManyForms(f"一次至多导出 {MOST_FORMS} 张表，请按单位或年度缩小范围")
    layout = official.layouts[layout_of(asked.kind or "project")]
    forms = [form_of(layout, _sheet(row), _tree(rules, row)) for row in rows]
    return await asyncio.to_thread(fill, layout, forms)


def layout_of(kind: str) -> str:
    """The form a kind of goal is filled in on."""
    return PROJECT_GOAL if kind == "project" else DEPARTMENT_GOAL


def _tree(rules: Mapping[str, Rule], row: Mapping[str, Any]) -> Tree:
    form, _ = rules_of_year(rules, row["form"], row["fiscal_year"])
    return tree_of(form)


def _sheet(row: Mapping[str, Any]) -> GoalSheet:
    names = (
        "project_name", "project_code", "department_name", "department_code", "unit_name",
        "unit_code", "project_kind", "midterm_fiscal", "midterm_other", "budget_total",
    )  # fmt: skip
    facts = {name: row[name] for name in names}
    facts |= {
        "fiscal_year": str(row["fiscal_year"]),
        "period_start_on": row["period_start"],
        "period_end_on": row["period_end"],
        "midterm_total": _sum(row["midterm_fiscal"], row["midterm_other"]),
        "annual_fiscal": row["fiscal"],
        "annual_other": row["other"],
        "annual_total": _sum(row["fiscal"], row["other"]),
    }
    content = parsed(orjson.loads(row["content"]))
    return GoalSheet(row["id"], row["row_version"], facts, content)


def _sum(one: Any, other: Any) -> Any:
    return None if one is None and other is None else (one or 0) + (other or 0)
