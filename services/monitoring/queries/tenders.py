"""招标结果 with its earlier reports."""

from services.monitoring.schemas.tenders import TenderOut
from shared.auth import Caller
from shared.db import Reads
from shared.problems import NotFound

_TENDERS = """
    select t.project_code, t.fiscal_year, t.version, t.tender_on, t.reported_by, t.reported_at
    from tender t
    where t.region_code = $1 and t.project_code = $3 and t.fiscal_year = $4
      and ($2::text[] is null or exists (
            select from approved_goal g where g.region_code = t.region_code
              and g.project_code = t.project_code and g.fiscal_year = t.fiscal_year
              and g.unit_code = any ($2)))
    order by t.version desc
"""


async def tender(reads: Reads, caller: Caller, project_code: str, fiscal_year: int) -> TenderOut:
    """The report that holds. Raises NotFound when nothing was reported."""
    rows = await reads.all(_TENDERS, caller.region_code, caller.units, project_code, fiscal_year)
    if not rows:
        raise NotFound
    newest, *earlier = rows
    return TenderOut.model_validate({**newest, "earlier": earlier})
