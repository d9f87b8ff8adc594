"""预设指标体系：拿来即可报送的评价指标、评价要点、取证方式与分行业评价重点."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request

from services.evaluation.queries import framework_presets as queries
from services.evaluation.schemas.evaluations import Kind
from services.evaluation.schemas.framework_presets import (
    FrameworkPresetOut,
    FrameworkPresetSummary,
)
from shared.auth import Caller, allow
from shared.clock import Now, business_day
from shared.fields import Code, YearQuery
from shared.pages import Page
from shared.requests import StrictRoute

router = APIRouter(tags=["evaluations"], route_class=StrictRoute)

PresetReader = Annotated[Caller, allow("framework_preset.read")]
SectorQuery = Annotated[Code, Query(description="行业，给出时列出该行业的评价重点")]


@router.get("/framework-presets")
async def list_framework_presets(
    request: Request,
    by: PresetReader,
    now: Now,
    fiscal_year: YearQuery | None = None,
    kind: Annotated[Kind | None, Query()] = None,
    sector: SectorQuery | None = None,
) -> Page[FrameworkPresetSummary]:
    """本地区某年度（缺省为今年）可用的预设指标体系，各一级指标的分值及出处。"""
    year = fiscal_year or business_day(now).year
    rules = request.app.state.rules
    return queries.list_presets(rules, by, fiscal_year=year, kind=kind, sector=sector)


@router.get("/framework-presets/{preset_id}")
async def get_framework_preset(
    request: Request,
    preset_id: Annotated[Code, Path()],
    by: PresetReader,
    now: Now,
    fiscal_year: YearQuery | None = None,
    sector: SectorQuery | None = None,
) -> FrameworkPresetOut:
    """一套预设指标体系；`rows` 可原样作为评价方案的指标体系报送，也可改后报送。"""
    year = fiscal_year or business_day(now).year
    rules = request.app.state.rules
    return queries.preset(rules, by, preset_id, fiscal_year=year, sector=sector)
