"""Payments and what they add up to."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson

from services.monitoring.domain.execution import (
    Execution,
    FundLevel,
    LevelExecution,
    execution,
    shown_rate,
)
from services.monitoring.schemas.payments import ExecutionOut, FundExecutionOut, PaymentOut
from shared.auth import Caller
from shared.db import Reads
from shared.pages import Page, PageRequest

_PAYMENTS = """
    select p.voucher_no, p.project_code, p.fiscal_year, p.fund_level, p.amount, p.paid_on,
           p.imported_at
    from payment p
    where p.region_code = $1
      and ($2::text[] is null or exists (
            select from approved_goal g where g.region_code = p.region_code
              and g.project_code = p.project_code and g.fiscal_year = p.fiscal_year
              and g.unit_code = any ($2)))
      and ($3::text is null or p.project_code = $3)
      and ($4::int is null or p.fiscal_year = $4)
      and ($5::text is null or p.voucher_no > $5)
    order by p.voucher_no limit $6
"""

#: A project is here when it has an approved goal or a payment; the two feeds may lag one another.
_EXECUTIONS = """
    select c.project_code, g.project_name, g.unit_code, g.unit_name, $2::int as fiscal_year,
           e.last_paid_on,
           (select coalesce(json_agg(json_build_object('fund_level', l.fund_level,
                    'budget', l.budget::text, 'paid', l.paid::text)), '[]')::text
            from (select fund_level, sum(budget)::numeric(18, 2) as budget,
                         sum(paid)::numeric(18, 2) as paid
                  from (select b.fund_level, b.amount as budget, 0 as paid from approved_fund b
                        where b.region_code = $1 and b.goal_id = g.goal_id
                        union all
                        select p.fund_level, 0, p.paid from execution_fund p
                        where p.region_code = $1 and p.project_code = c.project_code
                          and p.fiscal_year = $2) as both_sides
                  group by fund_level) l) as levels
    from (select project_code from approved_goal where region_code = $1 and fiscal_year = $2
          union
          select project_code from execution where region_code = $1 and fiscal_year = $2) c
    left join approved_goal g on g.region_code = $1 and g.project_code = c.project_code
                             and g.fiscal_year = $2
    left join execution e on e.region_code = $1 and e.project_code = c.project_code
                         and e.fiscal_year = $2
    where ($3::text[] is null or g.unit_code = any ($3))
      and ($4::text is null or g.unit_code = $4)
      and ($5::text is null or c.project_code = $5)
      and ($6::text is null or c.project_code > $6)
    order by c.project_code limit $7
"""


async def list_payments(
    reads: Reads,
    caller: Caller,
    paging: PageRequest,
    *,
    project_code: str | None,
    fiscal_year: int | None,
) -> Page[PaymentOut]:
    """Payments by voucher number; a unit sees those of its own approved projects."""
    rows = await reads.all(
        _PAYMENTS,
        caller.region_code,
        caller.units,
        project_code,
        fiscal_year,
        *paging.after(str),
        paging.limit + 1,
    )
    return paging.page(rows, _payment, lambda row: [row["voucher_no"]])


async def list_executions(
    reads: Reads, caller: Caller, paging: PageRequest, *, fiscal_year: int, unit_code: str | None
) -> Page[ExecutionOut]:
    """The year's projects by code, each with its budget and payments."""
    rows = await reads.all(
        _EXECUTIONS,
        caller.region_code,
        fiscal_year,
        caller.units,
        unit_code,
        None,
        *paging.after(str),
        paging.limit + 1,
    )
    return paging.page(rows, _execution, lambda row: [row["project_code"]])


async def project_execution(
    reads: Reads, caller: Caller, project_code: str, fiscal_year: int
) -> ExecutionOut:
    """One project's budget and payments. Raises NotFound."""
    row = await reads.one(
        _EXECUTIONS,
        caller.region_code,
        fiscal_year,
        caller.units,
        None,
        project_code,
        None,
        1,
    )
    return _execution(row)


def by_level(levels: str, paid: str) -> Execution:
    """Fund levels as the statements aggregate them; `paid` names the column of the payments."""
    entries = orjson.loads(levels)
    return execution(
        {FundLevel(entry["fund_level"]): Decimal(entry["budget"]) for entry in entries},
        {FundLevel(entry["fund_level"]): Decimal(entry[paid]) for entry in entries},
    )


def _payment(row: Mapping[str, Any]) -> PaymentOut:
    label = FundLevel(row["fund_level"]).label
    return PaymentOut.model_validate({**row, "fund_level_label": label})


def _execution(row: Mapping[str, Any]) -> ExecutionOut:
    whole = by_level(row["levels"], "paid")
    return ExecutionOut.model_validate(
        {
            **row,
            "budget": whole.budget,
            "paid": whole.paid,
            "rate": shown_rate(whole.rate),
            "funds": [_fund(level) for level in whole.levels],
        }
    )


def _fund(level: LevelExecution) -> FundExecutionOut:
    return FundExecutionOut(
        fund_level=level.fund_level,
        fund_level_label=level.fund_level.label,
        budget=level.budget,
        paid=level.paid,
        rate=shown_rate(level.rate),
    )
