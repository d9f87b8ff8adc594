"""培训前后: first drafts before and after a training, of those who came and of those who did not.

Numbers side by side, never a cause: what changed in between may have many.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from services.evaluation.domain.numbers import Rounding

#: How far the summary looks to both sides of a training; who asks may choose another span.
USUAL_DAYS = 90
_PER_CENT = Rounding(2)

#: Why two periods can't be held against one another.
REASONS = {
    "no_reviews_before": "培训前的期间没有已审核的首次报送目标",
    "no_reviews_after": "培训后的期间没有已审核的首次报送目标",
    "no_reviews": "培训前后都没有已审核的首次报送目标",
}


@dataclass(frozen=True)
class Period:
    """Days, both included."""

    first_on: date
    last_on: date


@dataclass(frozen=True)
class Drafts:
    """Goals first submitted in a period, and how the bureau found them."""

    submitted_count: int = 0
    reviewed_count: int = 0
    passed_at_first_count: int = 0
    returned_goal_count: int = 0
    return_count: int = 0

    @property
    def first_pass_rate(self) -> Decimal | None:
        """Passed per hundred reviewed; None when nothing was reviewed."""
        if self.reviewed_count == 0:
            return None
        return _PER_CENT.of(Fraction(100 * self.passed_at_first_count, self.reviewed_count))


@dataclass(frozen=True)
class UnitDrafts:
    """What goals counts of one unit in one period."""

    unit_code: str
    unit_name: str
    drafts: Drafts


def around(held_on: date, days: int) -> tuple[Period, Period]:
    """The periods before and after; the day of the training itself is in neither."""
    day = timedelta(days=1)
    before = Period(held_on - days * day, held_on - day)
    return before, Period(held_on + day, held_on + days * day)


def added(some: Iterable[Drafts]) -> Drafts:
    """All together."""
    each = list(some)
    return Drafts(**{f.name: sum(getattr(one, f.name) for one in each) for f in fields(Drafts)})


def incomparable(before: Drafts, after: Drafts) -> str | None:
    """The reason, by code, why there is nothing to compare; None when there is."""
    if before.reviewed_count and after.reviewed_count:
        return None
    if before.reviewed_count:
        return "no_reviews_after"
    return "no_reviews_before" if after.reviewed_count else "no_reviews"
