"""The facts of a round's projects as the warning rules want them, gathered by one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from services.monitoring.domain.facts import (
    Band,
    IndicatorFacts,
    Likelihood,
    Operator,
    ProjectFacts,
)
from shared.db import Reads

#: A form still being filled in for the first time has said nothing yet.
_FACTS = """
    select g.project_code, g.project_name, g.unit_code, g.unit_name,
           (select coalesce(sum(b.amount), 0) from approved_fund b
            where b.region_code = g.region_code and b.goal_id = g.goal_id) as budget,
           (select coalesce(sum(p.amount), 0) from payment p
            where p.region_code = g.region_code and p.project_code = g.project_code
              and p.fiscal_year = g.fiscal_year and p.paid_on <= $4) as paid,
           (select coalesce(json_agg(json_build_object(
                'position', r.position, 'name', r.name, 'operator', r.operator,
                'target_value', trim_scale(r.target_value)::text,
                'actual_to_date', trim_scale(r.actual_to_date)::text,
                'actual_forecast', trim_scale(r.actual_forecast)::text,
                'band', r.band, 'likelihood', r.likelihood) order by r.position), '[]')::text
            from form_row r where r.region_code = f.region_code and r.form_id = f.id) as rows
    from approved_goal g
    left join monitoring_form f on f.region_code = g.region_code and f.round_id = $3
                               and f.project_code = g.project_code and f.status <> 'open'
    where g.region_code = $1 and g.fiscal_year = $2 order by g.project_code
"""


@dataclass(frozen=True)
class Subject:
    """A project to judge, with the names its warnings will carry."""

    facts: ProjectFacts
    project_name: str
    unit_name: str


async def subjects_of(
    reads: Reads, *, region_code: str, fiscal_year: int, round_id: UUID, as_of: date
) -> list[Subject]:
    """Every project with an approved goal of the year, as of the day."""
    rows = await reads.all(_FACTS, region_code, fiscal_year, round_id, as_of)
    return [
        Subject(_project(row, as_of), project_name=row["project_name"], unit_name=row["unit_name"])
        for row in rows
    ]


def _project(row: Mapping[str, Any], as_of: date) -> ProjectFacts:
    return ProjectFacts(
        project_code=row["project_code"],
        unit_code=row["unit_code"],
        budget=row["budget"],
        paid=row["paid"],
        indicators=tuple(_indicator(entry) for entry in orjson.loads(row["rows"])),
        as_of=as_of,
    )


def _indicator(row: Mapping[str, Any]) -> IndicatorFacts:
    return IndicatorFacts(
        position=row["position"],
        name=row["name"],
        operator=Operator(row["operator"]),
        target_value=_number(row["target_value"]),
        actual_to_date=_number(row["actual_to_date"]),
        actual_forecast=_number(row["actual_forecast"]),
        band=Band(row["band"]) if row["band"] else None,
        likelihood=Likelihood(row["likelihood"]) if row["likelihood"] else None,
    )


def _number(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
