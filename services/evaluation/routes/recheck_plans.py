"""复审方案：谁复审哪些自评、怎样选出、何时完成."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.evaluation.queries import recheck_plans as queries
from services.evaluation.schemas.recheck_plans import (
    CandidateStatus,
    RecheckPlanCandidateOut,
    RecheckPlanIn,
    RecheckPlanOut,
    RecheckPlanSummary,
)
from services.evaluation.schemas.titles import TITLES
from services.evaluation.usecases import recheck_plans as usecases
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.exports import listed
from shared.fields import YearQuery
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["recheck-plans"], route_class=StrictRoute)

PlanReader = Annotated[Caller, allow("recheck_plan.read")]


@router.post("/recheck-plans", status_code=201, response_model=RecheckPlanOut)
async def make_recheck_plan(
    body: RecheckPlanIn,
    by: Annotated[Caller, allow("recheck_plan.make")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """制定复审方案：从已报送、未复审、未列入有效方案的自评中全部、按金额、随机或指定选取。
    随机的种子由系统产生；方案定后不改，任何人可复算。"""
    plan_id = await usecases.plan_recheck(session, body, by=by, at=now)
    out = await queries.plan(TransactionReads(session), by, plan_id)
    return await once.answer(out, location=f"/api/v1/evaluation/recheck-plans/{plan_id}")


@listed(router, "/recheck-plans", "复审方案", TITLES)
async def list_recheck_plans(
    by: PlanReader, reads: Reader, paging: Paging, fiscal_year: YearQuery | None = None
) -> Page[RecheckPlanSummary]:
    """复审方案及其进度，最早的在前；机构只见合同期内自己的。"""
    return await queries.list_plans(reads, by, paging, fiscal_year=fiscal_year)


@router.get("/recheck-plans/{plan_id}")
async def get_recheck_plan(plan_id: UUID, by: PlanReader, reads: Reader) -> RecheckPlanOut:
    """一个复审方案：选中的自评及各自进度，与复算所需的一切。"""
    return await queries.plan(reads, by, plan_id)


@listed(router, "/recheck-plan-candidates", "复审方案的候选自评", TITLES)
async def list_recheck_plan_candidates(
    by: PlanReader,
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery | None = None,
    plan_id: Annotated[UUID | None, Query()] = None,
    drawn: Annotated[bool | None, Query(description="是否选中")] = None,
    status: Annotated[CandidateStatus | None, Query()] = None,
    to_review: Annotated[bool, Query(description="只列待您一方复审的")] = False,
) -> Page[RecheckPlanCandidateOut]:
    """方案的候选自评，按方案与选取次序；机构只见自己方案选中的。"""
    asked = queries.CandidatesAsked(fiscal_year, plan_id, drawn, status, to_review)
    return await queries.list_candidates(reads, by, paging, asked)
