"""The colour board (预警看板) of a round: the lights of its last run, project by project and counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.monitoring.domain.verdicts import Colour
from services.monitoring.queries.rounds import one_round
from services.monitoring.schemas.colours import ColourCounts, ColourStatistics, ProjectColourOut
from shared.auth import Caller
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest

_GROUPS = {
    "office": ("u.office", "u.office"),
    "department": ("u.department_code", "coalesce(d.name, u.department_code)"),
    "unit": ("c.unit_code", "coalesce(u.name, c.unit_code)"),
}
_LIGHTS = """
    from project_colour c
    left join unit u on u.region_code = c.region_code and u.code = c.unit_code
"""
_COUNTED = ", ".join(
    f"count(*) filter (where c.colour = '{colour}') as {colour}" for colour in Colour
)

#: The row of all groups together is the total.
_COUNTS = f"""
    select {{key}} as key, max({{label}}) as label, grouping({{key}}) as is_total,
           count(*) as project_count, {_COUNTED}
    {_LIGHTS}
    left join unit d on d.region_code = u.region_code and d.code = u.department_code
    where c.region_code = $1 and c.round_id = $2 and ($3::text[] is null or c.unit_code = any ($3))
    group by grouping sets (({{key}}), ()) order by is_total desc, key nulls last
"""

#: Only a light that warns has a warning behind it.
_PROJECTS = f"""
    select c.project_code, g.project_name, c.unit_code, coalesce(u.name, g.unit_name) as unit_name,
           u.office, c.colour, c.rule_id, c.position, w.id as warning_id, c.run_id, c.changed_at
    {_LIGHTS}
    join monitoring_round r on r.region_code = c.region_code and r.id = c.round_id
    left join approved_goal g on g.region_code = c.region_code
        and g.project_code = c.project_code and g.fiscal_year = r.fiscal_year
    left join warning w on w.region_code = c.region_code and w.round_id = c.round_id
        and w.project_code = c.project_code and w.rule_id = c.rule_id
        and w.position = c.position and w.status = 'open' and c.colour in ('red', 'yellow')
    where c.region_code = $1 and c.round_id = $2
"""


@dataclass(frozen=True)
class LightsAsked:
    """Which lights are asked for; None asks for all."""

    colour: str | None
    unit_code: str | None
    office: str | None


async def colour_statistics(
    reads: Reads, caller: Caller, round_id: UUID, *, by: str
) -> ColourStatistics:
    """How many projects show which light, of those the caller reaches. Raises NotFound."""
    asked = await one_round(reads, caller, round_id)
    key, label = _GROUPS[by]
    sql = _COUNTS.format(key=key, label=label)
    total, *groups = await reads.all(sql, caller.region_code, round_id, caller.units)
    return ColourStatistics.model_validate(
        {
            "round_id": round_id,
            "by": by,
            "scope": f"{asked.fiscal_year} 年度“{asked.name}”中已作系统判断的项目，每个项目计一次",
            "total": ColourCounts.model_validate({**total, "label": "合计"}),
            "groups": [
                ColourCounts.model_validate({**row, "label": row["label"] or "未登记的单位"})
                for row in groups
            ],
        }
    )


async def list_project_colours(
    reads: Reads, caller: Caller, paging: PageRequest, round_id: UUID, asked: LightsAsked
) -> Page[ProjectColourOut]:
    """The light of each project, by project code. Raises NotFound."""
    await one_round(reads, caller, round_id)
    where = (
        Where(caller.region_code, round_id)
        .add("c.unit_code = any ({})", caller.units)
        .add("c.colour = {}", asked.colour)
        .add("c.unit_code = {}", asked.unit_code)
        .add("u.office = {}", asked.office)
        .add_after("c.project_code > {}", paging.after(str))
    )
    limit = where.limit(paging.limit + 1)
    sql = f"{_PROJECTS}{where} order by c.project_code{limit}"
    rows = await reads.all(sql, *where.arguments)
    return paging.page(rows, _light, lambda row: [row["project_code"]])


def _light(row: Mapping[str, Any]) -> ProjectColourOut:
    return ProjectColourOut.model_validate({**row, "colour_label": Colour(row["colour"]).label})
