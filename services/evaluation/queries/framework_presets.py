"""Preset frameworks as they are offered to a region in a year."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from services.evaluation.domain.framework_presets import Focus, Preset, focus_of
from services.evaluation.domain.rules import Rules
from services.evaluation.domain.year_rules import framework_of, presets_of, sectors_of
from services.evaluation.schemas.framework_presets import (
    FrameworkPresetOut,
    FrameworkPresetSummary,
)
from shared.auth import Caller
from shared.pages import Page
from shared.problems import MalformedRequest, NotFound


def list_presets(
    rules: Rules, caller: Caller, *, fiscal_year: int, kind: str | None, sector: str | None
) -> Page[FrameworkPresetSummary]:
    """All of them, by id. Raises MalformedRequest for an unknown sector."""
    items = [
        FrameworkPresetSummary.model_validate(_described(rules, preset, fiscal_year, sector))
        for preset in presets_of(rules, caller.region_code, fiscal_year).values()
        if kind is None or kind in preset.kinds
    ]
    return Page(items=items, next_cursor=None)


def preset(
    rules: Rules, caller: Caller, preset_id: str, *, fiscal_year: int, sector: str | None
) -> FrameworkPresetOut:
    """One with its rows. Raises NotFound, MalformedRequest for an unknown sector."""
    offered = presets_of(rules, caller.region_code, fiscal_year)
    if preset_id not in offered:
        raise NotFound
    chosen = offered[preset_id]
    sectors = sectors_of(rules, fiscal_year)
    return FrameworkPresetOut.model_validate(
        {
            **_described(rules, chosen, fiscal_year, sector),
            "weight_reason": chosen.weight_reason,
            "rows": chosen.rows,
            "sectors": [{"code": code, "label": each.label} for code, each in sectors.items()],
        }
    )


def _described(
    rules: Rules, preset: Preset, fiscal_year: int, sector: str | None
) -> dict[str, Any]:
    labels = framework_of(rules, min(preset.kinds), fiscal_year).groups
    weights: dict[str, Decimal] = {}
    for row in preset.rows:
        weights[row.level1] = weights.get(row.level1, Decimal(0)) + row.weight
    return {
        "id": preset.preset_id,
        "title": preset.title,
        "kinds": sorted(preset.kinds),
        "effective_from": preset.citation.effective_from,
        "source": preset.citation.source,
        "groups": [
            {"level1": level1, "level1_label": labels[level1], "weight": weight}
            for level1, weight in weights.items()
        ],
        "row_count": len(preset.rows),
        "focus": [
            {"level1": each.level1, "level1_label": labels[each.level1], "text": each.text}
            for each in _focus(rules, sector, fiscal_year, weights)
        ],
    }


def _focus(
    rules: Rules, sector: str | None, fiscal_year: int, level1s: Collection[str]
) -> tuple[Focus, ...]:
    if sector is None:
        return ()
    known = sectors_of(rules, fiscal_year)
    if sector not in known:
        offered = "、".join(f"{each.label}（{code}）" for code, each in known.items())
        raise MalformedRequest(f"没有行业“{sector}”的评价重点，请使用：{offered}")
    return focus_of(known[sector], level1s)
