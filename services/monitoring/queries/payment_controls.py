"""Payment controls, as the bureau, the unit and the budget system read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.monitoring.access import allowed_on_control
from services.monitoring.domain.payment_control import ControlStatus
from services.monitoring.schemas.payment_controls import ControlOut
from shared.auth import Caller
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest

#: What lifts a control that came of a letter is its end; of red warnings, that none is open.
CAUSE_GONE = """
    (exists (select from rectification r
             where r.region_code = c.region_code and r.id = c.rectification_id
               and r.status = 'verified')
     or (c.rule_id <> 'manual' and c.rectification_id is null and not exists (
             select from warning w
             where w.region_code = c.region_code and w.project_code = c.project_code
               and w.fiscal_year = c.fiscal_year and w.level = 'red' and w.status = 'open')))
"""

_CONTROLS = f"""
    select c.id, c.project_code, c.project_name, c.unit_code, u.name as unit_name, c.fiscal_year,
           c.status, c.rule_id, c.rule_version, c.receipt::text as receipt, c.rectification_id,
           c.reason, c.lifted_when, {CAUSE_GONE} as cause_gone, c.proposed_by, c.proposed_at,
           c.decided_by, c.decided_at, c.decided_reason, c.effective_on, c.lifted_by, c.lifted_at,
           c.lifted_on, c.lifted_reason, c.row_version as version, c.updated_at
    from payment_control c
    left join unit u on u.region_code = c.region_code and u.code = c.unit_code
    where c.region_code = $1 and ($2::text[] is null or c.unit_code = any ($2))
"""


@dataclass(frozen=True)
class ControlsAsked:
    """Which controls are asked for; None asks for all."""

    project_code: str | None
    unit_code: str | None
    fiscal_year: int | None
    status: str | None
    active_on: date | None


async def list_controls(
    reads: Reads, caller: Caller, paging: PageRequest, asked: ControlsAsked
) -> Page[ControlOut]:
    """Controls, oldest first."""
    where = (
        Where(caller.region_code, caller.units)
        .add("c.project_code = {}", asked.project_code)
        .add("c.unit_code = {}", asked.unit_code)
        .add("c.fiscal_year = {}", asked.fiscal_year)
        .add("c.status = {}", asked.status)
        .add("c.effective_on <= {}", asked.active_on)
        .add("(c.lifted_on is null or c.lifted_on > {})", asked.active_on)
        .add_after("c.id > {}", paging.after(UUID))
    )
    sql = f"{_CONTROLS}{where} order by c.id" + where.limit(paging.limit + 1)
    rows = await reads.all(sql, *where.arguments)
    return paging.page(rows, lambda row: _control(row, caller), lambda row: [row["id"]])


async def control(reads: Reads, caller: Caller, control_id: UUID) -> ControlOut:
    """One control. Raises NotFound."""
    sql = f"{_CONTROLS} and c.id = $3"
    return _control(await reads.one(sql, caller.region_code, caller.units, control_id), caller)


def _control(row: Mapping[str, Any], caller: Caller) -> ControlOut:
    letter = row["rectification_id"]
    status = ControlStatus(row["status"])
    return ControlOut.model_validate(
        {
            **row,
            "status_label": status.label,
            "rectification_href": letter and f"/api/v1/monitoring/rectifications/{letter}",
            "allowed_actions": allowed_on_control(
                caller.principal, status, proposed_by=row["proposed_by"]
            ),
        }
    )
