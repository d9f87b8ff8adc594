"""The colour board on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.fields import Out

GroupLightsBy = Literal["office", "department", "unit"]
ColourName = Literal["red", "yellow", "green", "blue", "not_applicable"]


class ColourCounts(Out):
    """Projects of a group by the light they show."""

    key: str | None = Field(description="业务室、主管部门编码或单位编码；合计与未登记的单位为 null")
    label: str
    project_count: int
    red: int
    yellow: int
    green: int
    blue: int
    not_applicable: int


class ColourStatistics(Out):
    """预警看板; the groups add up to the total, whose scope is named."""

    round_id: UUID
    by: GroupLightsBy
    scope: str
    total: ColourCounts
    groups: list[ColourCounts]


class ProjectColourOut(Out):
    """The light of a project and the finding it comes from."""

    project_code: str
    project_name: str | None
    unit_code: str
    unit_name: str | None
    office: str | None
    colour: ColourName
    colour_label: str
    rule_id: str | None = Field(description="最差的一条判断所依据的规则；不适用时为 null")
    position: int | None = Field(description="该判断所指的指标；0 指项目本身")
    warning_id: UUID | None = Field(description="红、黄灯背后的预警，其凭据写明算法")
    run_id: UUID = Field(description="最近一次改变颜色的系统判断")
    changed_at: datetime
