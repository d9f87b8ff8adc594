"""What a warning rule may know about a project on a day."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Operator(StrEnum):
    """How an indicator (绩效指标) compares what was achieved with its target (指标值)."""

    AT_LEAST = ">="
    MORE_THAN = ">"
    EQUAL = "="
    LESS_THAN = "<"
    AT_MOST = "<="
    QUALITATIVE = "qualitative"

    @property
    def label(self) -> str:
        return _OPERATOR_LABELS[self]


class Band(StrEnum):
    """The three bands of a qualitative indicator (定性指标)."""

    ACHIEVED = "achieved"
    PARTIAL = "partial"
    FAILED = "failed"

    @property
    def label(self) -> str:
        return _BAND_LABELS[self]


class Likelihood(StrEnum):
    """How likely the unit thinks it is that the target is met (完成目标可能性)."""

    CERTAIN = "certain"
    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"

    @property
    def label(self) -> str:
        return _LIKELIHOOD_LABELS[self]


_OPERATOR_LABELS = {
    Operator.AT_LEAST: "≥",
    Operator.MORE_THAN: ">",
    Operator.EQUAL: "=",
    Operator.LESS_THAN: "<",
    Operator.AT_MOST: "≤",
    Operator.QUALITATIVE: "定性",
}

_BAND_LABELS = {
    Band.ACHIEVED: "达成年度指标",
    Band.PARTIAL: "部分达成年度指标并具有一定效果",
    Band.FAILED: "未达成年度指标且效果较差",
}

_LIKELIHOOD_LABELS = {
    Likelihood.CERTAIN: "确定能",
    Likelihood.POSSIBLE: "有可能",
    Likelihood.IMPOSSIBLE: "完全不可能",
}

_MEETS: dict[Operator, Callable[[Decimal, Decimal], bool]] = {
    Operator.AT_LEAST: operator.ge,
    Operator.MORE_THAN: operator.gt,
    Operator.LESS_THAN: operator.lt,
    Operator.AT_MOST: operator.le,
}

_OPPOSITE = {
    Operator.AT_LEAST: Operator.LESS_THAN,
    Operator.MORE_THAN: Operator.AT_MOST,
    Operator.LESS_THAN: Operator.AT_LEAST,
    Operator.AT_MOST: Operator.MORE_THAN,
}


@dataclass(frozen=True)
class Target:
    """A number to reach or not to pass: `=` is already read as one of the two."""

    operator: Operator
    value: Decimal

    @property
    def is_limit(self) -> bool:
        """Lower is better (反向指标)."""
        return self.operator in (Operator.AT_MOST, Operator.LESS_THAN)

    def is_met_by(self, value: Decimal) -> bool:
        return _MEETS[self.operator](value, self.value)

    def compared_with(self, value: Decimal) -> str:
        """How the value really stands to the target: `120 > 100`."""
        relation = self.operator if self.is_met_by(value) else _OPPOSITE[self.operator]
        return f"{value:f} {relation.label} {self.value:f}"

    def __str__(self) -> str:
        return f"{self.operator.label} {self.value:f}"


def numeric_target(operator: Operator, value: Decimal | None) -> Target | None:
    """The target as a number, if it has one.

    `=` is read as "at least", except that "= 0" (no accident, no complaint) is a limit:
    the deployed practice of scoring reads it so.
    """
    if value is None or operator is Operator.QUALITATIVE:
        return None
    if operator is not Operator.EQUAL:
        return Target(operator, value)
    return Target(Operator.AT_MOST if value == 0 else Operator.AT_LEAST, value)


@dataclass(frozen=True)
class IndicatorFacts:
    """One row of the monitoring form beside the target it was approved with."""

    position: int
    name: str
    operator: Operator
    target_value: Decimal | None
    actual_to_date: Decimal | None
    actual_forecast: Decimal | None
    band: Band | None
    likelihood: Likelihood | None

    @property
    def target(self) -> Target | None:
        """The number to reach or not to pass."""
        return numeric_target(self.operator, self.target_value)


@dataclass(frozen=True)
class ProjectFacts:
    """A project's budget, net payments and indicator rows as of a day of its fiscal year."""

    project_code: str
    unit_code: str
    budget: Decimal
    paid: Decimal
    indicators: tuple[IndicatorFacts, ...]
    as_of: date
    #: Percent of the budget that the project's own plan has paid by the end of the month.
    planned_pct: Decimal | None = None
    #: The day the tender was decided.
    tender_on: date | None = None
