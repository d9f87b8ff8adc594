"""公开: a unit publishes what was approved; the bureau may exempt a secret goal, with a reason."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.domain.goal_states import Step
from services.goals.errors import DisclosedTooEarly, NothingToDisclose
from services.goals.queries.facts import DISCLOSED
from services.goals.schemas.approvals import DisclosureIn
from services.goals.schemas.events import GoalDisclosed
from services.goals.tables import Disclosure
from services.goals.usecases.approvals import note_all
from services.goals.usecases.steps import lock_goal, note
from shared import clock
from shared.auth import Caller, Resource
from shared.etags import Expected
from shared.feed import publish_selected
from shared.ids import new_id
from shared.problems import FieldError, InvalidPayload, NotFound

_APPROVED_LATER = text("""
    select b.document_no, b.approved_on from goal g
    join approval_batch b on b.region_code = g.region_code and b.id = g.batch_id
    where g.region_code = :region_code and g.disclosure_id = :disclosure_id
      and b.approved_on > :disclosed_on
    order by b.approved_on desc limit 1
""")

_DISCLOSE = text("""
    update goal set disclosure_id = :disclosure_id, disclosed_version = approved_version,
                    row_version = row_version + 1, updated_at = :at
    where region_code = :region_code and unit_code = :unit_code and fiscal_year = :fiscal_year
      and approved_version is not null and disclosed_version is distinct from approved_version
      and disclosure_exemption is null
    returning id
""")


async def disclose(session: AsyncSession, order: DisclosureIn, *, by: Caller, at: datetime) -> UUID:
    """Record that the unit has published its approved goals.

    Raises NothingToDisclose, DisclosedTooEarly, InvalidPayload for a day to come.
    """
    today = clock.business_day(at)
    if order.disclosed_on > today:
        raise InvalidPayload(errors=[_yet_to_come(today)])
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
    await _require_approved_by_then(session, values, order)
    if not ids:
        raise NothingToDisclose(f"{order.unit_code} 在 {order.fiscal_year} 年没有待公开的目标")
    disclosure.goal_count = len(ids)
    await note_all(session, "disclose", ids, by=by, at=at, reason=order.url)
    await publish_selected(session, GoalDisclosed, DISCLOSED, values, count=len(ids), at=at)
    return disclosure.id


async def _require_approved_by_then(
    session: AsyncSession, disclosed: Mapping[str, Any], order: DisclosureIn
) -> None:
    """Nobody publishes what is not approved yet: such a day would count as published in time."""
    values = {**disclosed, "disclosed_on": order.disclosed_on}
    later = (await session.execute(_APPROVED_LATER, values)).one_or_none()
    if later is not None:
        raise DisclosedTooEarly(
            f"{later.document_no} {later.approved_on} 才批复，公开日期是 {order.disclosed_on}"
        )


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


def _yet_to_come(today: date) -> FieldError:
    return FieldError(
        pointer="/disclosed_on",
        code="day_to_come",
        detail=f"今天是 {today}，公开日期还没有到",
        mend="请在公开之后登记，填写实际公开的日期",
    )
