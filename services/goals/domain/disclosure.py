"""公开: when it is due, and how far the region has come."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from shared.rulebook import Version


def disclosure_due(approved_on: date, rule: Version) -> date:
    """The last day to publish: calendar days after approval, as the law says days."""
    return approved_on + timedelta(days=int((rule.values or {})["calendar_days"]))


@dataclass(frozen=True)
class Coverage:
    """A rate with what it was divided from."""

    numerator: int
    denominator: int

    @property
    def rate(self) -> Decimal | None:
        """Per cent to two places; None when there is nothing to cover."""
        if self.denominator == 0:
            return None
        return (Decimal(100 * self.numerator) / self.denominator).quantize(
            Decimal("0.01"), ROUND_HALF_UP
        )
