"""交换意见: every evaluated unit is asked, says what it thinks in writing, and is answered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.view_exchange import Exchange, outstanding
from services.evaluation.errors import OpinionsOutstanding, OpinionStateForbids
from services.evaluation.schemas.evaluation_steps import ExchangeIn, OpinionIn, ReplyIn
from services.evaluation.tables import Evaluation, EvaluationSubject, ViewExchange
from services.evaluation.usecases.steps import lock_evaluation, require_open, take_step
from shared.auth import Caller
from shared.clock import business_day
from shared.db import lock_one, within
from shared.etags import Expected
from shared.problems import InvalidPayload, NotFound


async def exchange_views(
    session: AsyncSession,
    evaluation_id: UUID,
    order: ExchangeIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Ask every evaluated unit for its view of the draft."""
    action = "evaluation.exchange_views"
    evaluation = await lock_evaluation(
        session, evaluation_id, action=action, expected=expected, by=by
    )
    if order.due_on < business_day(at):
        raise InvalidPayload("征求意见的期限（due_on）不能早于今天")
    round_no = await _rounds(session, evaluation) + 1
    units = await session.scalars(
        select(EvaluationSubject.unit_code)
        .filter_by(region_code=evaluation.region_code, evaluation_id=evaluation.id)
        .distinct()
    )
    session.add_all(
        ViewExchange(
            region_code=evaluation.region_code,
            evaluation_id=evaluation.id,
            round_no=round_no,
            unit_code=unit_code,
            due_on=order.due_on,
        )
        for unit_code in units
    )
    details = {"round_no": round_no, "due_on": order.due_on.isoformat()}
    await take_step(session, evaluation, action, "exchange_of_views", by=by, at=at, details=details)


async def opine(
    session: AsyncSession,
    evaluation_id: UUID,
    unit_code: str,
    said: OpinionIn,
    *,
    by: Caller,
    at: datetime,
) -> None:
    """Keep the unit's written opinion, said once in a round."""
    row = await _present(session, evaluation_id, unit_code, by=by)
    evaluation = await session.get_one(Evaluation, (row.region_code, row.evaluation_id))
    require_open(evaluation, "evaluation.opine")
    if row.opined_by is not None:
        raise OpinionStateForbids("本轮意见已经提出")
    row.agrees, row.opinion = said.agrees, said.opinion
    row.opined_by, row.opined_at = by.subject, at


async def reply(
    session: AsyncSession,
    evaluation_id: UUID,
    unit_code: str,
    said: ReplyIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Keep the agency's answer to an opinion."""
    await lock_evaluation(
        session, evaluation_id, action="evaluation.reply", expected=expected, by=by
    )
    row = await _present(session, evaluation_id, unit_code, by=by)
    if row.opined_by is None or row.replied_by is not None:
        raise OpinionStateForbids("单位尚未提出意见，或已经答复")
    row.accepted, row.reply = said.accepted, said.reply
    row.replied_by, row.replied_at = by.subject, at


async def require_views_exchanged(
    session: AsyncSession, evaluation: Evaluation, *, at: datetime
) -> None:
    """Raise OpinionsOutstanding while a unit may still speak or waits for an answer."""
    rows = await session.scalars(
        select(ViewExchange).filter_by(
            region_code=evaluation.region_code,
            evaluation_id=evaluation.id,
            round_no=await _rounds(session, evaluation),
        )
    )
    exchanges = [
        Exchange(
            row.unit_code,
            row.due_on,
            opined=row.opined_by is not None,
            settled=bool(row.agrees) or row.replied_by is not None,
        )
        for row in rows
    ]
    waiting = outstanding(exchanges, business_day(at))
    if waiting:
        raise OpinionsOutstanding("；".join(waiting[:20]))


async def _rounds(session: AsyncSession, evaluation: Evaluation) -> int:
    last = await session.scalar(
        select(func.max(ViewExchange.round_no)).filter_by(
            region_code=evaluation.region_code, evaluation_id=evaluation.id
        )
    )
    return last or 0


async def _present(
    session: AsyncSession, evaluation_id: UUID, unit_code: str, *, by: Caller
) -> ViewExchange:
    """What the unit was asked last, locked. Raises NotFound, also for another unit's."""
    asked = within(select(ViewExchange), ViewExchange, by).where(
        ViewExchange.evaluation_id == evaluation_id, ViewExchange.unit_code == unit_code
    )
    try:
        return await lock_one(session, asked.order_by(ViewExchange.round_no.desc()).limit(1))
    except NotFound as error:
        raise NotFound("没有就这项评价征求过该单位的意见") from error
