"""Preset frameworks (预设指标体系) on the wire."""

from datetime import date

from pydantic import Field

from services.evaluation.schemas.summaries import RuleSourceOut
from shared.fields import Exact, Out


class PresetGroupOut(Out):
    """What the rows of a first level weigh together."""

    level1: str
    level1_label: str
    weight: Exact


class FocusOut(Out):
    """评价重点: one thing to look at in the sector."""

    level1: str
    level1_label: str
    text: str


class SectorOut(Out):
    """A sector there is a focus for."""

    code: str
    label: str


class PresetRowOut(Out):
    """An indicator, in the shape that a scheme's framework takes."""

    level1: str
    level2: str
    name: str
    weight: Exact
    method: str
    operator: str | None
    target_value: Exact | None
    points: list[str]
    formula: str | None
    evidence_method: str | None
    standard: str | None
    ratio_code: str | None


class FrameworkPresetSummary(Out):
    """预设指标体系 in a list; `focus` is of the sector asked for."""

    id: str
    title: str
    kinds: list[str] = Field(description="适用的评价类别")
    effective_from: date
    source: RuleSourceOut
    groups: list[PresetGroupOut]
    row_count: int
    focus: list[FocusOut]


class FrameworkPresetOut(FrameworkPresetSummary):
    """预设指标体系, whole; `rows` can be sent on with a scheme as they are."""

    weight_reason: str | None
    rows: list[PresetRowOut]
    sectors: list[SectorOut] = Field(description="有评价重点的行业")
