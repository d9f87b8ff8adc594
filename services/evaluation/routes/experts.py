"""专家库、回避与随机抽取."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.evaluation.queries import experts as queries
from services.evaluation.queries import recusals
from services.evaluation.schemas.experts import (
    AnswerIn,
    DrawIn,
    DrawOut,
    ExpertIn,
    ExpertOut,
    InvitationOut,
    RecusalEndIn,
    RecusalIn,
    RecusalOut,
    RetirementIn,
)
from services.evaluation.usecases import expert_draws
from services.evaluation.usecases import experts as usecases
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch, tagged
from shared.fields import Code
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["experts"], route_class=StrictRoute)

_BASE = "/api/v1/evaluation"
ExpertReader = Annotated[Caller, allow("expert.read")]
ExpertKeeper = Annotated[Caller, allow("expert.keep")]
RecusalReader = Annotated[Caller, allow("recusal.read")]
RecusalRecorder = Annotated[Caller, allow("recusal.record")]
DrawReader = Annotated[Caller, allow("expert_draw.read")]


@router.post("/experts", status_code=201, response_model=ExpertOut)
async def register_expert(
    body: ExpertIn, by: ExpertKeeper, session: Session, once: Once, now: Now
) -> Response:
    """专家入库：领域、所在单位、职称资格，以及其登录名（可空）。"""
    expert_id = await usecases.register_expert(session, body, by=by, at=now)
    out = await queries.expert(TransactionReads(session), by, expert_id)
    return await once.answer(out, location=f"{_BASE}/experts/{expert_id}", row_version=out.version)


@router.get("/experts")
async def list_experts(
    by: ExpertReader,
    reads: Reader,
    paging: Paging,
    field: Annotated[Code | None, Query(description="领域代码")] = None,
) -> Page[ExpertOut]:
    """专家库，最早入库的在前。"""
    return await queries.list_experts(reads, by, paging, field=field)


@router.get("/experts/{expert_id}", response_model=ExpertOut)
async def get_expert(
    request: Request, expert_id: UUID, by: ExpertReader, reads: Reader
) -> Response:
    """一位专家。"""
    out = await queries.expert(reads, by, expert_id)
    return tagged(request, out, out.version)


@router.post("/experts/{expert_id}/retirements", status_code=201, response_model=ExpertOut)
async def retire_expert(
    expert_id: UUID,
    body: RetirementIn,
    by: ExpertKeeper,
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """专家退库，须说明理由；此后不再参加抽取和递补。"""
    await usecases.retire_expert(session, expert_id, body, expected=if_match, by=by, at=now)
    out = await queries.expert(TransactionReads(session), by, expert_id)
    return await once.answer(out, row_version=out.version)


@router.post("/recusals", status_code=201, response_model=RecusalOut)
async def record_recusal(
    body: RecusalIn, by: RecusalRecorder, session: Session, once: Once, now: Now
) -> Response:
    """登记回避：一位专家、一家机构或其一位从业人员，对一个项目或一个单位。"""
    recusal_id = await usecases.record_recusal(session, body, by=by, at=now)
    out = await recusals.recusal(TransactionReads(session), by, recusal_id)
    return await once.answer(
        out, location=f"{_BASE}/recusals/{recusal_id}", row_version=out.version
    )


@router.get("/recusals")
async def list_recusals(by: RecusalReader, reads: Reader, paging: Paging) -> Page[RecusalOut]:
    """回避登记簿，最早的在前。"""
    return await recusals.list_recusals(reads, by, paging)


@router.get("/recusals/{recusal_id}", response_model=RecusalOut)
async def get_recusal(
    request: Request, recusal_id: UUID, by: RecusalReader, reads: Reader
) -> Response:
    """一条回避。"""
    out = await recusals.recusal(reads, by, recusal_id)
    return tagged(request, out, out.version)


@router.post("/recusals/{recusal_id}/endings", status_code=201, response_model=RecusalOut)
async def end_recusal(
    recusal_id: UUID,
    body: RecusalEndIn,
    by: RecusalRecorder,
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """解除回避，写明回避的最后一天。"""
    await usecases.end_recusal(session, recusal_id, body, expected=if_match, by=by, at=now)
    out = await recusals.recusal(TransactionReads(session), by, recusal_id)
    return await once.answer(out, row_version=out.version)


@router.post("/expert-draws", status_code=201, response_model=DrawOut)
async def draw_experts(
    body: DrawIn,
    by: Annotated[Caller, allow("expert_draw.make")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """随机抽取专家：种子由系统产生并公开，任何人可按种子和候选名单复算。"""
    draw_id = await expert_draws.draw_experts(session, body, by=by, at=now)
    out = await queries.draw(TransactionReads(session), by, draw_id)
    return await once.answer(out, location=f"{_BASE}/expert-draws/{draw_id}", row_version=1)


@router.get("/expert-draws")
async def list_expert_draws(by: DrawReader, reads: Reader, paging: Paging) -> Page[DrawOut]:
    """历次抽取，最早的在前。"""
    return await queries.list_draws(reads, by, paging)


@router.get("/expert-draws/{draw_id}")
async def get_expert_draw(draw_id: UUID, by: DrawReader, reads: Reader) -> DrawOut:
    """一次抽取：种子、算法、候选名单及其摘要、顺序、未参加者及理由、各人答复。"""
    return await queries.draw(reads, by, draw_id)


@router.get("/expert-invitations")
async def list_expert_invitations(
    by: Annotated[Caller, allow("expert_invitation.read")], reads: Reader, paging: Paging
) -> Page[InvitationOut]:
    """发给本人的邀请。"""
    return await queries.list_invitations(reads, by, paging)


@router.post("/expert-invitations/{draw_id}/answers", status_code=201, response_model=InvitationOut)
async def answer_expert_invitation(
    draw_id: UUID,
    body: AnswerIn,
    by: Annotated[Caller, allow("expert_invitation.answer")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """本人答复邀请；谢绝须说明理由，由抽取顺序中的下一位递补。"""
    await expert_draws.answer_invitation(session, draw_id, body, expected=if_match, by=by, at=now)
    out = await queries.invitation(TransactionReads(session), by, draw_id)
    return await once.answer(out, row_version=out.version)
