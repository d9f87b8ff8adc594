"""系统监控：规则包、试运行、判断."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.monitoring.queries import rule_runs as queries
from services.monitoring.schemas.forms import Empty
from services.monitoring.schemas.rule_packs import (
    PackList,
    PackOut,
    RuleTrialIn,
    RuleTrialOut,
)
from services.monitoring.schemas.titles import TITLES
from services.monitoring.schemas.warnings import RuleRunIn, RuleRunOut
from services.monitoring.usecases import rule_runs, rule_trials
from shared.auth import Caller, allow
from shared.clock import Now, business_day
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch, tagged
from shared.exports import listed
from shared.fields import YearQuery
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["rules"], route_class=StrictRoute)

RunReader = Annotated[Caller, allow("rule_run.read")]
PackReader = Annotated[Caller, allow("rule_pack.read")]


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
    项目超过一万个的分批在后台判断，返回 202，进度见该次判断，可取消。
    """
    packs = request.app.state.packs
    run = await rule_runs.start_run(session, body, packs, by=by, at=now)
    out = await queries.run(TransactionReads(session), by, run.id)
    location = f"/api/v1/monitoring/rule-runs/{run.id}"
    status = 201 if out.state == "done" else 202
    return await once.answer(out, status=status, location=location, row_version=out.version)


@listed(router, "/rule-runs", "系统判断", TITLES)
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
    """一次系统判断：所用规则版本、判断的项目数（进度）、预警的变化、项目的颜色分布。"""
    out = await queries.run(reads, by, run_id)
    return tagged(request, out, out.version)


@router.post("/rule-runs/{run_id}/cancellations", status_code=201, response_model=RuleRunOut)
async def cancel_rule_run(
    run_id: UUID,
    body: Empty,
    by: Annotated[Caller, allow("rule_run.cancel")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """取消正在进行的判断：在当前一批之后停下；已判断的项目，其颜色与预警保留。"""
    await rule_runs.cancel_run(session, run_id, expected=if_match, by=by, at=now)
    out = await queries.run(TransactionReads(session), by, run_id)
    return await once.answer(out, row_version=out.version)


@router.get("/rule-packs")
async def list_rule_packs(
    request: Request,
    by: PackReader,
    now: Now,
    fiscal_year: YearQuery | None = None,
) -> PackList:
    """所有规则包；`in_force` 标明本地区该年度（缺省为今年）所用的一个。"""
    year = fiscal_year or business_day(now).year
    return queries.packs_of(request.app.state.packs, by, fiscal_year=year)


@router.get("/rule-packs/{pack_id}")
async def get_rule_pack(
    request: Request,
    pack_id: str,
    by: PackReader,
    now: Now,
    fiscal_year: YearQuery | None = None,
) -> PackOut:
    """一个规则包：每条规则的各版数值、出处、是否核对过官方原文、最近核对日，以及回应的要求。"""
    year = fiscal_year or business_day(now).year
    return queries.one_pack(request.app.state.packs, by, pack_id, fiscal_year=year)


@router.post("/rule-trials")
async def try_warning_rules(
    request: Request,
    body: RuleTrialIn,
    by: Annotated[Caller, allow("rule_trial.run")],
    reads: Reader,
) -> RuleTrialOut:
    """用草拟的规则在本年度数据上试运行：哪些项目会变色、变色前后的分布、至多 200 例及其判定依据。

    不写入任何数据。草拟的规则并入现行规则包，编号相同的取代现行的，`without` 所列的停用。
    """
    return await rule_trials.try_rules(reads, body, request.app.state.packs, by=by)
