"""预算执行 of projects as of a day."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from services.monitoring.domain.execution import FundLevel, shown_rate
from services.monitoring.domain.figures import Figures, total
from services.monitoring.domain.plans import planned_share
from services.monitoring.queries.execution_facts import BY_LEVEL
from services.monitoring.schemas.executions import ExecutionOut
from shared.auth import Caller
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest

_CENTS = Decimal("0.01")
_FIGURES = ("budget_initial", "budget", "carry_over", "paid", "received", "paid_of_received")

#: A page is cut within each source, so that its cost does not grow with the year.
_SOURCE = """
    (select e.project_code from {table} e
     left join approved_goal g on g.region_code = $1 and g.project_code = e.project_code
                              and g.fiscal_year = $2
     left join unit u on u.region_code = $1 and u.code = g.unit_code
     where e.region_code = $1 and e.fiscal_year = $2{where}{cut})
"""

#: $4: only this fund level, when one is asked for.
_EXECUTIONS = f"""
    select e.project_code, g.project_name, g.unit_code, g.unit_name, u.department_code, u.office,
           $2::int as fiscal_year, v.version_no as budget_version_no, p.version as plan_version,
           p.planned_pct_by_month, d.last_paid_on, l.levels
    from ({{known}}) e
    left join approved_goal g on g.region_code = $1
         and g.project_code = e.project_code and g.fiscal_year = $2
    left join unit u on u.region_code = g.region_code and u.code = g.unit_code
    left join lateral (
        select max(b.version_no) as version_no from budget_version b
        where b.region_code = $1 and b.fiscal_year = $2 and b.project_code = e.project_code
          and b.approved_on <= $3) v on true
    left join lateral (
        select version, planned_pct_by_month from payment_plan p
        where p.region_code = $1 and p.fiscal_year = $2 and p.project_code = e.project_code
        order by p.version desc limit 1) p on true
    left join lateral (
        select max(paid_on) as last_paid_on from payment
        where region_code = $1 and fiscal_year = $2 and project_code = e.project_code
          and paid_on <= $3 and ($4::text is null or fund_level = $4)) d on true
    left join lateral (
        select json_agg(json_build_object(
            'fund_level', b.fund_level, 'budget_initial', b.budget_initial::text,
            'budget', b.budget::text, 'carry_over', b.carry_over::text, 'paid', b.paid::text,
            'received', b.received::text, 'paid_of_received', b.paid_of_received::text))::text as levels
        from ({BY_LEVEL}) b
        where b.project_code = e.project_code and ($4::text is null or b.fund_level = $4)) l on true
    where ($4::text is null or l.levels is not null)
"""


async def list_executions(
    reads: Reads,
    caller: Caller,
    paging: PageRequest,
    *,
    fiscal_year: int,
    as_of: date,
    unit_code: str | None,
    office: str | None,
    project_code: str | None,
    fund_level: str | None,
) -> Page[ExecutionOut]:
    """The year's projects by code, each with its budget, payments and plan as of the day."""
    where = _reached(caller, fiscal_year, as_of, fund_level)
    where.add("g.unit_code = {}", unit_code)
    where.add("u.office = {}", office)
    where.add("e.project_code = {}", project_code)
    where.add_after("e.project_code > {}", paging.after(str))
    cut = f" order by e.project_code{where.limit(paging.limit + 1)}"
    sql = _executions(where, "" if fund_level else cut) + cut
    rows = await reads.all(sql, *where.arguments)
    return paging.page(rows, lambda row: _execution(row, as_of), lambda row: [row["project_code"]])


async def project_execution(
    reads: Reads, caller: Caller, project_code: str, fiscal_year: int, *, as_of: date
) -> ExecutionOut:
    """One project's execution as of the day. Raises NotFound."""
    where = _reached(caller, fiscal_year, as_of, None)
    where.add("e.project_code = {}", project_code)
    row = await reads.one(_executions(where, ""), *where.arguments)
    return _execution(row, as_of)


def figures_out(figures: Figures) -> dict[str, Any]:
    """Figures as answers print them."""
    amounts = {name: getattr(figures, name).quantize(_CENTS) for name in _FIGURES}
    return {
        **amounts,
        "exec_rate_budget": shown_rate(figures.exec_rate_budget),
        "exec_rate_received": shown_rate(figures.exec_rate_received),
    }


def figures_of(row: Mapping[str, Any]) -> Figures:
    """The figures of a row; what nothing is known of counts as 0."""
    return Figures(**{name: Decimal(row[name] or 0) for name in _FIGURES})


def _reached(caller: Caller, fiscal_year: int, as_of: date, fund_level: str | None) -> Where:
    where = Where(caller.region_code, fiscal_year, as_of, fund_level)
    return where.add("g.unit_code = any ({}::text[])", caller.units)


def _executions(where: Where, cut: str) -> str:
    sources = [
        _SOURCE.format(table=table, where=where, cut=cut)
        for table in ("approved_goal", "execution")
    ]
    return _EXECUTIONS.format(known=" union ".join(sources))


def _execution(row: Mapping[str, Any], as_of: date) -> ExecutionOut:
    entries = {
        entry["fund_level"]: figures_of(entry) for entry in orjson.loads(row["levels"] or "[]")
    }
    whole = figures_out(total(entries.values()))
    share = planned_share(row["planned_pct_by_month"], row["fiscal_year"], as_of)
    return ExecutionOut.model_validate(
        {
            **row,
            **whole,
            "as_of": as_of,
            "rate": whole["exec_rate_budget"],
            "planned_share": share.quantize(_CENTS),
            "funds": [_fund(level, entries[level]) for level in FundLevel if level in entries],
        }
    )


def _fund(level: FundLevel, figures: Figures) -> dict[str, Any]:
    out = figures_out(figures)
    return {
        **out,
        "fund_level": level,
        "fund_level_label": level.label,
        "rate": out["exec_rate_budget"],
    }
