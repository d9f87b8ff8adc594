"""目标覆盖率与公开率."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request

from services.goals.queries import coverage as queries
from services.goals.schemas.coverage import CoverageGroupsOut, CoveredProject, YearCoverageOut
from services.goals.schemas.directory import UnitCode
from services.goals.schemas.funds import FundLevel
from services.goals.schemas.titles import TITLES
from shared.auth import Caller, allow
from shared.clock import Now, business_day
from shared.db import Reader
from shared.exports import listed
from shared.fields import Text, YearQuery
from shared.pages import Page, Paging
from shared.problems import MalformedRequest
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


@router.get("/coverage-groups")
async def list_coverage_groups(
    request: Request,
    caller: CoverageReader,
    reads: Reader,
    now: Now,
    fiscal_year: YearQuery,
    by: Annotated[Literal["office", "department", "fund_level"], Query()],
) -> CoverageGroupsOut:
    """按业务室、部门或资金级次的目标覆盖率、公开率。"""
    rules, today = request.app.state.rules, business_day(now)
    return await queries.coverage_by(
        reads, caller, rules, by=by, fiscal_year=fiscal_year, today=today
    )


@listed(router, "/coverage-projects", "覆盖与公开明细", TITLES)
async def list_coverage_projects(
    request: Request,
    by: CoverageReader,
    reads: Reader,
    paging: Paging,
    now: Now,
    fiscal_year: YearQuery,
    metric: Annotated[Literal["goal_coverage", "disclosure"], Query()],
    part: Annotated[Literal["numerator", "denominator", "missing", "late", "exempt"], Query()],
    office: Annotated[Text | None, Query(description="业务室")] = None,
    department: Annotated[UnitCode | None, Query()] = None,
    fund_level: Annotated[FundLevel | None, Query()] = None,
) -> Page[CoveredProject]:
    """某个覆盖率的分子、分母、缺口，或公开逾期、免予公开的项目。"""
    if metric == "goal_coverage" and part in ("late", "exempt"):
        raise MalformedRequest("逾期与免予公开只对 metric=disclosure 有意义")
    return await queries.covered_projects(
        reads,
        by,
        paging,
        request.app.state.rules,
        fiscal_year=fiscal_year,
        metric=metric,
        part=part,
        today=business_day(now),
        group={"office": office, "department": department, "fund_level": fund_level},
    )
