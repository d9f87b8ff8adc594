"""一次监控的报告：JSON 与 Word 文档."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.monitoring.queries.documents import Documents
from services.monitoring.queries.round_report import round_report
from services.monitoring.queries.round_report_document import report_content
from services.monitoring.schemas.round_reports import RoundReport
from shared.auth import Caller, allow
from shared.clock import Now, business_day
from shared.db import Reader
from shared.documents import DOCX_RESPONSE, docx_response
from shared.requests import StrictRoute

router = APIRouter(tags=["monitoring-rounds"], route_class=StrictRoute)

ReportReader = Annotated[Caller, allow("round.read")]


@router.get("/monitoring-rounds/{round_id}/report")
async def get_monitoring_round_report(
    round_id: UUID, by: ReportReader, reads: Reader, now: Now
) -> RoundReport:
    """一次监控的报告：总体情况、发现的问题与原因、措施建议；每个数附 `href`，可据以重新数出。

    单位只计本单位的项目；金额为元。
    """
    return await round_report(reads, by, round_id, today=business_day(now))


@router.get(
    "/monitoring-rounds/{round_id}/report.docx", response_class=Response, responses=DOCX_RESPONSE
)
async def get_monitoring_round_report_document(
    request: Request, round_id: UUID, by: ReportReader, reads: Reader, now: Now
) -> Response:
    """监控报告的 Word 文档，按财政部门的模板填写；金额为万元。"""
    report = await round_report(reads, by, round_id, today=business_day(now))
    documents: Documents = request.app.state.documents
    content = report_content(report)
    file = await asyncio.to_thread(documents.round_report.filled, by.region_code, content)
    return docx_response(file, f"{report.fiscal_year}年{report.name}报告")
