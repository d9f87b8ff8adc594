"""预算执行: by project, and added up."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from services.monitoring.queries import execution_statistics, executions
from services.monitoring.schemas.executions import ExecutionOut, ExecutionStatistics, GroupBy
from services.monitoring.schemas.payments import FundLevel, ProjectCode, UnitCode
from services.monitoring.schemas.titles import TITLES
from shared.auth import Caller, allow
from shared.clock import Now, business_day
from shared.db import Reader
from shared.exports import counted, listed
from shared.fields import Text, YearQuery
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["executions"], route_class=StrictRoute)

ExecutionReader = Annotated[Caller, allow("execution.read")]
AsOf = Annotated[date | None, Query(description="截止日，不填为今天：其后批复、支付、到位的不计")]
Unit = Annotated[UnitCode | None, Query()]
Office = Annotated[Text | None, Query(description="业务室")]
Level = Annotated[FundLevel | None, Query(description="只计该资金级次")]


@listed(router, "/executions", "预算执行", TITLES)
async def list_executions(
    by: ExecutionReader,
    reads: Reader,
    paging: Paging,
    now: Now,
    fiscal_year: YearQuery,
    as_of: AsOf = None,
    unit_code: Unit = None,
    office: Office = None,
    project_code: Annotated[ProjectCode | None, Query()] = None,
    fund_level: Level = None,
) -> Page[ExecutionOut]:
    """某年度各项目的预算执行，按项目编码；金额为元，合计含全部资金级次（或所选级次），执行率为百分数。

    有已批复目标、支付、到位或用款计划的项目都列出；尚无目标的项目没有名称和单位，其预算为 0、执行率为空。
    """
    return await executions.list_executions(
        reads,
        by,
        paging,
        fiscal_year=fiscal_year,
        as_of=as_of or business_day(now),
        unit_code=unit_code,
        office=office,
        project_code=project_code,
        fund_level=fund_level,
    )


@counted(router, "/execution-statistics", "执行统计", TITLES, "groups", "months")
async def get_execution_statistics(
    caller: ExecutionReader,
    reads: Reader,
    now: Now,
    fiscal_year: YearQuery,
    by: Annotated[GroupBy, Query(description="分组")],
    as_of: AsOf = None,
    unit_code: Unit = None,
    office: Office = None,
    fund_level: Level = None,
) -> ExecutionStatistics:
    """某年度的预算执行按单位、主管部门、业务室、资金级次或月份汇总；合计写明口径，各组相加等于合计。"""
    return await execution_statistics.statistics(
        reads,
        caller,
        fiscal_year=fiscal_year,
        by=by,
        as_of=as_of or business_day(now),
        unit_code=unit_code,
        office=office,
        fund_level=fund_level,
    )
