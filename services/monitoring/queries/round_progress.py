"""How far a round is: forms by state, office and unit, and those that are overdue."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from services.monitoring.domain.forms import FormStatus
from services.monitoring.queries.rounds import one_round
from services.monitoring.schemas.rounds import (
    FormCounts,
    OfficeCounts,
    OverdueForm,
    RoundStatistics,
    UnitCounts,
)
from shared.auth import Caller
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest

_DUE = "coalesce(f.extended_to, r.due_on)"
_FORMS = """
    from monitoring_form f
    join monitoring_round r on r.region_code = f.region_code and r.id = f.round_id
    left join unit u on u.region_code = f.region_code and u.code = f.unit_code
"""
_OVERDUE = f"""
    select f.id, f.project_code, f.project_name, f.unit_code, f.unit_name, u.office, f.status,
           {_DUE} as due_on, $3::date - {_DUE} as days_late
    {_FORMS}
    where f.region_code = $1 and f.round_id = $2 and f.status in ('open', 'returned')
      and {_DUE} < $3
"""
_COUNTS = f"""
    select u.office, f.unit_code, min(f.unit_name) as unit_name, max({_DUE}) as due_on,
           count(*) as total,
           count(*) filter (where f.status = 'open') as open,
           count(*) filter (where f.status = 'submitted') as submitted,
           count(*) filter (where f.status = 'accepted') as accepted,
           count(*) filter (where f.status = 'returned') as returned,
           count(*) filter (where f.status in ('open', 'returned') and {_DUE} < $3) as overdue,
           coalesce(sum(m.budget), 0)::numeric(18, 2) as budget,
           coalesce(sum(m.executed_to_date), 0)::numeric(18, 2) as executed_to_date
    {_FORMS}
    left join lateral (
        select sum(budget) as budget, sum(executed_to_date) as executed_to_date
        from form_fund x where x.region_code = f.region_code and x.form_id = f.id) m on true
    where f.region_code = $1 and f.round_id = $2 and ($4::text[] is null or f.unit_code = any ($4))
    group by u.office, f.unit_code order by u.office nulls last, f.unit_code
"""
_MONEY = ("budget", "executed_to_date")


async def overdue_forms(
    reads: Reads,
    caller: Caller,
    paging: PageRequest,
    round_id: UUID,
    *,
    today: date,
    unit_code: str | None,
) -> Page[OverdueForm]:
    """Forms past their due date, by unit and project. Raises NotFound."""
    await one_round(reads, caller, round_id)
    where = Where(caller.region_code, round_id, today)
    where.add("f.unit_code = any ({})", caller.units).add("f.unit_code = {}", unit_code)
    where.add_after("(f.unit_code, f.project_code) > ({}, {})", paging.after(str, str))
    limit = where.limit(paging.limit + 1)
    order = " order by f.unit_code, f.project_code"
    rows = await reads.all(f"{_OVERDUE}{where}{order}{limit}", *where.arguments)
    return paging.page(rows, _overdue, lambda row: [row["unit_code"], row["project_code"]])


async def round_statistics(
    reads: Reads, caller: Caller, round_id: UUID, *, today: date
) -> RoundStatistics:
    """Forms by state, office and unit, of the rows the caller reaches. Raises NotFound."""
    await one_round(reads, caller, round_id)
    rows = await reads.all(_COUNTS, caller.region_code, round_id, today, caller.units)
    return RoundStatistics(
        round_id=round_id,
        as_of=today,
        total=FormCounts.model_validate(_sums(rows)),
        offices=[
            _office(office, list(units)) for office, units in groupby(rows, lambda r: r["office"])
        ],
    )


def _overdue(row: Mapping[str, Any]) -> OverdueForm:
    return OverdueForm.model_validate({**row, "status_label": FormStatus(row["status"]).label})


def _office(office: str | None, rows: Sequence[Mapping[str, Any]]) -> OfficeCounts:
    units = [UnitCounts.model_validate(row) for row in rows]
    return OfficeCounts.model_validate({**_sums(rows), "office": office, "units": units})


def _sums(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        name: sum((row[name] for row in rows), Decimal(0) if name in _MONEY else 0)
        for name in FormCounts.model_fields
    }
