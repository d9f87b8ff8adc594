"""用款计划 with its earlier versions."""

from services.monitoring.access import allowed_on_plan
from services.monitoring.schemas.payment_plans import PaymentPlanOut
from shared.auth import Caller
from shared.db import Reads
from shared.problems import NotFound

_PLANS = """
    select p.project_code, p.fiscal_year, p.version, p.planned_pct_by_month, p.filed_by, p.filed_at
    from payment_plan p
    where p.region_code = $1 and p.project_code = $3 and p.fiscal_year = $4
      and ($2::text[] is null or exists (
            select from approved_goal g where g.region_code = p.region_code
              and g.project_code = p.project_code and g.fiscal_year = p.fiscal_year
              and g.unit_code = any ($2)))
    order by p.version desc
"""


async def payment_plan(
    reads: Reads, caller: Caller, project_code: str, fiscal_year: int
) -> PaymentPlanOut:
    """The plan in force. Raises NotFound when there is none: one twelfth a month is assumed then."""
    rows = await reads.all(_PLANS, caller.region_code, caller.units, project_code, fiscal_year)
    if not rows:
        raise NotFound
    newest, *earlier = rows
    return PaymentPlanOut.model_validate(
        {**newest, "earlier": earlier, "allowed_actions": allowed_on_plan(caller.principal)}
    )
