"""事前绩效评估结论."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.evaluation.queries import ex_ante as queries
from services.evaluation.queries.ex_ante import ExAnteFilter
from services.evaluation.schemas.ex_ante import Conclusion, ExAnteIn, ExAnteOut, ExAnteStatus
from services.evaluation.schemas.self_evaluations import Empty, ProjectCode, UnitCode
from services.evaluation.schemas.titles import TITLES
from services.evaluation.usecases import ex_ante as usecases
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch, tagged
from shared.exports import listed
from shared.fields import YearQuery
from shared.idempotency import Once, OnceOnly
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["ex-ante-results"], route_class=StrictRoute)

ExAnteReader = Annotated[Caller, allow("ex_ante.read")]


@router.post("/ex-ante-results", status_code=201, response_model=ExAnteOut)
async def record_ex_ante_result(
    request: Request,
    body: ExAnteIn,
    by: Annotated[Caller, allow("ex_ante.record")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """登记事前评估结论：项目不必已有绩效目标，按报告所列编码与名称填写。

    更正时对同一项目、同一年度再登记一次；确认后代替原结论，原结论仍可查。
    """
    rules = request.app.state.rules
    result_id = await usecases.record(session, body, rules=rules, by=by, at=now)
    return await _answer(request, session, once, by, result_id, created=True)


@router.post(
    "/ex-ante-results/{result_id}/confirmations", status_code=201, response_model=ExAnteOut
)
async def confirm_ex_ante_result(
    request: Request,
    result_id: UUID,
    body: Empty,
    by: Annotated[Caller, allow("ex_ante.confirm")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """确认事前评估结论，随即发布，作为安排预算的依据。登记的人不能确认。"""
    await usecases.confirm(session, result_id, expected=if_match, by=by, at=now)
    return await _answer(request, session, once, by, result_id)


@listed(router, "/ex-ante-results", "事前评估结论", TITLES)
async def list_ex_ante_results(
    request: Request,
    by: ExAnteReader,
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery | None = None,
    unit_code: Annotated[UnitCode | None, Query()] = None,
    project_code: Annotated[ProjectCode | None, Query()] = None,
    status: Annotated[ExAnteStatus | None, Query()] = None,
    conclusion: Annotated[Conclusion | None, Query()] = None,
) -> Page[ExAnteOut]:
    """事前评估结论，最早的在前；单位见本单位已确认的，第三方机构见受托评估的。"""
    chosen = ExAnteFilter(fiscal_year, unit_code, project_code, status, conclusion)
    return await queries.list_ex_ante_results(reads, by, paging, request.app.state.rules, chosen)


@router.get("/ex-ante-results/{result_id}", response_model=ExAnteOut)
async def get_ex_ante_result(
    request: Request, result_id: UUID, by: ExAnteReader, reads: Reader
) -> Response:
    """一份事前评估结论及各维度的意见。"""
    out = await queries.ex_ante_result(reads, by, result_id, request.app.state.rules)
    return tagged(request, out, out.version)


async def _answer(
    request: Request,
    session: Session,
    once: OnceOnly,
    by: Caller,
    result_id: UUID,
    *,
    created: bool = False,
) -> Response:
    reads = TransactionReads(session)
    out = await queries.ex_ante_result(reads, by, result_id, request.app.state.rules)
    location = f"/api/v1/evaluation/ex-ante-results/{result_id}" if created else None
    return await once.answer(out, location=location, row_version=out.version)
