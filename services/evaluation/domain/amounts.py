"""万元: how forms and reports print money that is kept in yuan."""

from decimal import Decimal

from services.evaluation.domain.numbers import Rounding

_TO_PRINT = Rounding(2)


def in_wan_yuan(yuan: Decimal) -> Decimal:
    """Ten thousands of yuan to two places, rounded once, half up; budgets are not negative."""
    return _TO_PRINT.of(yuan.scaleb(-4))


def printed(wan_yuan: Decimal) -> str:
    """`39,497.05 万元`."""
    return f"{wan_yuan:,} 万元"
