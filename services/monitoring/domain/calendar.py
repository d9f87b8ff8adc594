"""自然日与工作日: deadlines counted over the holidays and the weekend days worked for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from shared.rulebook import Rule, UnsoundRule

_DAY = timedelta(days=1)
_SATURDAY = 5


class DayKind(StrEnum):
    """What a deadline counts."""

    CALENDAR = "calendar"
    WORKING = "working"

    @property
    def label(self) -> str:
        """自然日 or 工作日."""
        return {"calendar": "自然日", "working": "工作日"}[self]


class CalendarMissing(LookupError):
    """The year's holidays have not been entered yet."""


@dataclass(frozen=True)
class Calendar:
    """Which days are worked, in the years whose holidays are known."""

    years: frozenset[int]
    off: frozenset[date]
    worked: frozenset[date]

    def is_working_day(self, day: date) -> bool:
        """Whether offices are open. Raises CalendarMissing for a year without data."""
        if day.year not in self.years:
            raise CalendarMissing(f"没有 {day.year} 年的节假日安排，不能计算工作日")
        return day in self.worked or (day.weekday() < _SATURDAY and day not in self.off)

    def add_days(self, day: date, count: int, kind: DayKind = DayKind.CALENDAR) -> date:
        """The day `count` days after `day` (before it when negative), which itself isn't counted.

        Raises CalendarMissing when working days lead into a year without data.
        """
        if kind is DayKind.CALENDAR:
            return day + count * _DAY
        step = _DAY if count > 0 else -_DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def grace_begins(self, today: date, count: int, kind: DayKind) -> date:
        """What fell due before this day is more than `count` days late today."""
        return self.add_days(today + _DAY, -(count + 1), kind)


def calendar_of(rule: Rule) -> Calendar:
    """The calendar that the versions of a rule make, one a year. Raises UnsoundRule."""
    years, off, worked = set(), set[date](), set[date]()
    for version in rule.versions:
        values = version.values or {}
        years.add(version.effective_from.year)
        for first, last in values.get("off", []):
            off.update(_days(rule, first, last))
        worked.update(_weekend(rule, day) for day in values.get("worked", []))
    if off & worked:
        raise UnsoundRule(f"{rule.rule_id}: {min(off & worked)} is both off and worked")
    return Calendar(frozenset(years), frozenset(off), frozenset(worked))


def _days(rule: Rule, first: Any, last: Any) -> Iterator[date]:
    if type(first) is not date or type(last) is not date or not first <= last:
        raise UnsoundRule(f"{rule.rule_id}: {first} – {last} is no range of days")
    return (first + n * _DAY for n in range((last - first).days + 1))


def _weekend(rule: Rule, day: Any) -> date:
    if type(day) is not date or day.weekday() < _SATURDAY:
        raise UnsoundRule(f"{rule.rule_id}: {day} is no weekend day to be worked")
    return day
