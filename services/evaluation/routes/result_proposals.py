"""结果应用：由评价结果提出建议、由人决定、台账统计."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.evaluation.queries import result_proposals as queries
from services.evaluation.schemas.result_proposals import (
    AppliedStatistics,
    DecisionIn,
    ProposalOut,
    ProposalsIn,
    ProposalsMade,
    ProposalStatus,
)
from services.evaluation.schemas.self_evaluations import GradeCode, UnitCode
from services.evaluation.schemas.titles import TITLES
from services.evaluation.usecases import result_proposals as usecases
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch, tagged
from shared.exports import counted, listed
from shared.fields import YearQuery
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["result-proposals"], route_class=StrictRoute)

ProposalReader = Annotated[Caller, allow("result_proposal.read")]


@router.post("/result-proposals", status_code=201, response_model=ProposalsMade)
async def propose_from_results(
    request: Request,
    body: ProposalsIn,
    by: Annotated[Caller, allow("result_proposal.make")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """对某年度已审定的评价结果提出应用建议：一个评价对象一条，已有的不动；只建议，不作处理。

    可一并对等级为中、差的自评（已复审的按复审）提出建议。"""
    rules = request.app.state.rules
    made = await usecases.propose(session, body, rules=rules, by=by, at=now)
    return await once.answer(made)


@listed(router, "/result-proposals", "结果应用", TITLES)
async def list_result_proposals(
    request: Request,
    by: ProposalReader,
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery | None = None,
    status: Annotated[ProposalStatus | None, Query()] = None,
    grade: Annotated[GradeCode | None, Query()] = None,
    unit_code: Annotated[UnitCode | None, Query()] = None,
) -> Page[ProposalOut]:
    """结果应用台账：建议、历次决定、偏离建议的理由，最早的在前；单位只见本单位的。"""
    asked = queries.ProposalsAsked(fiscal_year, status, grade, unit_code)
    return await queries.list_proposals(reads, by, paging, asked, request.app.state.rules)


@router.get("/result-proposals/{proposal_id}", response_model=ProposalOut)
async def get_result_proposal(
    request: Request, proposal_id: UUID, by: ProposalReader, reads: Reader
) -> Response:
    """一条结果应用建议：依据哪个结果、办法的哪一条，怎样决定。"""
    out = await queries.proposal(reads, by, proposal_id, request.app.state.rules)
    return tagged(request, out, out.version)


@router.post(
    "/result-proposals/{proposal_id}/decisions", status_code=201, response_model=ProposalOut
)
async def decide_result_proposal(
    request: Request,
    proposal_id: UUID,
    body: DecisionIn,
    by: Annotated[Caller, allow("result_proposal.decide")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """决定：采纳或偏离建议，都须说明理由；可再次决定，历次都保留。提出建议的人不能决定。"""
    rules = request.app.state.rules
    await usecases.decide(session, proposal_id, body, expected=if_match, rules=rules, by=by, at=now)
    out = await queries.proposal(TransactionReads(session), by, proposal_id, rules)
    return await once.answer(out, row_version=out.version)


@counted(router, "/result-application-statistics", "结果应用统计", TITLES, "items")
async def get_result_application_statistics(
    request: Request,
    by: Annotated[Caller, allow("result_proposal.count")],
    reads: Reader,
    fiscal_year: YearQuery,
) -> AppliedStatistics:
    """结果应用统计：按等级与建议的处理，采纳、偏离、未决定各几条。"""
    return await queries.statistics(reads, by, fiscal_year, request.app.state.rules)
