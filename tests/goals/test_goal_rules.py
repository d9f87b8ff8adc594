"""Rules by day, disclosure, coverage and the states of a goal."""

from datetime import date
from decimal import Decimal

import pytest

from services.goals.domain import rules_in_force
from services.goals.domain.disclosure import Coverage, disclosure_due
from shared.rulebook import NoRuleInForce

RULES = rules_in_force.load()


def test_asking_for_a_day_before_the_first_version_raises() -> None:
    with pytest.raises(NoRuleInForce):
        RULES["goal-form"].on(date(2015, 5, 20))


@pytest.mark.parametrize(
    ("approved_on", "due"),
    [
        (date(2023, 1, 31), date(2023, 2, 20)),
        (date(2024, 2, 10), date(2024, 3, 1)),  # leap year
        (date(2023, 12, 20), date(2024, 1, 9)),
    ],
)
def test_disclosure_is_due_twenty_calendar_days_after_approval(
    approved_on: date, due: date
) -> None:
    assert disclosure_due(approved_on, RULES["goal-disclosure"].on(approved_on)) == due


@pytest.mark.parametrize(
    ("numerator", "denominator", "rate"),
    [(271, 271, "100.00"), (0, 5, "0.00"), (1, 3, "33.33"), (2, 3, "66.67"), (0, 0, None)],
)
def test_a_coverage_rate(numerator: int, denominator: int, rate: str | None) -> None:
    assert Coverage(numerator, denominator).rate == (Decimal(rate) if rate else None)
