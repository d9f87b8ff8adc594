"""公开: a unit publishes what was approved; the bureau may exempt a secret goal, with a reason."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.domain.goal_states import Step
from services.goals.errors import NothingToDisclose
from services.goals.queries.facts import DISCLOSED
from services.goals.schemas.approvals import DisclosureIn
from services.goals.schemas.events import GoalDisclosed
from services.goals.tables import Disclosure
from services.goals.usecases.approvals import note_all
from services.goals.usecases.steps import lock_goal, note
from shared.auth import Caller, Resource
from shared.etags import Expected
from shared.feed import publish_selected
from shared.ids import new_id
from shared.problems import NotFound

_DISCLOSE = text("""
    update goal set disclosure_id = :disclosure_id, disclosed_version = approved_version,
                    row_version = row_version + 1, updated_at = :at
    where region_code = :region_code and unit_code = :unit_code and fiscal_year = :fiscal_year
      and approved_version is not null and disclosed_version is distinct from approved_version
      and disclosure_exemption is null
    returning id
""")


async def disclose(session: AsyncSession, order: DisclosureIn, *, by: Caller, at: datetime) -> UUID:
    """Record that the unit has published its approved goals. Raises NothingToDisclose."""
    if not by.reaches(Resource(by.region_code, order.unit_code)):
        raise NotFound("没有这个单位，或不属于您")
    disclosure = Disclosure(
        region_code=by.region_code,
        id=new_id(),
        **order.model_dump(),
        disclosed_by=by.subject,
        goal_count=0,
        created_at=at,
    )
    session.add(disclosure)
    await session.flush()
    values = {"region_code": by.region_code, "disclosure_id": disclosure.id}
    wanted = {"unit_code": order.unit_code, "fiscal_year": order.fiscal_year, "at": at}
    ids = list(await session.scalars(_DISCLOSE, {**values, **wanted}))
    if not ids:
        raise NothingToDisclose(f"{order.unit_code} 在 {order.fiscal_year} 年没有待公开的目标")
    disclosure.goal_count = len(ids)
    await note_all(session, "disclose", ids, by=by, at=at, reason=order.url)
    await publish_selected(session, GoalDisclosed, DISCLOSED, values, count=len(ids), at=at)
    return disclosure.id


async def exempt(
    session: AsyncSession,
    goal_id: UUID,
    reason: str,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Exempt a goal that must not be published (涉密); it leaves the rate's denominator."""
    goal = await lock_goal(session, goal_id, by=by, expected=expected, step=Step.EXEMPT)
    goal.disclosure_exemption = reason
    note(session, goal, Step.EXEMPT, by=by, at=at, reason=reason)
