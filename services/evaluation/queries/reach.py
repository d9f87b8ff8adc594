"""What an agency reaches: the work of its contracts, on the days they run."""

from collections.abc import Sequence
from uuid import UUID

from shared import clock
from shared.auth import Caller
from shared.db import Reads

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
