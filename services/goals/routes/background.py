"""结果应用：编制和审核目标时要看的以往情况."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.goals.queries import background as queries
from services.goals.schemas.background import BackgroundOut
from shared.auth import Caller, allow
from shared.clock import Now, business_day
from shared.db import Reader
from shared.fields import Code, YearQuery
from shared.requests import StrictRoute

router = APIRouter(tags=["background"], route_class=StrictRoute)


@router.get("/projects/{project_code}/background")
async def get_project_background(
    project_code: Annotated[Code, Path()],
    by: Annotated[Caller, allow("project.read")],
    reads: Reader,
    now: Now,
    fiscal_year: YearQuery,
) -> BackgroundOut:
    """编制某年度目标要看的：以前年度的评价结果和自评（逐指标）、整改状态、本年度的事前评估结论。

    整改函没有写明项目的，涉及单位全部项目。
    """
    known = await queries.background(
        reads, by, project_code, fiscal_year=fiscal_year, today=business_day(now)
    )
    return BackgroundOut.model_validate(known)
