"""随机抽取专家: once per purpose, by a seed nobody chose; a refusal brings in the next in order."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.draws import ALGORITHM, digest, ranking
from services.evaluation.errors import DrawExists, InvitationAnswered, TooFewExperts
from services.evaluation.queries.recusals import conflicts
from services.evaluation.schemas.experts import AnswerIn, DrawIn
from services.evaluation.tables import DrawCandidate, Expert, ExpertDraw, Invitation
from shared.auth import Caller
from shared.clock import business_day
from shared.db import TransactionReads, lock_one, wait_turn
from shared.etags import Expected
from shared.ids import new_id
from shared.problems import NotFound


async def draw_experts(session: AsyncSession, order: DrawIn, *, by: Caller, at: datetime) -> UUID:
    """Draw and invite. Raises DrawExists, TooFewExperts."""
    await _refuse_second_draw(session, order, by)
    experts = await _of_the_fields(session, order, by)
    passed_over = await _passed_over(session, experts, order, by=by, at=at)
    eligible = [str(each.id) for each in experts if each.id not in passed_over]
    if len(eligible) < order.wanted_count:
        raise TooFewExperts(_too_few(order, len(eligible), len(passed_over)))
    seed = secrets.token_hex(32)
    row = ExpertDraw(
        region_code=by.region_code,
        id=new_id(),
        **order.model_dump(),
        algorithm=ALGORITHM,
        seed=seed,
        candidates_digest=digest(eligible),
        drawn_by=by.subject,
        drawn_at=at,
    )
    session.add(row)
    await session.flush()
    ranked = [UUID(each) for each in ranking(eligible, seed)]
    await _record_candidates(session, row, ranked, passed_over)
    session.add_all(_invitation(row, each, at) for each in ranked[: order.wanted_count])
    return row.id


async def answer_invitation(
    session: AsyncSession,
    draw_id: UUID,
    answer: AnswerIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Record the caller's answer; after a refusal the next in the draw's order is invited."""
    # Rows of draws are append-only and therefore can't be locked themselves.
    await wait_turn(session, f"expert_draw/{by.region_code}/{draw_id}")
    draw = await session.get(ExpertDraw, (by.region_code, draw_id))
    if draw is None:
        raise NotFound
    invitation = await lock_one(session, _own_invitation(draw, by))
    expected.check(invitation.row_version)
    if invitation.status != "invited":
        raise InvitationAnswered
    invitation.status, invitation.reason = answer.answer, answer.reason
    invitation.answered_by, invitation.answered_at = by.subject, at
    invitation.row_version += 1
    if answer.answer == "declined":
        await _invite_next(session, draw, at)


async def _invite_next(session: AsyncSession, draw: ExpertDraw, at: datetime) -> None:
    asked = select(Invitation.expert_id).where(
        Invitation.region_code == draw.region_code, Invitation.draw_id == draw.id
    )
    following = await session.scalar(
        select(DrawCandidate.expert_id)
        .join(
            Expert,
            (Expert.region_code == DrawCandidate.region_code)
            & (Expert.id == DrawCandidate.expert_id),
        )
        .where(
            DrawCandidate.region_code == draw.region_code,
            DrawCandidate.draw_id == draw.id,
            DrawCandidate.rank.is_not(None),
            DrawCandidate.expert_id.not_in(asked),
            Expert.retired_at.is_(None),
        )
        .order_by(DrawCandidate.rank)
        .limit(1)
    )
    if following is not None:
        session.add(_invitation(draw, following, at))


def _own_invitation(draw: ExpertDraw, by: Caller) -> Select[Invitation]:
    return (
        select(Invitation)
        .join(
            Expert,
            (Expert.region_code == Invitation.region_code) & (Expert.id == Invitation.expert_id),
        )
        .where(
            Invitation.region_code == draw.region_code,
            Invitation.draw_id == draw.id,
            Expert.subject == by.subject,
            Expert.retired_at.is_(None),
        )
    )


async def _refuse_second_draw(session: AsyncSession, order: DrawIn, by: Caller) -> None:
    await wait_turn(session, f"expert_draw/{by.region_code}/{order.purpose}")
    known = await session.scalar(
        select(ExpertDraw.id).where(
            ExpertDraw.region_code == by.region_code, ExpertDraw.purpose == order.purpose
        )
    )
    if known is not None:
        raise DrawExists(f"“{order.purpose}”已抽取过专家；有人谢绝时按原顺序递补，不重新抽取")


async def _of_the_fields(session: AsyncSession, order: DrawIn, by: Caller) -> Sequence[Expert]:
    rows = await session.scalars(
        select(Expert)
        .where(
            Expert.region_code == by.region_code,
            Expert.retired_at.is_(None),
            Expert.fields.bool_op("&&")(order.fields),
        )
        .order_by(Expert.id)
    )
    return rows.all()


async def _passed_over(
    session: AsyncSession, experts: Sequence[Expert], order: DrawIn, *, by: Caller, at: datetime
) -> Mapping[UUID, str]:
    reasons: dict[UUID, str] = {}
    for each in experts:
        if each.employer_unit_code in order.unit_codes or each.employer in order.excluded_employers:
            reasons[each.id] = f"所在单位（{each.employer}）与本次对象有关或被排除"
    recused = await conflicts(
        TransactionReads(session),
        by.region_code,
        who=[each.id for each in experts],
        project_codes=order.project_codes,
        unit_codes=order.unit_codes,
        on=business_day(at),
    )
    for row in recused:
        reasons[row["expert_id"]] = (
            f"回避 {row['project_code'] or row['unit_code']}：{row['reason']}"
        )
    return reasons


async def _record_candidates(
    session: AsyncSession,
    draw: ExpertDraw,
    ranked: Sequence[UUID],
    passed_over: Mapping[UUID, str],
) -> None:
    places: list[tuple[UUID, int | None, str | None]] = [
        *((each, rank, None) for rank, each in enumerate(ranked, start=1)),
        *((each, None, reason) for each, reason in passed_over.items()),
    ]
    session.add_all(
        DrawCandidate(
            region_code=draw.region_code,
            draw_id=draw.id,
            expert_id=expert_id,
            rank=rank,
            passed_over=reason,
        )
        for expert_id, rank, reason in places
    )
    await session.flush()


def _invitation(draw: ExpertDraw, expert_id: UUID, at: datetime) -> Invitation:
    return Invitation(
        region_code=draw.region_code,
        draw_id=draw.id,
        expert_id=expert_id,
        status="invited",
        invited_at=at,
        row_version=1,
    )


def _too_few(order: DrawIn, eligible: int, passed_over: int) -> str:
    return (
        f"需要 {order.wanted_count} 人，所选领域可抽取的专家只有 {eligible} 人"
        f"（另有 {passed_over} 人因回避或所在单位不参加）；请增加领域或减少人数"
    )
