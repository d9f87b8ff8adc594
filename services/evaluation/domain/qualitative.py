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
from services.evaluation.domain.lines import Line, Subject, scored, unscored
from services.evaluation.domain.numbers import plain
from services.evaluation.domain.profiles import Band, ScoringProfile


def score_qualitative(row: IndicatorRow, rule: ScoringProfile) -> Line:
    """The chosen score when it lies in its band; outside the band nothing is scored."""
    subject = row.under(rule.qualitative_cited)
    if row.self_score is None or _absent(row):
        return unscored(subject, *_absent(row))
    line = in_band(subject, row.band, row.self_score, rule, cell="self_score")
    if line.score in (None, row.weight) or not blank(row.reason):
        return line
    return replace(line, findings=(deviation_reason_missing(row.name),))


def in_band(
    subject: Subject, code: str | None, chosen: Decimal, rule: ScoringProfile, *, cell: str
) -> Line:
    """The score chosen inside the band named; `cell` is where a finding says it is out of range."""
    band = rule.band(code)
    if band is None:
        return unscored(subject, _band_unknown(code, rule))
    score = rule.rounding.of(chosen)
    if not band.holds(score, subject.weight):
        return unscored(subject, out_of_range(cell, chosen, _range(band, subject.weight)))
    points = _points(subject.weight, band, score)
    return scored(subject, points, rule.rounding, change=_other_bands(subject.weight, band, rule))


def _absent(row: IndicatorRow) -> list[Finding]:
    cells = {
        "target_text": blank(row.target_text),
        "band": blank(row.band),
        "self_score": row.self_score is None,
    }
    return [cell_missing(cell) for cell, absent in cells.items() if absent]


def _band_unknown(code: str | None, rule: ScoringProfile) -> Finding:
    labels = "、".join(f"{band.label}（{band.code}）" for band in rule.bands)
    return Finding(
        code="band_unknown",
        pointer="/band",
        message=f"没有“{code}”这一档",
        mend=f"请在以下档次中选择：{labels}",
    )


def _points(weight: Decimal, band: Band, chosen: Decimal) -> Points:
    return Points(
        exact=Fraction(chosen),
        reached=chosen == weight,
        expression=f"{_range(band, weight, plain(chosen))} 成立：{plain(chosen)}",
        why=f"评为“{band.label}”，在该档内取 {plain(chosen)} 分",
    )


def _range(band: Band, weight: Decimal, score: str = "得分") -> str:
    top = "≤" if band.high == 1 else "<"
    return f"{plain(band.low * weight)} ≤ {score} {top} {plain(band.high * weight)}"


def _other_bands(weight: Decimal, band: Band, rule: ScoringProfile) -> str:
    others = [other for other in rule.bands if other is not band]
    return "；".join(f"改评“{other.label}”时 {_range(other, weight)}" for other in others)
