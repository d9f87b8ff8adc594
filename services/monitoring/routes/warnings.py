"""预警：查阅、回应、统计."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.monitoring.queries import warnings as queries
from services.monitoring.schemas.payments import UnitCode
from services.monitoring.schemas.rule_packs import By, WarningStatistics
from services.monitoring.schemas.titles import TITLES
from services.monitoring.schemas.warnings import (
    AnswerDecisionIn,
    AnswerIn,
    AnswerState,
    WarningLevel,
    WarningOut,
    WarningStatus,
    WarningSummary,
)
from services.monitoring.usecases import warning_answers
from shared.auth import Caller, allow
from shared.clock import Now, business_day
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch, tagged
from shared.exports import counted, listed
from shared.fields import Code, Text, YearQuery
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["warnings"], route_class=StrictRoute)

WarningReader = Annotated[Caller, allow("warning.read")]


@listed(router, "/warnings", "预警", TITLES)
async def list_warnings(
    by: WarningReader,
    reads: Reader,
    paging: Paging,
    now: Now,
    round_id: Annotated[UUID | None, Query()] = None,
    fiscal_year: YearQuery | None = None,
    status: Annotated[WarningStatus | None, Query()] = None,
    level: Annotated[WarningLevel | None, Query()] = None,
    unit_code: Annotated[UnitCode | None, Query()] = None,
    office: Annotated[Text | None, Query(description="业务室")] = None,
    rule_id: Annotated[Code | None, Query()] = None,
    answer: Annotated[AnswerState | None, Query(description="现行的回应；none 为未回应")] = None,
    overdue: Annotated[bool, Query(description="只列逾期未回应的")] = False,
) -> Page[WarningSummary]:
    """预警，最早的在前。"""
    return await queries.list_warnings(
        reads,
        by,
        paging,
        round_id=round_id,
        fiscal_year=fiscal_year,
        status=status,
        level=level,
        unit_code=unit_code,
        office=office,
        rule_id=rule_id,
        answer=answer,
        overdue=overdue,
        today=business_day(now),
    )


@router.get("/warnings/{warning_id}", response_model=WarningOut)
async def get_warning(
    request: Request, warning_id: UUID, by: WarningReader, reads: Reader, now: Now
) -> Response:
    """一条预警及其判定依据：规则与出处、所用数据、算式、阈值、怎样才能解除；谁应在何时前怎样回应。"""
    out = await queries.warning(reads, by, warning_id, today=business_day(now))
    return tagged(request, out, out.version)


@router.post("/warnings/{warning_id}/answers", status_code=201, response_model=WarningOut)
async def answer_warning(
    warning_id: UUID,
    body: AnswerIn,
    by: Annotated[Caller, allow("warning.answer")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """单位回应预警：采取措施继续实施、申请调整目标、调剂、取消项目，或申报误报并说明理由。

    可再次回应，以后一次为准；已申报误报的，待财政核定后再回应。
    """
    await warning_answers.answer_warning(
        session, warning_id, body, expected=if_match, by=by, at=now
    )
    reads, today = TransactionReads(session), business_day(now)
    out = await queries.warning(reads, by, warning_id, today=today)
    return await once.answer(out, row_version=out.version)


@router.post("/warnings/{warning_id}/answer-decisions", status_code=201, response_model=WarningOut)
async def decide_warning_answer(
    warning_id: UUID,
    body: AnswerDecisionIn,
    by: Annotated[Caller, allow("warning.decide_answer")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """财政核定误报：认可，或说明理由不认可，单位须重新回应。认可不改变判断结果，只供统计与调整规则。"""
    await warning_answers.decide_answer(session, warning_id, body, expected=if_match, by=by, at=now)
    reads, today = TransactionReads(session), business_day(now)
    out = await queries.warning(reads, by, warning_id, today=today)
    return await once.answer(out, row_version=out.version)


@counted(router, "/warning-statistics", "预警统计", TITLES, "items")
async def get_warning_statistics(
    caller: Annotated[Caller, allow("statistics.read")],
    reads: Reader,
    now: Now,
    fiscal_year: YearQuery,
    by: Annotated[By, Query()] = "rule",
) -> WarningStatistics:
    """某年度各规则的预警数、逾期未回应数，误报率（核定误报 ÷ 已回应，分子分母一并列出）。"""
    return await queries.statistics_by_rule(
        reads, caller, fiscal_year=fiscal_year, today=business_day(now)
    )
