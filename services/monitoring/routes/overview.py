"""监控的统计、单个项目的监控、待办."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.monitoring.queries import overview, work
from services.monitoring.schemas.overview import (
    MonitoringStatistics,
    ProjectMonitoring,
    WorkItems,
)
from services.monitoring.schemas.payments import ProjectCode
from shared.auth import Caller, allow
from shared.clock import Now, business_day
from shared.db import Reader
from shared.fields import YearQuery
from shared.requests import StrictRoute

router = APIRouter(tags=["monitoring-overview"], route_class=StrictRoute)


@router.get("/statistics")
async def get_monitoring_statistics(
    by: Annotated[Caller, allow("statistics.read")],
    reads: Reader,
    fiscal_year: YearQuery,
) -> MonitoringStatistics:
    """某年度的预警、整改函、监控表数；单位看到的是本单位的。"""
    return await overview.statistics(reads, by, fiscal_year=fiscal_year)


@router.get("/projects/{project_code}/monitoring")
async def get_project_monitoring(
    project_code: Annotated[ProjectCode, Path()],
    by: Annotated[Caller, allow("project_monitoring.read")],
    reads: Reader,
    now: Now,
    fiscal_year: YearQuery,
) -> ProjectMonitoring:
    """一个项目某年度的监控全貌：预算执行、监控表、预警、点名该项目的整改。"""
    return await overview.project_monitoring(
        reads, by, project_code, fiscal_year=fiscal_year, today=business_day(now)
    )


@router.get("/work-items")
async def list_monitoring_work_items(
    by: Annotated[Caller, allow("work_item.read")], reads: Reader, now: Now
) -> WorkItems:
    """当前用户在绩效监控中的待办。"""
    return await work.work_items(reads, by, today=business_day(now))
