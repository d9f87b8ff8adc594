"""Qualitative indicators (定性指标): a person picks a band and a score inside it."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from services.evaluation.domain.findings import (
    Finding,
    blank,
    cell_missing,
    deviation_reason_missing,
    out_of_range,
)
from services.evaluation.domain.formulas import Points
from services.evaluation.domain.indicators import IndicatorRow
from services.evaluation.domain.lines import Line, scored, unscored
from services.evaluation.domain.numbers import plain
from services.evaluation.domain.profiles import Band, ScoringProfile


def score_qualitative(row: IndicatorRow, rule: ScoringProfile) -> Line:
    """The chosen score when it lies in its band; outside the band nothing is scored."""
    subject = row.under(rule.qualitative_cited)
    if row.self_score is None or _absent(row):
        return unscored(subject, *_absent(row))
    band = rule.band(row.band)
    if band is None:
        return unscored(subject, _band_unknown(row, rule))
    chosen = rule.rounding.of(row.self_score)
    if not band.holds(chosen, row.weight):
        return unscored(subject, out_of_range("self_score", row.self_score, _range(band, row)))
    points = _points(row, band, chosen)
    line = scored(subject, points, rule.rounding, change=_other_bands(row, band, rule))
    if points.reached or not blank(row.reason):
        return line
    return replace(line, findings=(deviation_reason_missing(row.name),))


def _absent(row: IndicatorRow) -> list[Finding]:
    cells = {
        "target_text": blank(row.target_text),
        "band": blank(row.band),
        "self_score": row.self_score is None,
    }
    return [cell_missing(cell) for cell, absent in cells.items() if absent]


def _band_unknown(row: IndicatorRow, rule: ScoringProfile) -> Finding:
    labels = "、".join(f"{band.label}（{band.code}）" for band in rule.bands)
    return Finding(
        code="band_unknown",
        pointer="/band",
        message=f"没有“{row.band}”这一档",
        mend=f"请在以下档次中选择：{labels}",
    )


def _points(row: IndicatorRow, band: Band, chosen: Decimal) -> Points:
    return Points(
        exact=Fraction(chosen),
        reached=chosen == row.weight,
        expression=f"{_range(band, row, plain(chosen))} 成立：{plain(chosen)}",
        why=f"评为“{band.label}”，在该档内取 {plain(chosen)} 分",
    )


def _range(band: Band, row: IndicatorRow, score: str = "得分") -> str:
    top = "≤" if band.high == 1 else "<"
    return f"{plain(band.low * row.weight)} ≤ {score} {top} {plain(band.high * row.weight)}"


def _other_bands(row: IndicatorRow, band: Band, rule: ScoringProfile) -> str:
    others = [other for other in rule.bands if other is not band]
    return "；".join(f"改评“{other.label}”时 {_range(other, row)}" for other in others)
