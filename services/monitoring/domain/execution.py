"""Budget execution (预算执行): what has been paid of a budget, in all and by fund level."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum


class FundLevel(StrEnum):
    """Whose money it is (资金来源级次); the order is that of the forms."""

    CENTRAL = "central"
    PROVINCIAL = "provincial"
    MUNICIPAL = "municipal"
    COUNTY = "county"

    @property
    def label(self) -> str:
        return _FUND_LEVEL_LABELS[self]


_FUND_LEVEL_LABELS = {
    FundLevel.CENTRAL: "中央",
    FundLevel.PROVINCIAL: "自治区",
    FundLevel.MUNICIPAL: "市",
    FundLevel.COUNTY: "本级",
}


@dataclass(frozen=True)
class LevelExecution:
    """Budget and payments of one fund level; paid is net of refunds and may be negative."""

    fund_level: FundLevel
    budget: Decimal
    paid: Decimal

    @property
    def rate(self) -> Decimal | None:
        return execution_rate(self.budget, self.paid)


@dataclass(frozen=True)
class Execution:
    """A project's year: the fund levels that have a budget or a payment, and their total."""

    levels: tuple[LevelExecution, ...]

    @property
    def budget(self) -> Decimal:
        return sum((level.budget for level in self.levels), Decimal(0))

    @property
    def paid(self) -> Decimal:
        return sum((level.paid for level in self.levels), Decimal(0))

    @property
    def rate(self) -> Decimal | None:
        return execution_rate(self.budget, self.paid)


def execution(
    budgets: Mapping[FundLevel, Decimal], payments: Mapping[FundLevel, Decimal]
) -> Execution:
    """Put both sides together; money paid at a level without a budget stays visible."""
    return Execution(
        tuple(
            LevelExecution(level, budgets.get(level, Decimal(0)), payments.get(level, Decimal(0)))
            for level in FundLevel
            if level in budgets or level in payments
        )
    )


def execution_rate(budget: Decimal, paid: Decimal) -> Decimal | None:
    """Execution rate (执行率) in percent, unrounded; None without a budget to measure against."""
    if budget <= 0:
        return None
    return paid * 100 / budget


def shown_rate(rate: Decimal | None) -> str | None:
    """The rate as forms and answers print it: two places, half up."""
    if rate is None:
        return None
    return str(rate.quantize(Decimal("0.01"), ROUND_HALF_UP))
