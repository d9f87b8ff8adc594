"""Scoring profiles (计分规则): the knobs of self-evaluation scoring; `profile_files` reads them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.evaluation.domain.numbers import Rounding
from services.evaluation.domain.receipts import Citation


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


class ExecutionMode(StrEnum):
    """Scoring of the execution rate: in proportion, or by the step it reaches (分档)."""

    PROPORTIONAL_CAPPED = "proportional_capped"
    BANDED = "banded"


class Denominator(StrEnum):
    """The budget the execution rate is held against (调整后全年预算数、年初预算数)."""

    ADJUSTED_FULL_YEAR = "adjusted_full_year"
    INITIAL = "initial"

    @property
    def cell(self) -> str:
        return "budget_initial" if self is Denominator.INITIAL else "budget_full_year"


class PositiveMode(StrEnum):
    """Scoring of a target missed from below: by ratio (完成比例赋分) or nothing (直接赋分)."""

    RATIO_CAPPED = "ratio_capped"
    DIRECT = "direct"


class NegativeMode(StrEnum):
    """Scoring of lower-is-better indicators (反向指标) that miss their target."""

    RATIO = "ratio"
    LINEAR_TO_DOUBLE = "linear_to_double"


class Deviation(StrEnum):
    """What weights off the uniform split ask for: a look (提示) or a reason (说明理由)."""

    HINT = "hint"
    REASON = "reason"


@dataclass(frozen=True)
class GroupWeight:
    """The weight (分值) the form gives to one first-level part."""

    code: str
    label: str
    weight: Decimal


@dataclass(frozen=True)
class Split:
    """How the weights are split when the form has no row of the `absent` groups."""

    absent: frozenset[str]
    groups: tuple[GroupWeight, ...]


@dataclass(frozen=True)
class Step:
    """From `at_least` on, this share of the weight is earned."""

    at_least: Decimal
    share: Decimal


@dataclass(frozen=True)
class ExecutionRule:
    """How the budget execution rate (预算执行率) earns points; steps hold shares of the budget."""

    mode: ExecutionMode
    denominator: Denominator
    #: The rate is rounded to whole per cent before it is multiplied.
    round_rate_first: bool
    steps: tuple[Step, ...]
    citation: Citation


@dataclass(frozen=True)
class RatioRule:
    """Points of a missed target; below `passing` (及格线, a share of the target) there are none."""

    mode: PositiveMode
    passing: Decimal
    citation: Citation


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
    #: The indicator tree the groups belong to: `mof-2015`, `mof-2021` or a place's own.
    tree: str
    #: The rule that grades the total.
    grades: str
    #: A weight of zero says that the form has no execution line.
    execution: GroupWeight
    #: The group whose weight includes the execution line, where it doesn't stand beside them.
    execution_within: str | None
    splits: tuple[Split, ...]
    deviating_weights: Deviation
    #: First level of another tree → the group whose weight it shares.
    counts_as: Mapping[str, str]
    #: Rows that add up to this much are weighed down to what the execution line leaves.
    rows_weighed_from: Decimal | None
    execution_rule: ExecutionRule
    low_execution: Threshold
    positive: RatioRule
    equal: RatioRule
    negative_mode: NegativeMode
    negative_cited: Citation
    #: Steps of satisfaction rates (满意度赋分), in per cent; empty when scored like any other row.
    satisfaction_steps: tuple[Step, ...]
    satisfaction_cited: Citation
    bands: tuple[Band, ...]
    qualitative_cited: Citation
    over_achievement: Threshold
    over_achievement_operators: frozenset[str]
    rounding: Rounding

    @property
    def groups(self) -> tuple[GroupWeight, ...]:
        """The groups of the full split."""
        return self.splits[0].groups

    @property
    def has_execution_line(self) -> bool:
        return self.execution.weight > 0

    def band(self, code: str | None) -> Band | None:
        return next((band for band in self.bands if band.code == code), None)

    def group_of(self, level1: str | None) -> str | None:
        """The group a first level counts with; a profile with the group `any` takes every row."""
        code = self.counts_as.get(level1 or "", level1)
        known = {group.code for group in self.groups}
        if code in known:
            return code
        return ANY if ANY in known else code

    def groups_for(self, present: Iterable[str | None]) -> tuple[GroupWeight, ...]:
        """The split that fits a form with rows of these groups: of those that fit, the closest."""
        missing = {group.code for group in self.groups} - set(present)
        fitting = [split for split in self.splits if split.absent <= missing]
        return max(fitting, key=lambda split: len(split.absent)).groups

    def cited_for(self, operator: Operator) -> Citation:
        """Where the formula of this operator stands written."""
        if operator is Operator.EQUAL:
            return self.equal.citation
        if operator in (Operator.AT_MOST, Operator.BELOW):
            return self.negative_cited
        return self.positive.citation


#: The group of forms that weigh their rows together, whatever their first level.
ANY = "any"
