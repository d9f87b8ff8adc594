"""预警看板：项目的颜色及其分布."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.monitoring.queries import colours as queries
from services.monitoring.schemas.colours import (
    ColourName,
    ColourStatistics,
    GroupLightsBy,
    ProjectColourOut,
)
from services.monitoring.schemas.payments import UnitCode
from services.monitoring.schemas.titles import TITLES
from shared.auth import Caller, allow
from shared.db import Reader
from shared.exports import counted, listed
from shared.fields import Text
from shared.pages import Page, Paging
from shared.requests import StrictRoute

router = APIRouter(tags=["warnings"], route_class=StrictRoute)

LightReader = Annotated[Caller, allow("warning.read")]


@counted(router, "/monitoring-rounds/{round_id}/colour-statistics", "颜色分布", TITLES, "groups")
async def get_colour_statistics(
    round_id: UUID,
    caller: LightReader,
    reads: Reader,
    by: Annotated[GroupLightsBy, Query(description="分组")],
) -> ColourStatistics:
    """一次监控的颜色分布，按业务室、主管部门或单位；一个项目一个颜色，取最差的一条判断。

    尚未作系统判断时各数为 0；单位只计本单位的项目。
    """
    return await queries.colour_statistics(reads, caller, round_id, by=by)


@listed(router, "/monitoring-rounds/{round_id}/project-colours", "项目颜色", TITLES)
async def list_project_colours(
    round_id: UUID,
    caller: LightReader,
    reads: Reader,
    paging: Paging,
    colour: Annotated[ColourName | None, Query()] = None,
    unit_code: Annotated[UnitCode | None, Query()] = None,
    office: Annotated[Text | None, Query(description="业务室")] = None,
) -> Page[ProjectColourOut]:
    """一次监控中每个项目的颜色，按项目编码；红、黄灯附其预警，由此可追到规则与支付。"""
    asked = queries.LightsAsked(colour, unit_code, office)
    return await queries.list_project_colours(reads, caller, paging, round_id, asked)
