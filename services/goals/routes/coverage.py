"""目标覆盖率与公开率."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request

from services.goals.queries import coverage as queries
from services.goals.schemas.goals import CoveredProject, YearCoverageOut
from shared.auth import Caller, allow
from shared.clock import Now, business_day
from shared.db import Reader
from shared.fields import YearQuery
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["coverage"], route_class=StrictRoute)

CoverageReader = Annotated[Caller, allow("coverage.read")]


@router.get("/coverage")
async def get_coverage(
    request: Request,
    by: CoverageReader,
    reads: Reader,
    now: Now,
    fiscal_year: YearQuery,
) -> YearCoverageOut:
    """某年度的目标覆盖率、公开率，分子分母都有清单可查。"""
    return await queries.coverage(
        reads, by, request.app.state.rules, fiscal_year=fiscal_year, today=business_day(now)
    )


@router.get("/coverage-projects")
async def list_coverage_projects(
    by: CoverageReader,
    reads: Reader,
    paging: Paging,
    fiscal_year: YearQuery,
    metric: Annotated[Literal["goal_coverage", "disclosure"], Query()],
    part: Annotated[Literal["numerator", "denominator", "missing"], Query()],
) -> Page[CoveredProject]:
    """某个覆盖率的分子、分母或缺口中的项目。"""
    return await queries.covered_projects(
        reads, by, paging, fiscal_year=fiscal_year, metric=metric, part=part
    )
