"""Trainings, and the units that took part."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from services.evaluation.access import permitted
from services.evaluation.domain.vocabulary import DUTIES
from services.evaluation.schemas.trainings import TrainedUnitOut, TrainingOut, TrainingSummary
from shared.auth import Caller
from shared.db import Reads
from shared.pages import Page, PageRequest

_SUMMARY = """
    select t.id, t.fiscal_year, t.title, t.held_on, t.audience, t.participant_count, t.synthetic,
           t.row_version as version, t.updated_at,
           (select count(distinct a.unit_code) from training_attendance a
            where a.region_code = t.region_code and a.training_id = t.id) as unit_count
"""

_LIST = f"""
    {_SUMMARY} from training t
    where t.region_code = $1 and ($2::int is null or t.fiscal_year = $2)
      and ($3::uuid is null or t.id > $3)
    order by t.id limit $4
"""

_ONE = f"""
    {_SUMMARY}, t.place, t.hours, t.speakers, t.topics, t.materials::text,
           (select coalesce(json_agg(json_build_object('unit_code', a.unit_code, 'duty', a.duty,
                'unit_name', u.name, 'headcount', a.headcount) order by a.unit_code, a.duty), '[]')
            from training_attendance a
            left join unit u on u.region_code = a.region_code and u.code = a.unit_code
            where a.region_code = t.region_code and a.training_id = t.id
              and ($3::text[] is null or a.unit_code = any ($3)))::text as attendance
    from training t where t.region_code = $1 and t.id = $2
"""

_UNITS = """
    select a.unit_code, min(u.name) as unit_name, count(distinct t.id) as training_count,
           sum(a.headcount)::int as headcount
    from training t
    join training_attendance a on a.region_code = t.region_code and a.training_id = t.id
    left join unit u on u.region_code = a.region_code and u.code = a.unit_code
    where t.region_code = $1 and t.fiscal_year = $2 and ($3::text is null or a.unit_code > $3)
      and ($4::text[] is null or a.unit_code = any ($4))
    group by a.unit_code order by a.unit_code limit $5
"""


async def list_trainings(
    reads: Reads, caller: Caller, paging: PageRequest, *, fiscal_year: int | None
) -> Page[TrainingSummary]:
    """Trainings, first recorded first."""
    rows = await reads.all(
        _LIST, caller.region_code, fiscal_year, *paging.after(UUID), paging.limit + 1
    )
    return paging.page(
        rows,
        lambda row: TrainingSummary.model_validate(_with_actions(row, caller)),
        lambda row: [row["id"]],
    )


async def training(reads: Reads, caller: Caller, training_id: UUID) -> TrainingOut:
    """One training, whole. Raises NotFound."""
    row = await reads.one(_ONE, caller.region_code, training_id, caller.units)
    attendance = [
        {**one, "duty_label": DUTIES[one["duty"]]} for one in orjson.loads(row["attendance"])
    ]
    return TrainingOut.model_validate({**_with_actions(row, caller), "attendance": attendance})


async def trained_units(
    reads: Reads, caller: Caller, paging: PageRequest, *, fiscal_year: int
) -> Page[TrainedUnitOut]:
    """Units whose people came, by code."""
    rows = await reads.all(
        _UNITS,
        caller.region_code,
        fiscal_year,
        *paging.after(str),
        caller.units,
        paging.limit + 1,
    )
    return paging.page(rows, TrainedUnitOut.model_validate, lambda row: [row["unit_code"]])


def _with_actions(row: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    return {**row, "allowed_actions": permitted(caller.principal, ["training.record"])}
