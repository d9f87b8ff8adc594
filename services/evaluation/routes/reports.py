"""绩效评价报告；相近段落与满分情况只列出供人工判读."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.evaluation.queries import reports as queries
from services.evaluation.routes.evaluations import EvaluationReader, answer
from services.evaluation.schemas.evaluations import EvaluationOut
from services.evaluation.schemas.reports import (
    OutlineOut,
    OverlapsOut,
    ReportIn,
    ReportOut,
    ScorePatternOut,
)
from services.evaluation.schemas.titles import TITLES
from services.evaluation.usecases import reports as usecases
from shared.auth import Caller, allow
from shared.clock import Now, business_day
from shared.db import Reader, Session
from shared.etags import IfMatch, tagged
from shared.exports import listed
from shared.fields import YearQuery
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["reports"], route_class=StrictRoute)

QualityReader = Annotated[Caller, allow("report_quality.read")]


@router.get("/report-outline")
async def get_report_outline(by: EvaluationReader, now: Now) -> OutlineOut:
    """今日适用的评价报告提纲：各章编码、名称、是否必写，及出处。"""
    return queries.outline_of(business_day(now))


@router.post("/evaluations/{evaluation_id}/reports", status_code=201, response_model=EvaluationOut)
async def send_report(
    evaluation_id: UUID,
    body: ReportIn,
    by: Annotated[Caller, allow("evaluation.report")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """报送绩效评价报告：形成初步结论后、审定前，由受托机构按提纲分章报送，主评人签字、机构盖章；
    可再次报送，历次都保留。重新评分后须重新报送。"""
    await usecases.send_report(session, evaluation_id, body, expected=if_match, by=by, at=now)
    return await answer(session, once, by, evaluation_id)


@router.get("/evaluations/{evaluation_id}/report", response_model=ReportOut)
async def get_report(
    request: Request, evaluation_id: UUID, by: EvaluationReader, reads: Reader
) -> Response:
    """最近报送的绩效评价报告。"""
    out = await queries.report(reads, by, evaluation_id)
    return tagged(request, out, out.version)


@router.get("/evaluations/{evaluation_id}/report-overlaps")
async def get_report_overlaps(evaluation_id: UUID, by: QualityReader, reads: Reader) -> OverlapsOut:
    """与其他评价报告（本年度及前几年）文字相近的段落，两边原文并列；系统不作认定。"""
    return await queries.overlaps(reads, by, evaluation_id)


@listed(router, "/score-patterns", "满分情况", TITLES)
async def list_score_patterns(
    by: QualityReader,
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery,
    group_by: Annotated[
        Literal["agency", "unit"], Query(alias="by", description="按机构评分表，或按单位自评")
    ] = "agency",
) -> Page[ScorePatternOut]:
    """全部指标得满分的评分表（按机构）或自评表（按单位）各有多少，满分行各有多少，可逐表查看；不作认定。"""
    return await queries.score_patterns(reads, by, paging, fiscal_year=fiscal_year, by=group_by)
