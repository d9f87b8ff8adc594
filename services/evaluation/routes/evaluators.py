"""独立评分：评价人员、回避声明、各自的评分表、结束评分、分差、保留意见."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from services.evaluation.queries import evaluators as queries
from services.evaluation.routes.evaluations import EvaluationReader, answer
from services.evaluation.schemas.evaluations import EvaluationOut
from services.evaluation.schemas.evaluators import (
    ClosureIn,
    DeclarationIn,
    DissentIn,
    EvaluatorsOut,
    OwnSheetsOut,
    SpreadOut,
)
from services.evaluation.usecases import blind_scoring
from services.evaluation.usecases.scoring_closure import close_scoring as close
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session
from shared.etags import IfMatch
from shared.idempotency import Once
from shared.requests import StrictRoute

router = APIRouter(tags=["evaluators"], route_class=StrictRoute)


@router.post(
    "/evaluations/{evaluation_id}/declarations", status_code=201, response_model=EvaluationOut
)
async def declare_interest(
    evaluation_id: UUID,
    body: DeclarationIn,
    by: Annotated[Caller, allow("evaluation.declare")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """回避声明：有无利害关系，只作一次；声明之前不能评分，也看不到评分。"""
    await blind_scoring.declare(session, evaluation_id, body, expected=if_match, by=by, at=now)
    return await answer(session, once, by, evaluation_id)


@router.post(
    "/evaluations/{evaluation_id}/scoring-closures", status_code=201, response_model=EvaluationOut
)
async def close_scoring(
    request: Request,
    evaluation_id: UUID,
    body: ClosureIn,
    by: Annotated[Caller, allow("evaluation.close_scoring")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """结束独立评分：按既定办法合并各人的评分表；不计入某人或改变办法须说明理由。"""
    await close(
        session,
        evaluation_id,
        body,
        expected=if_match,
        rules=request.app.state.rules,
        by=by,
        at=now,
    )
    return await answer(session, once, by, evaluation_id)


@router.post("/evaluations/{evaluation_id}/dissents", status_code=201, response_model=EvaluationOut)
async def dissent_from_score(
    evaluation_id: UUID,
    body: DissentIn,
    by: Annotated[Caller, allow("evaluation.dissent")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """保留意见，与合并的得分一同保存。"""
    await blind_scoring.dissent(session, evaluation_id, body, expected=if_match, by=by, at=now)
    return await answer(session, once, by, evaluation_id)


@router.get("/evaluations/{evaluation_id}/evaluators")
async def get_evaluators(evaluation_id: UUID, by: EvaluationReader, reads: Reader) -> EvaluatorsOut:
    """评价人员及其回避声明；财政看到全体和已报份数，其他人只看到自己。"""
    return await queries.evaluators(reads, by, evaluation_id)


@router.get("/evaluations/{evaluation_id}/own-scoring-sheets")
async def get_own_scoring_sheets(
    evaluation_id: UUID, by: EvaluationReader, reads: Reader
) -> OwnSheetsOut:
    """本人本轮报送的评分表。"""
    return await queries.own_sheets(reads, by, evaluation_id)


@router.get("/evaluations/{evaluation_id}/scoring-spreads/{group_no}")
async def get_scoring_spread(
    evaluation_id: UUID,
    group_no: Annotated[int, Path(ge=1, le=9999)],
    by: EvaluationReader,
    reads: Reader,
) -> SpreadOut:
    """各人评分、逐行分差和保留意见；结束独立评分之后才有。"""
    return await queries.spread(reads, by, evaluation_id, group_no)
