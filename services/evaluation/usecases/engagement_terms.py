"""A contract that runs longer than agreed, or ends early: each with its reason."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.errors import EngagementEnded
from services.evaluation.schemas.engagements import ExtensionIn, TerminationIn
from services.evaluation.tables import Engagement
from services.evaluation.usecases.engagements import term_of
from shared.auth import Caller
from shared.clock import business_day
from shared.db import lock_one
from shared.etags import Expected
from shared.problems import FieldError, InvalidPayload


async def extend(
    session: AsyncSession,
    engagement_id: UUID,
    term: ExtensionIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Let the contract run until a later day; an expired one opens again."""
    engagement = await _standing(session, engagement_id, expected=expected, by=by)
    if term.ends_on <= engagement.ends_on:
        raise InvalidPayload(errors=[_not_later(engagement)])
    engagement.ends_on = term.ends_on
    _write_down(session, engagement, "extended", reason=term.reason, by=by, at=at)


async def terminate(
    session: AsyncSession,
    engagement_id: UUID,
    order: TerminationIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """End the contract now: from this instant its agency reaches nothing by it."""
    engagement = await _standing(session, engagement_id, expected=expected, by=by)
    engagement.terminated_on = business_day(at)
    _write_down(session, engagement, "terminated", reason=order.reason, by=by, at=at)


async def _standing(
    session: AsyncSession, engagement_id: UUID, *, expected: Expected, by: Caller
) -> Engagement:
    statement = select(Engagement).where(
        Engagement.region_code == by.region_code, Engagement.id == engagement_id
    )
    engagement = await lock_one(session, statement)
    expected.check(engagement.row_version)
    if engagement.terminated_on is not None:
        raise EngagementEnded(
            f"合同 {engagement.contract_no} 已于 {engagement.terminated_on} 提前终止；"
            "需要继续委托的，请另订合同"
        )
    return engagement


def _write_down(
    session: AsyncSession,
    engagement: Engagement,
    kind: str,
    *,
    reason: str,
    by: Caller,
    at: datetime,
) -> None:
    engagement.row_version += 1
    engagement.updated_at = at
    position = engagement.row_version
    session.add(term_of(engagement, kind, position=position, reason=reason, by=by, at=at))


def _not_later(engagement: Engagement) -> FieldError:
    return FieldError(
        pointer="/ends_on",
        code="not_later",
        detail=f"合同现至 {engagement.ends_on}，延期后的结束日期应更晚",
        mend="请填写更晚的日期；要提前结束合同，请登记提前终止",
    )
