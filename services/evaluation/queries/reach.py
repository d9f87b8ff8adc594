"""What an agency reaches: the work of its contracts, on the days they run."""

from collections.abc import Sequence
from uuid import UUID

from shared import clock
from shared.auth import Caller
from shared.db import Reads

#: The plan in force for self-evaluation `s`: the newest that drew it.
PLAN_OF = """
    (select d.plan_id from recheck_plan_candidate d
     where d.region_code = s.region_code and d.self_evaluation_id = s.id and d.drawn
     order by d.plan_id desc limit 1)
"""

#: Self-evaluations `s` that contracts $3 are to re-review. A form in a plan is its reviewer's; the
#: others of the year are reached by contracts without a plan. Work done stays readable.
TO_RECHECK = f"""
    exists (
        select from engagement e
        where e.region_code = s.region_code and e.id = any ($3) and e.scope = 'result_recheck'
          and e.fiscal_year = s.fiscal_year and (
            coalesce((select coalesce(p.engagement_id = e.id, false) from recheck_plan p
                      where p.region_code = s.region_code and p.id = {PLAN_OF}),
                     not exists (select from recheck_plan o where o.region_code = e.region_code
                                 and o.engagement_id = e.id))
            or exists (select from recheck r where r.region_code = s.region_code
                       and r.self_evaluation_id = s.id and r.engagement_id = e.id)))
"""

_OPEN = """
    select n.id from engagement n
    join agency a on a.region_code = n.region_code and a.id = n.agency_id
    where n.region_code = $1 and a.uscc = $2 and n.terminated_on is null
      and $3 between n.starts_on and n.ends_on
"""


async def open_contracts(reads: Reads, caller: Caller) -> Sequence[UUID] | None:
    """The contracts of the caller's agency that run today; None for whoever is not an agency."""
    if caller.agency is None:
        return None
    today = clock.business_day(clock.now())
    rows = await reads.all(_OPEN, caller.region_code, caller.agency, today)
    return [row["id"] for row in rows]


async def reach(
    reads: Reads, caller: Caller
) -> tuple[str, list[str] | None, Sequence[UUID] | None]:
    """The region, the units and the open contracts whose rows the caller reaches."""
    return caller.region_code, caller.units, await open_contracts(reads, caller)
