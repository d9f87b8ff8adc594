"""预算执行 added up by unit, department, office, fund level or month."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from services.monitoring.domain.execution import FundLevel, execution_rate, shown_rate
from services.monitoring.domain.plans import MONTHS, months_begun
from services.monitoring.queries.execution_facts import BY_LEVEL, BY_PROJECT, PLAN_IN_FORCE
from services.monitoring.queries.executions import figures_of, figures_out
from services.monitoring.schemas.executions import ExecutionStatistics, GroupExecutionOut
from shared.auth import Caller
from shared.db import Reads
from shared.filters import Where

_CENTS = Decimal("0.01")
_KEYS = {
    "unit": ("g.unit_code", "coalesce(u.name, g.unit_name)"),
    "department": ("u.department_code", "u.department_code"),
    "office": ("u.office", "u.office"),
    "fund_level": ("l.fund_level", "l.fund_level"),
}
_LEVEL = "l.fund_level = {}"
_NO_GOAL = "尚无已批复目标的项目"

_PROJECTS = """
    left join approved_goal g on g.region_code = $1 and g.project_code = l.project_code
                             and g.fiscal_year = $2
    left join unit u on u.region_code = $1 and u.code = g.unit_code
"""

#: $4: months of the year begun. The row without a group is the total.
_GROUPS = """
    select {key} as key, max({label}) as label, grouping({key}) as is_total,
           count(distinct l.project_code) as project_count,
           count(distinct l.project_code) filter (where l.received is not null)
               as received_project_count,
           coalesce(sum(l.budget_initial), 0) as budget_initial,
           coalesce(sum(l.budget), 0) as budget, coalesce(sum(l.carry_over), 0) as carry_over,
           coalesce(sum(l.paid), 0) as paid, coalesce(sum(l.received), 0) as received,
           coalesce(sum(l.paid_of_received), 0) as paid_of_received,
           coalesce(sum(round(l.budget * case $4::int when 0 then 0 else
               coalesce(p.planned_pct_by_month[$4::int], $4::int * 100.0 / 12) end / 100, 2)), 0)
               as planned
    from ({source}) l
    {projects}
    left join ({plans}) p on p.project_code = l.project_code
    where coalesce(l.budget, l.paid, l.received) is not null{where}
    group by grouping sets (({key}), ()) order by is_total desc, key nulls last
"""

_MONTHS = """
    select to_char(l.paid_on, 'YYYY-MM') as month, sum(l.amount) as paid
    from payment l
    {projects}
    where l.region_code = $1 and l.fiscal_year = $2 and l.paid_on <= $3{where}
    group by 1
"""

#: One sum a month in one pass, each project rounded once.
_BY_MONTH = ", ".join(
    f"sum(round(l.budget * coalesce(p.planned_pct_by_month[{month}], {month} * 100.0 / 12) / 100, 2))"
    f" as m{month}"
    for month in range(1, MONTHS + 1)
)

_PLANNED = f"""
    select {_BY_MONTH}
    from ({{source}}) l
    {{projects}}
    left join ({{plans}}) p on p.project_code = l.project_code
    where true{{where}}
"""


async def statistics(
    reads: Reads,
    caller: Caller,
    *,
    fiscal_year: int,
    by: str,
    as_of: date,
    unit_code: str | None,
    office: str | None,
    fund_level: str | None,
) -> ExecutionStatistics:
    """The year's execution as of the day, of the projects the caller reaches."""
    filters = {
        "g.unit_code = any ({}::text[])": caller.units,
        "g.unit_code = {}": unit_code,
        "u.office = {}": office,
        _LEVEL: fund_level,
    }
    scope = (caller.region_code, fiscal_year, as_of)
    total, *groups = await _groups(reads, by, scope, filters)
    months = await _months(reads, scope, filters, total) if by == "month" else []
    return ExecutionStatistics.model_validate(
        {
            "fiscal_year": fiscal_year,
            "as_of": as_of,
            "by": by,
            "scope": _scope(fiscal_year, as_of, unit_code, office, fund_level),
            "total": total,
            "groups": [] if by == "month" else groups,
            "months": months,
        }
    )


