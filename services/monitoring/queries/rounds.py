"""Monitoring rounds, the terms granted in them, the reminders sent."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.monitoring.access import allowed_on_round
from services.monitoring.domain.rounds import RoundStatus
from services.monitoring.schemas.rounds import ExtensionOut, ReminderOut, RoundOut
from shared.auth import Caller
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest

_ROUNDS = """
    select id, fiscal_year, name, period_from, period_to, due_on, selection::text as selection,
           form_count, status, opened_by, opened_at, closed_by, closed_at, close_reason,
           row_version as version
    from monitoring_round where region_code = $1
"""
_EXTENSIONS = """
    select id, round_id, unit_code, due_before, due_on, reason, granted_by, granted_at
    from round_extension where region_code = $1
"""
_REMINDERS = """
    select m.id, m.round_id, r.name as round_name, m.unit_code, m.due_on, m.occasion, m.form_count,
           m.sent_by, m.sent_at
    from round_reminder m
    join monitoring_round r on r.region_code = m.region_code and r.id = m.round_id
    where m.region_code = $1
"""


async def list_rounds(reads: Reads, caller: Caller, paging: PageRequest) -> Page[RoundOut]:
    """Monitoring rounds, oldest first."""
    where = Where(caller.region_code).add_after("id > {}", paging.after(UUID))
    limit = where.limit(paging.limit + 1)
    rows = await reads.all(f"{_ROUNDS}{where} order by id{limit}", *where.arguments)
    return paging.page(rows, lambda row: _round(row, caller), lambda row: [row["id"]])


async def one_round(reads: Reads, caller: Caller, round_id: UUID) -> RoundOut:
    """One monitoring round. Raises NotFound."""
    return _round(await reads.one(f"{_ROUNDS} and id = $2", caller.region_code, round_id), caller)


async def list_extensions(
    reads: Reads, caller: Caller, paging: PageRequest, round_id: UUID
) -> Page[ExtensionOut]:
    """Longer terms of a round, oldest first; a unit sees its own. Raises NotFound."""
    await one_round(reads, caller, round_id)
    where = Where(caller.region_code).add("round_id = {}", round_id)
    where.add("unit_code = any ({})", caller.units)
    where.add_after("id > {}", paging.after(UUID))
    limit = where.limit(paging.limit + 1)
    rows = await reads.all(f"{_EXTENSIONS}{where} order by id{limit}", *where.arguments)
    return paging.page(rows, ExtensionOut.model_validate, lambda row: [row["id"]])


async def one_extension(reads: Reads, caller: Caller, extension_id: UUID) -> ExtensionOut:
    """One longer term. Raises NotFound."""
    row = await reads.one(f"{_EXTENSIONS} and id = $2", caller.region_code, extension_id)
    return ExtensionOut.model_validate(row)


async def list_reminders(
    reads: Reads, caller: Caller, paging: PageRequest, *, round_id: UUID | None
) -> Page[ReminderOut]:
    """Reminders, newest first; a unit sees its own."""
    where = Where(caller.region_code).add("m.round_id = {}", round_id)
    where.add("m.unit_code = any ({})", caller.units)
    where.add_after("m.id < {}", paging.after(UUID))
    limit = where.limit(paging.limit + 1)
    rows = await reads.all(f"{_REMINDERS}{where} order by m.id desc{limit}", *where.arguments)
    return paging.page(rows, ReminderOut.model_validate, lambda row: [row["id"]])


def _round(row: Mapping[str, Any], caller: Caller) -> RoundOut:
    return RoundOut.model_validate(
        {
            **row,
            "status_label": RoundStatus(row["status"]).label,
            "allowed_actions": allowed_on_round(caller.principal, row["status"]),
        }
    )
