"""单位自评：布置、填报、报送."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.evaluation.queries import self_evaluation_forms as forms
from services.evaluation.queries import self_evaluations as queries
from services.evaluation.queries.self_evaluations import Filter
from services.evaluation.schemas.self_evaluations import (
    BatchIn,
    BatchOut,
    Empty,
    GradeCode,
    ReturnIn,
    ReturnsOut,
    SelfEvaluationOut,
    SelfEvaluationPatch,
    SelfEvaluationSummary,
    Status,
    SubmissionOut,
    SubmissionsIn,
    SubmissionsOut,
    UnitCode,
)
from services.evaluation.schemas.titles import TITLES
from services.evaluation.usecases import (
    self_evaluation_batches,
    self_evaluation_returns,
    self_evaluation_submissions,
)
from services.evaluation.usecases import self_evaluations as usecases
from services.evaluation.usecases.self_evaluation_submissions import Outcome
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch, etag, tagged
from shared.exports import listed
from shared.fields import YearQuery
from shared.idempotency import Once, OnceOnly
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["self-evaluations"], route_class=StrictRoute)

FormReader = Annotated[Caller, allow("self_evaluation.read")]
Opener = Annotated[Caller, allow("self_evaluation.open")]


@router.post("/self-evaluation-batches", status_code=201, response_model=BatchOut)
async def open_self_evaluations(
    request: Request, body: BatchIn, by: Opener, session: Session, once: Once, now: Now
) -> Response:
    """布置自评：为当年每个批复的目标建一张自评表，指标由目标带出，资金由支付数据带出。"""
    rules = request.app.state.rules
    batch_id = await self_evaluation_batches.open_batch(session, body, rules=rules, by=by, at=now)
    out = await queries.batch(TransactionReads(session), by, batch_id)
    location = f"/api/v1/evaluation/self-evaluation-batches/{batch_id}"
    return await once.answer(out, location=location)


@router.get("/self-evaluation-batches/{batch_id}")
async def get_self_evaluation_batch(batch_id: UUID, by: Opener, reads: Reader) -> BatchOut:
    """一次布置。"""
    return await queries.batch(reads, by, batch_id)


@listed(router, "/self-evaluations", "单位自评", TITLES)
async def list_self_evaluations(
    by: FormReader,
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery | None = None,
    unit_code: Annotated[UnitCode | None, Query()] = None,
    status: Annotated[list[Status] | None, Query(description="可重复：任一状态")] = None,
    grade: Annotated[GradeCode | None, Query()] = None,
    waits_for_letter: Annotated[
        bool | None, Query(description="复审建议整改而尚未要求整改")
    ] = None,
) -> Page[SelfEvaluationSummary]:
    """自评，最早的在前；金额为本级资金（元），报送时确定。"""
    chosen = Filter(fiscal_year, unit_code, status, grade, waits_for_letter)
    return await queries.list_self_evaluations(reads, by, paging, chosen)


@router.get("/self-evaluations/{self_evaluation_id}", response_model=SelfEvaluationOut)
async def get_self_evaluation(
    request: Request, self_evaluation_id: UUID, by: FormReader, reads: Reader
) -> Response:
    """一张自评表：资金在报送前随支付数据变动，报送时冻结；每个得分附计分依据。"""
    out = await forms.self_evaluation(reads, by, self_evaluation_id, request.app.state.rules)
    if out.status == "open":  # its money moves without its version: never "not modified"
        return JSONResponse(out.model_dump(mode="json"), headers={"ETag": etag(out.version)})
    return tagged(request, out, out.version)


@router.patch("/self-evaluations/{self_evaluation_id}", response_model=SelfEvaluationOut)
async def fill_self_evaluation(
    request: Request,
    self_evaluation_id: UUID,
    body: SelfEvaluationPatch,
    by: Annotated[Caller, allow("self_evaluation.fill")],
    session: Session,
    if_match: IfMatch,
    now: Now,
) -> Response:
    """填报自评表（merge patch；`rows` 按 position 只改所列的行）。"""
    await usecases.fill(session, self_evaluation_id, body, expected=if_match, by=by, at=now)
    reads = TransactionReads(session)
    out = await forms.self_evaluation(reads, by, self_evaluation_id, request.app.state.rules)
    return tagged(request, out, out.version)


@router.post(
    "/self-evaluations/{self_evaluation_id}/submissions",
    status_code=201,
    response_model=SelfEvaluationOut,
)
async def submit_self_evaluation(
    request: Request,
    self_evaluation_id: UUID,
    body: Empty,
    by: Annotated[Caller, allow("self_evaluation.submit")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """单位审核后报送：按规则计分、定等级、冻结资金。填报人不能自己报送。"""
    rules = request.app.state.rules
    await self_evaluation_submissions.submit(
        session, self_evaluation_id, expected=if_match, rules=rules, by=by, at=now
    )
    return await _answer(request, session, once, by, self_evaluation_id)


@router.post("/self-evaluation-submissions", response_model=SubmissionsOut)
async def submit_self_evaluations(
    request: Request,
    body: SubmissionsIn,
    by: Annotated[Caller, allow("self_evaluation.submit")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """成批报送，至多 2000 张：逐张核对，能报送的报送，其余逐张说明原因与改法。"""
    outcomes = await self_evaluation_submissions.submit_several(
        session, body.forms, rules=request.app.state.rules, by=by, at=now
    )
    return await once.answer(_told(outcomes), status=200)


@router.post(
    "/self-evaluations/{self_evaluation_id}/refreshes",
    status_code=201,
    response_model=SelfEvaluationOut,
)
async def refresh_self_evaluation(
    request: Request,
    self_evaluation_id: UUID,
    body: Empty,
    by: Annotated[Caller, allow("self_evaluation.refresh")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """目标调整批复后刷新自评表：带入最新批复的指标，仍有的指标保留已填内容。"""
    await self_evaluation_returns.refresh_form(
        session, self_evaluation_id, expected=if_match, by=by, at=now
    )
    return await _answer(request, session, once, by, self_evaluation_id)


@router.post(
    "/self-evaluations/{self_evaluation_id}/returns",
    status_code=201,
    response_model=SelfEvaluationOut,
)
async def return_self_evaluation(
    request: Request,
    self_evaluation_id: UUID,
    body: ReturnIn,
    by: Annotated[Caller, allow("self_evaluation.return")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """退回已报送、尚未复审的自评，由单位修改后重新报送；此前的得分留在退回记录里。"""
    await self_evaluation_returns.return_form(
        session, self_evaluation_id, body, expected=if_match, by=by, at=now
    )
    return await _answer(request, session, once, by, self_evaluation_id)


@router.get("/self-evaluations/{self_evaluation_id}/returns")
async def get_self_evaluation_returns(
    self_evaluation_id: UUID, by: FormReader, reads: Reader
) -> ReturnsOut:
    """退回记录：何时、由谁、为何退回，退回时的得分与等级。"""
    return await forms.returns(reads, by, self_evaluation_id)


def _told(outcomes: Sequence[Outcome]) -> SubmissionsOut:
    results = [
        SubmissionOut(
            id=each.form_id,
            status="refused" if each.refused else "submitted",
            total=None if each.refused or each.form is None else each.form.total,
            grade=None if each.refused or each.form is None else each.form.grade,
            code=each.refused.code() if each.refused else None,
            detail=(each.refused.detail or each.refused.title()) if each.refused else None,
            errors=list(each.refused.errors) if each.refused else [],
        )
        for each in outcomes
    ]
    refused = sum(each.status == "refused" for each in results)
    return SubmissionsOut(submitted=len(results) - refused, refused=refused, results=results)


async def _answer(
    request: Request, session: Session, once: OnceOnly, by: Caller, self_evaluation_id: UUID
) -> Response:
    reads = TransactionReads(session)
    out = await forms.self_evaluation(reads, by, self_evaluation_id, request.app.state.rules)
    return await once.answer(out, row_version=out.version)
