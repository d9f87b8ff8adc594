"""培训：登记、更正、清单，及参加培训的单位."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.evaluation.queries import trainings as queries
from services.evaluation.schemas.titles import TITLES
from services.evaluation.schemas.trainings import (
    TrainedUnitOut,
    TrainingIn,
    TrainingOut,
    TrainingSummary,
)
from services.evaluation.usecases import trainings as usecases
from shared.auth import Caller, allow
from shared.clock import Now
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