async def _groups(
    reads: Reads, by: str, scope: tuple[str, int, date], filters: Mapping[str, object | None]
) -> list[GroupExecutionOut]:
    where = _where(filters, *scope, months_begun(scope[1], scope[2]))
    key, label = _KEYS.get(by, _KEYS["unit"])
    sql = _filled(_GROUPS, where, _source(filters, by=by), key=key, label=label)
    return [_group(row, by) for row in await reads.all(sql, *where.arguments)]


async def _months(
    reads: Reads,
    scope: tuple[str, int, date],
    filters: Mapping[str, object | None],
    total: GroupExecutionOut,
) -> list[dict[str, Any]]:
    """Each month begun by the day, and those outside the year in which it was still paid."""
    where = _where(filters, *scope)
    rows = await reads.all(_filled(_MONTHS, where), *where.arguments)
    paid = {row["month"]: row["paid"] for row in rows}
    _, fiscal_year, as_of = scope
    row = await reads.one(_filled(_PLANNED, where, _source(filters)), *where.arguments)
    planned = {f"{fiscal_year}-{month:02d}": row[f"m{month}"] for month in range(1, MONTHS + 1)}
    begun = [
        f"{fiscal_year}-{month:02d}" for month in range(1, months_begun(fiscal_year, as_of) + 1)
    ]
    return _trend(sorted({*begun, *paid}), paid, planned, total.budget)


def _trend(
    months: Sequence[str],
    paid: Mapping[str, Decimal],
    planned: Mapping[str, Decimal],
    budget: Decimal,
) -> list[dict[str, Any]]:
    rows = []
    to_date = due = Decimal(0)
    for month in months:
        to_date += paid.get(month, Decimal(0))
        due = planned.get(month, due) or Decimal(0)
        rows.append(
            {
                "month": month,
                "paid": paid.get(month, Decimal(0)).quantize(_CENTS),
                "paid_to_date": to_date.quantize(_CENTS),
                "planned_to_date": due.quantize(_CENTS),
                "exec_rate_budget": shown_rate(execution_rate(budget, to_date)),
            }
        )
    return rows


def _group(row: Mapping[str, Any], by: str) -> GroupExecutionOut:
    return GroupExecutionOut.model_validate(
        {
            **row,
            **figures_out(figures_of(row)),
            "label": _label(row, by),
            "planned": row["planned"].quantize(_CENTS),
        }
    )


def _label(row: Mapping[str, Any], by: str) -> str:
    if row["is_total"]:
        return "合计"
    if row["key"] is None:
        return _NO_GOAL
    return FundLevel(row["key"]).label if by == "fund_level" else row["label"] or row["key"]


def _where(filters: Mapping[str, object | None], *fixed: object) -> Where:
    where = Where(*fixed)
    for condition, value in filters.items():
        where.add(condition, value)
    return where


def _source(filters: Mapping[str, object | None], *, by: str = "month") -> str:
    """Fund levels are told apart only where they are asked for."""
    is_by_level = by == "fund_level" or filters[_LEVEL] is not None
    return BY_LEVEL if is_by_level else BY_PROJECT


def _filled(sql: str, where: Where, source: str = "", **names: str) -> str:
    return sql.format(source=source, projects=_PROJECTS, plans=PLAN_IN_FORCE, where=where, **names)


def _scope(
    fiscal_year: int,
    as_of: date,
    unit_code: str | None,
    office: str | None,
    fund_level: str | None,
) -> str:
    level = "全部资金级次" if fund_level is None else f"{FundLevel(fund_level).label}资金"
    of = [f"单位 {unit_code}"] if unit_code else []
    of += [office] if office else []
    within = "、".join(of) or "可见范围内全部项目"
    return f"{fiscal_year} 年度，{within}，{level}与全部资金来源，截至 {as_of.isoformat()}"
