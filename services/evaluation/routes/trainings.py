"""培训：登记、更正、清单，及参加培训的单位."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.evaluation.clients import drafts_around
from services.evaluation.domain.training_effect import USUAL_DAYS
from services.evaluation.queries import training_effect
from services.evaluation.queries import trainings as queries
from services.evaluation.schemas.titles import TITLES
from services.evaluation.schemas.training_effect import TrainingEffectOut
from services.evaluation.schemas.trainings import (
    TrainedUnitOut,
    TrainingIn,
    TrainingOut,
    TrainingSummary,
)
from services.evaluation.usecases import trainings as usecases
from shared.auth import Caller, allow
from shared.clock import Now, business_day
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch, tagged
from shared.exports import listed
from shared.fields import YearQuery
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["trainings"], route_class=StrictRoute)

TrainingReader = Annotated[Caller, allow("training.read")]
Recorder = Annotated[Caller, allow("training.record")]


@router.post("/trainings", status_code=201, response_model=TrainingOut)
async def record_training(
    body: TrainingIn, by: Recorder, session: Session, once: Once, now: Now
) -> Response:
    """登记一次培训：时间、内容、授课人、材料，及各单位参加的人数。"""
    training_id = await usecases.record(session, body, by=by, at=now)
    out = await queries.training(TransactionReads(session), by, training_id)
    location = f"/api/v1/evaluation/trainings/{training_id}"
    return await once.answer(out, location=location, row_version=out.version)


@listed(router, "/trainings", "培训", TITLES)
async def list_trainings(
    by: TrainingReader, reads: Reader, paging: Paging, fiscal_year: YearQuery | None = None
) -> Page[TrainingSummary]:
    """培训，先登记的在前。"""
    return await queries.list_trainings(reads, by, paging, fiscal_year=fiscal_year)


@router.get("/trainings/{training_id}", response_model=TrainingOut)
async def get_training(
    request: Request, training_id: UUID, by: TrainingReader, reads: Reader
) -> Response:
    """一次培训；单位只见本单位参加的人数。"""
    out = await queries.training(reads, by, training_id)
    return tagged(request, out, out.version)


@router.get("/trainings/{training_id}/effect")
async def get_training_effect(
    request: Request,
    training_id: UUID,
    by: Annotated[Caller, allow("training.compare")],
    reads: Reader,
    now: Now,
    days: Annotated[int, Query(ge=1, le=366, description="前后各多少天")] = USUAL_DAYS,
    attended: Annotated[bool | None, Query(description="只列参加或未参加的单位")] = None,
) -> TrainingEffectOut:
    """培训前后各若干天首次报送的目标审得怎样，参加与未参加的单位分列；只列数字，不断言因果。"""
    held = await training_effect.held(reads, by, training_id)
    before, after = await drafts_around(request.app.state.peers, by, held.held_on, days)
    effect = training_effect.effect_of(held, before, after, days=days, today=business_day(now))
    return training_effect.only(effect, attended)


@router.put("/trainings/{training_id}", response_model=TrainingOut)
async def correct_training(
    request: Request,
    training_id: UUID,
    body: TrainingIn,
    by: Recorder,
    session: Session,
    if_match: IfMatch,
    now: Now,
) -> Response:
    """更正一次培训：以所提交的整份记录代替原来的。"""
    await usecases.correct(session, training_id, body, expected=if_match, by=by, at=now)
    out = await queries.training(TransactionReads(session), by, training_id)
    return tagged(request, out, out.version)


@listed(router, "/trained-units", "参加培训的单位", TITLES)
async def list_trained_units(
    by: TrainingReader, reads: Reader, paging: Paging, fiscal_year: YearQuery
) -> Page[TrainedUnitOut]:
    """某年度有人参加培训的单位，按单位编码；只计登记了参加人员的。"""
    return await queries.trained_units(reads, by, paging, fiscal_year=fiscal_year)
