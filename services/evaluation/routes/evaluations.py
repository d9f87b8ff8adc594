"""重点项目评价、部门整体评价与政策评价：布置、评分、审定."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from services.evaluation.queries import evaluations as queries
from services.evaluation.queries.evaluations import ResultFilter
from services.evaluation.schemas.evaluations import (
    EvaluationIn,
    EvaluationOut,
    EvaluationSummary,
    Kind,
    ResultOut,
    ScoringSheetIn,
    ScoringSheetOut,
    Status,
)
from services.evaluation.schemas.self_evaluations import Empty, GradeCode
from services.evaluation.schemas.titles import TITLES
from services.evaluation.usecases import evaluations as usecases
from services.evaluation.usecases import scoring
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch, tagged
from shared.exports import listed
from shared.fields import YearQuery
from shared.idempotency import Once, OnceOnly
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["evaluations"], route_class=StrictRoute)

EvaluationReader = Annotated[Caller, allow("evaluation.read")]
ResultReader = Annotated[Caller, allow("result.read")]


@router.post("/evaluations", status_code=201, response_model=EvaluationOut)
async def plan_evaluation(
    request: Request,
    body: EvaluationIn,
    by: Annotated[Caller, allow("evaluation.plan")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """布置评价：分组列出评价对象，一组一个得分；项目须有当年批复的绩效目标。

    政策评价一组一项政策：写明政策名称（policy_title），对象是执行政策的单位，项目可填可不填。
    """
    rules = request.app.state.rules
    evaluation_id = await usecases.plan(session, body, rules=rules, by=by, at=now)
    return await answer(session, once, by, evaluation_id, created=True)


@listed(router, "/evaluations", "评价", TITLES)
async def list_evaluations(
    by: EvaluationReader,
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery | None = None,
    kind: Annotated[Kind | None, Query()] = None,
    status: Annotated[Status | None, Query()] = None,
) -> Page[EvaluationSummary]:
    """评价，最早的在前；第三方机构只见自己受托的。"""
    return await queries.list_evaluations(
        reads, by, paging, fiscal_year=fiscal_year, kind=kind, status=status
    )


@router.get("/evaluations/{evaluation_id}", response_model=EvaluationOut)
async def get_evaluation(
    request: Request, evaluation_id: UUID, by: EvaluationReader, reads: Reader
) -> Response:
    """一项评价及其各组对象和得分。"""
    out = await queries.evaluation(reads, by, evaluation_id)
    return tagged(request, out, out.version)


@router.post(
    "/evaluations/{evaluation_id}/scoring-sheets", status_code=201, response_model=EvaluationOut
)
async def score_evaluation_group(
    request: Request,
    evaluation_id: UUID,
    body: ScoringSheetIn,
    by: Annotated[Caller, allow("evaluation.score")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """按审定的指标体系报送一组的评分表；得分由规则计算。指定了评价人员的，各自独立报送、互不可见。"""
    rules = request.app.state.rules
    await scoring.score_group(
        session, evaluation_id, body, expected=if_match, rules=rules, by=by, at=now
    )
    return await answer(session, once, by, evaluation_id)


@router.get("/evaluations/{evaluation_id}/scoring-sheets/{group_no}")
async def get_scoring_sheet(
    request: Request,
    evaluation_id: UUID,
    group_no: Annotated[int, Path(ge=1, le=9999)],
    by: ResultReader,
    reads: Reader,
) -> ScoringSheetOut:
    """一组的评分表：每行得分、合计、等级的依据。"""
    rules = request.app.state.rules
    return await queries.scoring_sheet(reads, by, evaluation_id, group_no, rules)


@router.post("/evaluations/{evaluation_id}/results", status_code=201, response_model=EvaluationOut)
async def finalize_evaluation(
    evaluation_id: UUID,
    body: Empty,
    by: Annotated[Caller, allow("evaluation.finalize")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """审定结果：每组一个结果，随即发布。交换意见须已完成；布置评价的人不能审定。"""
    await usecases.finalize(session, evaluation_id, expected=if_match, by=by, at=now)
    return await answer(session, once, by, evaluation_id)


@listed(router, "/results", "评价结果", TITLES)
async def list_results(
    by: ResultReader,
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery | None = None,
    kind: Annotated[Kind | None, Query()] = None,
    status: Annotated[Status | None, Query()] = None,
    grade: Annotated[GradeCode | None, Query()] = None,
) -> Page[ResultOut]:
    """有得分的组，一组一行；单位只见涉及自己的已审定结果。"""
    chosen = ResultFilter(fiscal_year, kind, status, grade)
    return await queries.list_results(reads, by, paging, chosen)


async def answer(
    session: Session, once: OnceOnly, by: Caller, evaluation_id: UUID, *, created: bool = False
) -> Response:
    """The evaluation as it is now, as the answer to what was done with it."""
    out = await queries.evaluation(TransactionReads(session), by, evaluation_id)
    location = f"/api/v1/evaluation/evaluations/{evaluation_id}" if created else None
    return await once.answer(out, location=location, row_version=out.version)
