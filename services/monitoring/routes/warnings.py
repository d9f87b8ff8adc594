"""系统监控与预警."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.monitoring.queries import warnings as queries
from services.monitoring.schemas.payments import UnitCode
from services.monitoring.schemas.warnings import (
    RuleRunIn,
    RuleRunOut,
    WarningLevel,
    WarningOut,
    WarningStatus,
    WarningSummary,
)
from services.monitoring.usecases import rule_runs
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session, TransactionReads
from shared.etags import tagged
from shared.fields import YearQuery
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["warnings"], route_class=StrictRoute)

RunReader = Annotated[Caller, allow("rule_run.read")]
WarningReader = Annotated[Caller, allow("warning.read")]

#: A run is written down once.
_RUN_VERSION = 1


@router.post("/rule-runs", status_code=201, response_model=RuleRunOut)
async def run_warning_rules(
    request: Request,
    body: RuleRunIn,
    by: Annotated[Caller, allow("rule_run.start")],
    session: Session,
    once: Once,
    now: Now,
) -> Response:
    """按施行中的预警规则判断该年度有已批复目标的项目：新问题发出预警，已消除的解除，其余不动。

    支付计到 `as_of` 当日，`as_of` 所在月份按整月计（1–7 月写 7 月 31 日）；首次填报中的监控表
    尚未报送，其指标不参与判断。同样的事实再判断一次不产生任何变化。同一监控正在判断时返回 409。
    """
    rules = request.app.state.rules
    run_id = await rule_runs.run_rules(session, body, rules, by=by, at=now)
    out = await queries.run(TransactionReads(session), by, run_id)
    location = f"/api/v1/monitoring/rule-runs/{run_id}"
    return await once.answer(out, location=location, row_version=_RUN_VERSION)


@router.get("/rule-runs")
async def list_rule_runs(
    by: RunReader,
    reads: Reader,
    paging: Paging,
    round_id: Annotated[UUID | None, Query()] = None,
) -> Page[RuleRunOut]:
    """历次系统判断，最早的在前。"""
    return await queries.list_runs(reads, by, paging, round_id=round_id)


@router.get("/rule-runs/{run_id}", response_model=RuleRunOut)
async def get_rule_run(request: Request, run_id: UUID, by: RunReader, reads: Reader) -> Response:
    """一次系统判断：所用规则版本、判断的项目数、预警的变化、项目的颜色分布。"""
    return tagged(request, await queries.run(reads, by, run_id), _RUN_VERSION)


@router.get("/warnings")
async def list_warnings(
    by: WarningReader,
    reads: Reader,
    paging: Paging,
    round_id: Annotated[UUID | None, Query()] = None,
    fiscal_year: YearQuery | None = None,
    status: Annotated[WarningStatus | None, Query()] = None,
    level: Annotated[WarningLevel | None, Query()] = None,
    unit_code: Annotated[UnitCode | None, Query()] = None,
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
    )


@router.get("/warnings/{warning_id}", response_model=WarningOut)
async def get_warning(
    request: Request, warning_id: UUID, by: WarningReader, reads: Reader
) -> Response:
    """一条预警及其判定依据：规则与出处、所用数据、算式、阈值、怎样才能解除。"""
    out = await queries.warning(reads, by, warning_id)
    return tagged(request, out, out.version)
