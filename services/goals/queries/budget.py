"""Budget cycles and budget changes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from services.goals.access import allowed
from services.goals.domain.vocabulary import (
    BUDGET_CHANGE_STATUSES,
    BUDGET_CHANGES,
    FUND_LEVELS,
    FUND_SOURCES,
)
from services.goals.schemas.budget import BudgetChangeOut, BudgetCycleOut
from shared.auth import Caller
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest
from shared.rulebook import Rule

_CYCLES = """
    select fiscal_year, form, submit_by, review_by, approve_by, row_version as version, updated_at
    from budget_cycle where region_code = $1
"""

_CHANGES = """
    select c.id, c.document_no, c.project_code, p.name as project_name, p.unit_code,
           u.name as unit_name, c.fiscal_year, c.kind, c.changed_on, c.reason, c.status, c.batch_id,
           c.withdrawn_by, c.withdrawal_reason, c.row_version as version, c.updated_at,
           (select g.id from goal g where g.region_code = c.region_code
             and g.budget_change_id = c.id limit 1) as goal_id,
           l.amount, l.lines
    from budget_change c
    join project p on p.region_code = c.region_code and p.code = c.project_code
    join unit u on u.region_code = p.region_code and u.code = p.unit_code
    cross join lateral (
        select sum(x.amount) as amount,
               json_agg(json_build_object('fund_level', x.fund_level, 'source', x.source,
                        'amount', x.amount::text) order by x.fund_level, x.source)::text as lines
        from budget_change_line x
        where x.region_code = c.region_code and x.change_id = c.id) l
    where c.region_code = $1 and ($2::text[] is null or p.unit_code = any ($2))
"""


async def list_cycles(
    reads: Reads, caller: Caller, paging: PageRequest, rules: Mapping[str, Rule]
) -> Page[BudgetCycleOut]:
    """Budget cycles, the latest year first."""
    where = Where(caller.region_code).add_after("fiscal_year < {}::numeric", paging.after(int))
    limit = where.limit(paging.limit + 1)
    rows = await reads.all(f"{_CYCLES}{where} order by fiscal_year desc{limit}", *where.arguments)
    return paging.page(
        rows, lambda row: _cycle(row, caller, rules), lambda row: [row["fiscal_year"]]
    )


async def cycle(
    reads: Reads, caller: Caller, fiscal_year: int, rules: Mapping[str, Rule]
) -> BudgetCycleOut:
    """One budget cycle. Raises NotFound."""
    row = await reads.one(f"{_CYCLES} and fiscal_year = $2", caller.region_code, fiscal_year)
    return _cycle(row, caller, rules)


async def list_changes(
    reads: Reads,
    caller: Caller,
    paging: PageRequest,
    *,
    project_code: str | None,
    fiscal_year: int | None,
    status: str | None,
    unit_code: str | None,
) -> Page[BudgetChangeOut]:
    """Budget changes, oldest first."""
    where = Where(caller.region_code, caller.units)
    where.add("c.project_code = {}", project_code).add("c.fiscal_year = {}", fiscal_year)
    where.add("c.status = {}", status).add("p.unit_code = {}", unit_code)
    where.add_after("c.id > {}", paging.after(UUID))
    limit = where.limit(paging.limit + 1)
    rows = await reads.all(f"{_CHANGES}{where} order by c.id{limit}", *where.arguments)
    return paging.page(rows, lambda row: _change(row, caller), lambda row: [row["id"]])


async def change(reads: Reads, caller: Caller, change_id: UUID) -> BudgetChangeOut:
    """One budget change. Raises NotFound for one that is not there or not the caller's."""
    row = await reads.one(f"{_CHANGES} and c.id = $3", caller.region_code, caller.units, change_id)
    return _change(row, caller)


def _cycle(row: Mapping[str, Any], caller: Caller, rules: Mapping[str, Rule]) -> BudgetCycleOut:
    rule = rules[row["form"]]
    version = rule.on(row["submit_by"])
    return BudgetCycleOut.model_validate(
        {
            **row,
            "form_label": rule.title,
            "form_rule": version.label,
            "form_source": version.source,
            "allowed_actions": allowed(caller.principal, "budget_cycle.write"),
        }
    )


def _change(row: Mapping[str, Any], caller: Caller) -> BudgetChangeOut:
    free = row["status"] == "pending" and row["goal_id"] is None
    lines: list[dict[str, Any]] = orjson.loads(row["lines"])
    return BudgetChangeOut.model_validate(
        {
            **row,
            "kind_label": BUDGET_CHANGES[row["kind"]],
            "status_label": BUDGET_CHANGE_STATUSES[row["status"]],
            "lines": [
                {
                    **line,
                    "fund_level_label": FUND_LEVELS[line["fund_level"]],
                    "source_label": FUND_SOURCES[line["source"]],
                }
                for line in lines
            ],
            "allowed_actions": allowed(
                caller.principal, *(("budget_change.withdraw",) if free else ())
            ),
        }
    )
