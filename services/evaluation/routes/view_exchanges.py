"""交换意见：单位的书面意见，机构的答复."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.evaluation.queries import evaluation_steps as queries
from services.evaluation.schemas.evaluation_steps import (
    OpinionIn,
    ReplyIn,
    ViewExchangeOut,
    ViewExchangesOut,
)
from services.evaluation.schemas.self_evaluations import UnitCode
from services.evaluation.schemas.titles import TITLES
from services.evaluation.usecases import view_exchanges as usecases
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch
from shared.exports import listed
from shared.fields import YearQuery
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["view-exchanges"], route_class=StrictRoute)

ViewsReader = Annotated[Caller, allow("evaluation.read_opinions")]


@listed(router, "/view-exchanges", "交换意见", TITLES)
async def list_view_exchanges(
    by: ViewsReader,
    reads: Reader,
    paging: Paging,
    waits_for_opinion: Annotated[bool, Query(description="只列等待单位意见的")] = False,
    fiscal_year: YearQuery | None = None,
) -> Page[ViewExchangeOut]:
    """交换意见：单位只见征求自己的，机构只见自己受托评价的；依评价、轮次、单位排列。"""
    return await queries.list_view_exchanges(
        reads, by, paging, waits_for_opinion=waits_for_opinion, fiscal_year=fiscal_year
    )


@router.get("/evaluations/{evaluation_id}/view-exchanges")
async def get_view_exchanges(
    evaluation_id: UUID, by: ViewsReader, reads: Reader
) -> ViewExchangesOut:
    """一项评价的交换意见，各轮各单位。"""
    return await queries.view_exchanges(reads, by, evaluation_id)


@router.post(
    "/evaluations/{evaluation_id}/view-exchanges/{unit_code}/opinions",
    status_code=201,
    response_model=ViewExchangesOut,
)
async def give_opinion(
    evaluation_id: UUID,
    unit_code: UnitCode,
    body: OpinionIn,
    by: Annotated[Caller, allow("evaluation.opine")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """单位对初步结论提出书面意见，每轮一次。"""
    await usecases.opine(session, evaluation_id, unit_code, body, by=by, at=now)
    out = await queries.view_exchanges(TransactionReads(session), by, evaluation_id)
    return await once.answer(out)


@router.post(
    "/evaluations/{evaluation_id}/view-exchanges/{unit_code}/replies",
    status_code=201,
    response_model=ViewExchangesOut,
)
async def reply_to_opinion(
    evaluation_id: UUID,
    unit_code: UnitCode,
    body: ReplyIn,
    by: Annotated[Caller, allow("evaluation.reply")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """机构答复单位的意见：采纳，或不采纳及理由。"""
    await usecases.reply(session, evaluation_id, unit_code, body, expected=if_match, by=by, at=now)
    out = await queries.view_exchanges(TransactionReads(session), by, evaluation_id)
    return await once.answer(out)
