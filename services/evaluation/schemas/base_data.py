"""部门整体支出绩效评价基础数据 on the wire."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from services.evaluation.domain.ratios import FIGURES
from shared.fields import Exact, In, Out, Quantity


def _known(figures: dict[str, Quantity | None]) -> dict[str, Quantity | None]:
    unknown = sorted(figures.keys() - FIGURES.keys())
    if unknown:
        raise ValueError(f"没有 {'、'.join(unknown)[:200]}，可填的有：{'、'.join(FIGURES)}")
    return figures


class BaseDataIn(In):
    """The year's figures: money in yuan, people and progress as counted; null is unknown."""

    figures: Annotated[
        dict[str, Quantity | None], Field(max_length=len(FIGURES)), AfterValidator(_known)
    ]


class BaseFigureOut(Out):
    """One figure; `of_projects` is what the unit's projects add up to, where that is known."""

    code: str
    label: str
    value: Exact | None
    of_projects: Exact | None = Field(description="本单位（及下属单位）项目合计，供核对")


class RatioOut(Out):
    """A ratio in percent with its receipt; null where it can't be computed or doesn't apply."""

    code: str
    title: str
    percent: Exact | None
    receipt: Mapping[str, Any]


class BaseDataOut(Out):
    """基础数据 with the ratios computed from them."""

    unit_code: str
    unit_name: str
    fiscal_year: int
    figures: list[BaseFigureOut]
    ratios: list[RatioOut]
    version: int
    filed_by: str
    filed_at: datetime
    allowed_actions: list[str]
