"""What an indicator reads at half time and at the end of the year."""

from decimal import ROUND_HALF_UP, Decimal
from random import Random

from deploy.demo.generate_goals import Indicator

_ONE = Decimal(1)
_HUNDRED = Decimal(100)


def share(rng: Random, low: int, high: int) -> Decimal:
    """A share given in thousandths."""
    return Decimal(rng.randrange(low, high)) / 1000


def reading(row: Indicator, factor: Decimal) -> Decimal:
    """The target times a factor, in the digits people report it with, never a rate above 100."""
    assert row.target is not None
    value = (row.target * factor).quantize(_digits(row), rounding=ROUND_HALF_UP)
    return min(value, _HUNDRED) if row.unit == "%" else max(value, _ONE)


def met(row: Indicator, rng: Random) -> Decimal:
    """A reading at the target or a little better."""
    assert row.target is not None
    if row.operator == "=":
        return row.target
    if row.operator == "<=":
        return min(reading(row, share(rng, 900, 1001)), row.target)
    return max(reading(row, share(rng, 1000, 1040)), row.target)


def missed(row: Indicator, shortfall: Decimal) -> Decimal:
    """A reading worse than the target by the given share."""
    assert row.target is not None
    return reading(row, 1 + shortfall if row.operator == "<=" else 1 - shortfall)


def is_met(row: Indicator, actual: Decimal) -> bool:
    assert row.target is not None
    return actual <= row.target if row.operator == "<=" else actual >= row.target


def _digits(row: Indicator) -> Decimal:
    if row.unit == "%" and row.target is not None:
        return Decimal("0.01") if row.target <= 5 else Decimal("0.1")
    return Decimal("0.1") if row.unit == "倍" else _ONE
