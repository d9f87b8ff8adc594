"""年度总结及其数字背后的清单."""

import asyncio
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from services.evaluation.clients import learned_figures
from services.evaluation.queries import summary_lists
from services.evaluation.queries.annual_summary import annual_summary
from services.evaluation.queries.summary_document import as_docx
from services.evaluation.schemas.summaries import (
    AnnualSummaryOut,
    EvaluatedProjectOut,
    EvaluatedUnitOut,
    SelfEvaluatedUnitOut,
)
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Reads
from shared.fields import YearQuery
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["annual-summaries"], route_class=StrictRoute)

SummaryReader = Annotated[Caller, allow("summary.read")]
YearPath = Annotated[int, Path(ge=2000, le=2100, description="会计年度")]

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@router.get("/annual-summaries/{fiscal_year}")
async def get_annual_summary(
    request: Request, fiscal_year: YearPath, by: SummaryReader, reads: Reader, now: Now
) -> AnnualSummaryOut:
    """年度总结：每个数字注明口径，并可追溯到清单。"""
    return await _summary(request, fiscal_year, by, reads, now)


@router.get(
    "/annual-summaries/{fiscal_year}/document",
    response_class=Response,
    responses={200: {"content": {_DOCX: {}}, "description": "Word 文档"}},
)
async def get_annual_summary_document(
    request: Request, fiscal_year: YearPath, by: SummaryReader, reads: Reader, now: Now
) -> Response:
    """年度总结的 Word 文档，数据与上同。"""
    summary = await _summary(request, fiscal_year, by, reads, now)
    content = await asyncio.to_thread(as_docx, summary)
    name = quote(f"{summary.title}.docx")
    disposition = f"attachment; filename=\"summary-{fiscal_year}.docx\"; filename*=UTF-8''{name}"
    return Response(content, media_type=_DOCX, headers={"Content-Disposition": disposition})


@router.get("/evaluated-projects")
async def list_evaluated_projects(
    by: SummaryReader, reads: Reader, paging: Paging, fiscal_year: YearQuery
) -> Page[EvaluatedProjectOut]:
    """已审定重点评价的项目，每个一行；金额为各级资金（元）。"""
    return await summary_lists.evaluated_projects(reads, by, paging, fiscal_year=fiscal_year)


@router.get("/evaluated-units")
async def list_evaluated_units(
    by: SummaryReader, reads: Reader, paging: Paging, fiscal_year: YearQuery
) -> Page[EvaluatedUnitOut]:
    """已审定部门整体评价的单位，每个一行。"""
    return await summary_lists.evaluated_units(reads, by, paging, fiscal_year=fiscal_year)


@router.get("/self-evaluated-units")
async def list_self_evaluated_units(
    by: SummaryReader, reads: Reader, paging: Paging, fiscal_year: YearQuery
) -> Page[SelfEvaluatedUnitOut]:
    """已报送自评的单位，每个一行；金额为本级资金（元）。"""
    return await summary_lists.self_evaluated_units(reads, by, paging, fiscal_year=fiscal_year)


async def _summary(
    request: Request, fiscal_year: int, by: Caller, reads: Reads, at: datetime
) -> AnnualSummaryOut:
    """Asks the other services first, then the own database."""
    learned = await learned_figures(request.app.state.peers, by, fiscal_year)
    return await annual_summary(reads, by, fiscal_year=fiscal_year, learned=learned, at=at)
