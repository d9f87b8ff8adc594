"""Scoring profiles (计分规则): the knobs of self-evaluation scoring, read from a rule version."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.evaluation.domain.numbers import Rounding
from services.evaluation.domain.receipts import Citation
from services.evaluation.domain.rule_values import (
    Reader,
    citation,
    distinct_codes,
    read,
    rounding,
)
from shared.rulebook import UnsoundRule, Version


class Operator(StrEnum):
    """How an actual value is held against its target (指标性质)."""

    AT_LEAST = ">="
    ABOVE = ">"
    EQUAL = "="
    AT_MOST = "<="
    BELOW = "<"
    QUALITATIVE = "qualitative"

    @property
    def symbol(self) -> str:
        return {">=": "≥", "<=": "≤", "qualitative": "定性"}.get(self.value, self.value)


class NegativeMode(StrEnum):
    """Scoring of lower-is-better indicators (反向指标) that miss their target."""

    RATIO = "ratio"
    LINEAR_TO_DOUBLE = "linear_to_double"


@dataclass(frozen=True)
class GroupWeight:
    """The weight (分值) the form gives to one first-level part."""

    code: str
    label: str
    weight: Decimal


@dataclass(frozen=True)
class Band:
    """A band (档次) of qualitative scores, as shares of the weight; only the best has its top."""

    code: str
    label: str
    low: Decimal
    high: Decimal

    def holds(self, score: Decimal, weight: Decimal) -> bool:
        below_top = score <= weight if self.high == 1 else score < self.high * weight
        return self.low * weight <= score and below_top


@dataclass(frozen=True)
class Threshold:
    """A bound past which a reason must be given."""

    bound: Decimal
    citation: Citation


@dataclass(frozen=True)
class ScoringProfile:
    """Everything needed to score a self-evaluation on one day; sound by construction."""

    citation: Citation
    full_marks: Decimal
    execution: GroupWeight
    groups: tuple[GroupWeight, ...]
    #: First level of a newer tree → the group whose weight it shares.
    counts_as: Mapping[str, str]
    execution_cited: Citation
    low_execution: Threshold
    positive_cited: Citation
    negative_mode: NegativeMode
    negative_cited: Citation
    equal_cited: Citation
    bands: tuple[Band, ...]
    qualitative_cited: Citation
    over_achievement: Threshold
    over_achievement_operators: frozenset[str]
    rounding: Rounding

    def band(self, code: str | None) -> Band | None:
        return next((band for band in self.bands if band.code == code), None)

    def cited_for(self, operator: Operator) -> Citation:
        """Where the formula of this operator stands written."""
        if operator is Operator.EQUAL:
            return self.equal_cited
        if operator in (Operator.AT_MOST, Operator.BELOW):
            return self.negative_cited
        return self.positive_cited


def scoring_profile(version: Version) -> ScoringProfile:
    """The profile of a version. Raises UnsoundRule with the place and the reason."""
    values = read(version).only(
        "kind", "full_marks", "weights", "counts_as", "exec", "low_execution", "positive", "negative",
        "equal", "qualitative", "over_achievement", "rounding",
    )  # fmt: skip
    full_marks = values.number("full_marks")
    weights = _weights(values, full_marks)
    over = values.table("over_achievement").only("reason_above", "operators", "source")
    low = values.table("low_execution").only("reason_below", "source")
    negative = values.table("negative")
    return ScoringProfile(
        citation=citation(version),
        full_marks=full_marks,
        execution=weights.pop("exec"),
        groups=tuple(weights.values()),
        counts_as={"cost": _counted_with(values.table("counts_as"), weights)},
        execution_cited=citation(version, _execution(values.table("exec"))),
        low_execution=Threshold(low.number("reason_below", high=1), citation(version, low)),
        positive_cited=citation(version, _ratio_capped(values.table("positive"))),
        negative_mode=_negative(negative),
        negative_cited=citation(version, negative),
        equal_cited=citation(version, _ratio_capped(values.table("equal"))),
        bands=_bands(values.table("qualitative").only("bands", "source")),
        qualitative_cited=citation(version, values.table("qualitative")),
        over_achievement=Threshold(over.number("reason_above", low=1), citation(version, over)),
        over_achievement_operators=over.choices("operators", {">=", ">", "="}),
        rounding=_line_rounding(values.table("rounding")),
    )


def _weights(values: Reader, full_marks: Decimal) -> dict[str, GroupWeight]:
    rows = [row.only("code", "label", "weight") for row in values.tables("weights")]
    distinct_codes(rows, f"{values.place}.weights")
    parts = [GroupWeight(r.text("code"), r.text("label"), r.number("weight")) for r in rows]
    total = sum(part.weight for part in parts)
    if total != full_marks:
        raise UnsoundRule(f"{values.place}.weights: they sum to {total}, not {full_marks}")
    weights = {part.code: part for part in parts}
    if "exec" not in weights:
        raise UnsoundRule(f"{values.place}.weights: no exec")
    return weights


def _counted_with(part: Reader, groups: Mapping[str, GroupWeight]) -> str:
    return part.only("cost", "source").choice("cost", groups)


def _execution(part: Reader) -> Reader:
    part.only("mode", "denominator", "zero_budget", "source")
    part.choice("mode", {"proportional_capped"})
    part.choice("denominator", {"adjusted_full_year"})
    part.choice("zero_budget", {"not_applicable"})
    return part


def _ratio_capped(part: Reader) -> Reader:
    part.only("mode", "zero_target", "source").choice("mode", {"ratio_capped"})
    part.choice("zero_target", {"met_full_else_zero"})
    return part


def _negative(part: Reader) -> NegativeMode:
    part.only("mode", "zero_target", "source").choice("zero_target", {"met_full_else_zero"})
    return NegativeMode(part.choice("mode", set(NegativeMode)))


def _line_rounding(part: Reader) -> Rounding:
    part.only("places", "mode", "step", "total", "source").choice("step", {"each_line"})
    part.choice("total", {"sum_of_printed_lines"})
    return rounding(part)


def _bands(part: Reader) -> tuple[Band, ...]:
    rows = [row.only("code", "label", "low", "high") for row in part.tables("bands")]
    distinct_codes(rows, part.place)
    bands = tuple(
        Band(r.text("code"), r.text("label"), r.number("low"), r.number("high")) for r in rows
    )
    tops = [Decimal(1), *(band.low for band in bands)]
    if [band.high for band in bands] != tops[:-1] or tops[-1] != 0:
        raise UnsoundRule(f"{part.place}.bands: they leave a gap or overlap between 1 and 0")
    if any(band.low >= band.high for band in bands):
        raise UnsoundRule(f"{part.place}.bands: a band is empty")
    return bands
