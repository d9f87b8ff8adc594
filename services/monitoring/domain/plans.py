"""用款计划: what share of a year's budget is planned to be paid by a day."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

MONTHS = 12
WHOLE = Decimal(100)


def plan_mistake(planned_pct_by_month: Sequence[Decimal]) -> str | None:
    """What is wrong with twelve cumulative percentages, if anything."""
    if len(planned_pct_by_month) != MONTHS:
        return f"须为 12 个月的累计百分数，现有 {len(planned_pct_by_month)} 个"
    for month, (before, after) in enumerate(pairwise(planned_pct_by_month), start=2):
        if after < before:
            return f"累计百分数不能减少：{month} 月的 {after:f} 小于 {month - 1} 月的 {before:f}"
    if planned_pct_by_month[-1] != WHOLE:
        return f"12 月的累计百分数须为 100，现为 {planned_pct_by_month[-1]:f}"
    return None


def months_begun(fiscal_year: int, day: date) -> int:
    """How many months of the year have begun by the day: 0 before it, 12 after it."""
    if day.year != fiscal_year:
        return 0 if day.year < fiscal_year else MONTHS
    return day.month


def planned_share(
    planned_pct_by_month: Sequence[Decimal] | None, fiscal_year: int, day: date
) -> Decimal:
    """The percentage planned by the day, the month begun counted whole; linear without a plan."""
    months = months_begun(fiscal_year, day)
    if months == 0:
        return Decimal(0)
    if planned_pct_by_month is None:
        return WHOLE * months / MONTHS
    return planned_pct_by_month[months - 1]
