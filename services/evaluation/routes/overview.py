"""一个项目的评价结果、计分规则、待办."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request

from services.evaluation.queries import evaluations, score_profiles, self_evaluations, work
from services.evaluation.schemas.summaries import ProjectResultsOut, ScoreProfileOut, WorkItems
from shared.auth import Caller, allow
from shared.db import Reader
from shared.fields import Code, YearQuery
from shared.pages import Page
from shared.requests import StrictRoute

router = APIRouter(tags=["overview"], route_class=StrictRoute)


@router.get("/projects/{project_code}/results")
async def get_project_results(
    project_code: Annotated[Code, Path()],
    by: Annotated[Caller, allow("result.read")],
    reads: Reader,
    fiscal_year: YearQuery,
) -> ProjectResultsOut:
    """一个项目某年度的自评和评价结果。"""
    form = await self_evaluations.of_project(
        reads, by, project_code=project_code, fiscal_year=fiscal_year
    )
    results = await evaluations.results_of_project(
        reads, by, project_code=project_code, fiscal_year=fiscal_year
    )
    return ProjectResultsOut(
        project_code=project_code,
        fiscal_year=fiscal_year,
        self_evaluation=form,
        results=list(results),
    )


@router.get("/score-profiles")
async def list_score_profiles(
    request: Request,
    by: Annotated[Caller, allow("score_profile.read")],
    fiscal_year: YearQuery | None = None,
    region_code: Annotated[
        str | None, Query(pattern=r"^[0-9]{9}$", description="缺省为本地区；与 fiscal_year 同用")
    ] = None,
) -> Page[ScoreProfileOut]:
    """计分规则各版本：依据、生效日期、是否已与官方文本核对、全部取值。

    给出 `fiscal_year` 时只列该地区该年度适用的，`chosen_for` 标明用于哪种表单。
    """
    rules = request.app.state.rules
    if fiscal_year is None:
        return score_profiles.score_profiles(rules)
    return score_profiles.rules_holding(rules, region_code or by.region_code, fiscal_year)


@router.get("/work-items")
async def list_evaluation_work_items(
    by: Annotated[Caller, allow("work_item.read")], reads: Reader
) -> WorkItems:
    """当前用户在绩效评价中的待办。"""
    return await work.work_items(reads, by)
