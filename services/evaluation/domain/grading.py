"""Grades (等级): a score is rounded once and then falls into exactly one band."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from services.evaluation.domain.numbers import Rounding, plain
from services.evaluation.domain.receipts import Citation, Receipt
from services.evaluation.domain.rule_values import (
    Reader,
    citation,
    distinct_codes,
    read,
    rounding,
)
from shared.rulebook import UnsoundRule, Version


class ScoreOutOfRange(ValueError):
    """Only a score between zero and full marks has a grade."""


@dataclass(frozen=True)
class GradeBand:
    """One grade and the lowest score that earns it."""

    code: str
    label: str
    lowest: Decimal


@dataclass(frozen=True)
class GradeScale:
    """The grades of one rule version, best first; together they cover every possible score."""

    citation: Citation
    full_marks: Decimal
    bands: tuple[GradeBand, ...]
    rounding: Rounding


@dataclass(frozen=True)
class Graded:
    """A score with its grade; `score` is the rounded number that was graded."""

    code: str
    label: str
    score: Decimal
    receipt: Receipt


def grade(score: Decimal, scale: GradeScale) -> Graded:
    """Round once, then grade. Raises ScoreOutOfRange outside zero to full marks."""
    if not 0 <= score <= scale.full_marks:
        raise ScoreOutOfRange(f"{score} is outside 0…{scale.full_marks}")
    rounded = scale.rounding.of(score)
    index = next(i for i, band in enumerate(scale.bands) if rounded >= band.lowest)
    band = scale.bands[index]
    receipt = Receipt(
        citation=scale.citation,
        inputs={"score": plain(score)},
        arithmetic=_arithmetic(rounded, scale, index),
        points_lost=scale.full_marks - rounded,
        why=f"{rounded} 分属于“{band.label}”：{plain(band.lowest)} 分（含）以上",
        what_would_change_it=_what_would_change_it(rounded, scale, index),
    )
    return Graded(code=band.code, label=band.label, score=rounded, receipt=receipt)


def _arithmetic(rounded: Decimal, scale: GradeScale, index: int) -> str:
    lowest = plain(scale.bands[index].lowest)
    if index == 0:
        return f"{lowest} ≤ {rounded} ≤ {plain(scale.full_marks)}"
    return f"{lowest} ≤ {rounded} < {plain(scale.bands[index - 1].lowest)}"


def _what_would_change_it(rounded: Decimal, scale: GradeScale, index: int) -> str:
    ways = []
    if index > 0:
        better = scale.bands[index - 1]
        lacking = better.lowest - rounded
        ways.append(f"达到 {plain(better.lowest)} 分为“{better.label}”，还差 {lacking} 分")
    if index < len(scale.bands) - 1:
        worse = scale.bands[index + 1]
        ways.append(f"低于 {plain(scale.bands[index].lowest)} 分为“{worse.label}”")
    return "；".join(ways) or "只有一个等级"


def grade_scale(version: Version) -> GradeScale:
    """The scale of a version. Raises UnsoundRule with the place and the reason."""
    values = read(version).only("kind", "full_marks", "bands", "rounding")
    full_marks = values.number("full_marks")
    return GradeScale(
        citation=citation(version),
        full_marks=full_marks,
        bands=_bands(values, full_marks),
        rounding=rounding(values.table("rounding").only("places", "mode", "source")),
    )


def _bands(values: Reader, full_marks: Decimal) -> tuple[GradeBand, ...]:
    rows = [row.only("code", "label", "from") for row in values.tables("bands")]
    distinct_codes(rows, f"{values.place}.bands")
    bands = tuple(GradeBand(r.text("code"), r.text("label"), r.number("from")) for r in rows)
    edges = [band.lowest for band in bands]
    falling = all(upper > lower for upper, lower in pairwise(edges))
    if not falling or edges[0] > full_marks or edges[-1] != 0:
        raise UnsoundRule(f"{values.place}.bands: {edges} must fall from full marks to 0")
    return bands
