"""自评复审：意见、问题类别与一致性统计."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.evaluation.queries import recheck_statistics, self_evaluation_forms
from services.evaluation.queries import rechecks as queries
from services.evaluation.queries.rechecks import RechecksAsked
from services.evaluation.schemas.rechecks import (
    FindingKindOut,
    FindingKindsOut,
    RecheckIn,
    RecheckStatisticsOut,
    RecheckSummary,
)
from services.evaluation.schemas.self_evaluations import SelfEvaluationOut, UnitCode
from services.evaluation.schemas.titles import TITLES
from services.evaluation.usecases import rechecks
from shared.auth import Caller, allow
from shared.clock import Now, business_day
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch
from shared.exports import listed
from shared.fields import Code, YearQuery
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["rechecks"], route_class=StrictRoute)

StatisticsReader = Annotated[Caller, allow("recheck_statistics.read")]


@router.post(
    "/self-evaluations/{self_evaluation_id}/rechecks",
    status_code=201,
    response_model=SelfEvaluationOut,
)
async def recheck_self_evaluation(
    request: Request,
    self_evaluation_id: UUID,
    body: RecheckIn,
    by: Annotated[Caller, allow("self_evaluation.recheck")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """复审：第三方依据委托合同，或财政人员自行（不填合同）；逐行给出复审得分，与按规则计算的得分
    不同的须说明理由，可列多个问题。填报、报送、制定方案的人和本单位的人不能复审。"""
    rules = request.app.state.rules
    await rechecks.recheck(
        session, self_evaluation_id, body, expected=if_match, rules=rules, by=by, at=now
    )
    reads = TransactionReads(session)
    out = await self_evaluation_forms.self_evaluation(reads, by, self_evaluation_id, rules)
    return await once.answer(out, row_version=out.version)


@listed(router, "/rechecks", "自评复审意见", TITLES)
async def list_rechecks(
    by: StatisticsReader,
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery | None = None,
    reviewer: Annotated[Literal["agency", "bureau"] | None, Query()] = None,
    unit_code: Annotated[UnitCode | None, Query()] = None,
    agency_uscc: Annotated[Code | None, Query(description="统一社会信用代码")] = None,
    finding_code: Annotated[Code | None, Query(description="问题类别")] = None,
) -> Page[RecheckSummary]:
    """复审意见：自评与复审的得分、等级，各个问题；按自评表的次序。"""
    asked = RechecksAsked(fiscal_year, reviewer, unit_code, agency_uscc, finding_code)
    return await queries.list_rechecks(reads, by, paging, asked)


@router.get("/recheck-finding-kinds")
async def get_recheck_finding_kinds(
    request: Request, by: Annotated[Caller, allow("recheck_finding.read")], now: Now
) -> FindingKindsOut:
    """今日可选用的复审问题类别及其出处。"""
    kinds = request.app.state.rules.recheck_findings(business_day(now))
    return FindingKindsOut(
        rule=f"{kinds.citation.rule_id}@{kinds.citation.effective_from}",
        source=kinds.citation.source.title,
        verified=kinds.citation.source.verified,
        kinds=[FindingKindOut(code=code, label=label) for code, label in kinds.labels.items()],
    )


@listed(router, "/recheck-statistics", "自评复审一致性统计", TITLES)
async def list_recheck_statistics(
    by: StatisticsReader,
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery,
    group_by: Annotated[
        Literal["unit", "agency"], Query(alias="by", description="按单位，或按复审方")
    ] = "unit",
) -> Page[RecheckStatisticsOut]:
    """复审与自评的一致程度：复审表数与行数、相同行数、逐行差的绝对值与总分差（分）、等级变动、问题数。
    只统计已复审的自评；平均数旁列出合计与个数。"""
    return await recheck_statistics.statistics(
        reads, by, paging, fiscal_year=fiscal_year, by=group_by
    )
