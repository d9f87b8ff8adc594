"""The lists behind the annual summary's figures."""

from services.evaluation.queries.summary_figures import COUNTED
from services.evaluation.schemas.summaries import (
    EvaluatedProjectOut,
    EvaluatedUnitOut,
    SelfEvaluatedUnitOut,
)
from shared.auth import Caller
from shared.db import Reads
from shared.pages import Page, PageRequest

_PROJECTS = f"""
    with {COUNTED}
    select project_code, project_name, amount, county_amount, score_count from key_project
    where $3::text is null or project_code > $3 order by project_code limit $4
"""

_UNITS = f"""
    with {COUNTED}
    select unit_code, min(unit_name) as unit_name,
           count(distinct (evaluation_id, group_no)) as score_count
    from subject where kind = 'department' and ($3::text is null or unit_code > $3)
    group by unit_code order by unit_code limit $4
"""

_SELF_EVALUATED = f"""
    with {COUNTED}
    select unit_code, min(unit_name) as unit_name, count(*) as project_count,
           sum(amount) as amount
    from reported where $3::text is null or unit_code > $3
    group by unit_code order by unit_code limit $4
"""


async def evaluated_projects(
    reads: Reads, caller: Caller, paging: PageRequest, *, fiscal_year: int
) -> Page[EvaluatedProjectOut]:
    """Projects with a final evaluation, each once."""
    rows = await reads.all(
        _PROJECTS, caller.region_code, fiscal_year, *paging.after(str), paging.limit + 1
    )
    return paging.page(rows, EvaluatedProjectOut.model_validate, lambda row: [row["project_code"]])


async def evaluated_units(
    reads: Reads, caller: Caller, paging: PageRequest, *, fiscal_year: int
) -> Page[EvaluatedUnitOut]:
    """Units with a final evaluation of the whole department, each once."""
    rows = await reads.all(
        _UNITS, caller.region_code, fiscal_year, *paging.after(str), paging.limit + 1
    )
    return paging.page(rows, EvaluatedUnitOut.model_validate, lambda row: [row["unit_code"]])


async def self_evaluated_units(
    reads: Reads, caller: Caller, paging: PageRequest, *, fiscal_year: int
) -> Page[SelfEvaluatedUnitOut]:
    """Units that submitted self-evaluations, each once."""
    rows = await reads.all(
        _SELF_EVALUATED, caller.region_code, fiscal_year, *paging.after(str), paging.limit + 1
    )
    return paging.page(rows, SelfEvaluatedUnitOut.model_validate, lambda row: [row["unit_code"]])
