"""报送期限与催报: until when a round's forms are due, and when a unit is reminded of them."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from shared.rulebook import Rule, UnsoundRule, Version
from shared.rulebook import load as read


def report_by(fiscal_year: int, version: Version) -> date:
    """The due date of a round that names none."""
    values = version.values or {}
    return date(fiscal_year, values["report_by_month"], values["report_by_day"])


def remind_days_before(version: Version) -> Sequence[int]:
    """How many days before the due date a unit with outstanding forms is reminded."""
    return list((version.values or {})["remind_days_before"])


def check(versions: Sequence[Version]) -> None:
    """Refuse a rule no round could use: raises UnsoundRule. For the start of the process."""
    for version in versions:
        try:
            report_by(2001, version)
            days = remind_days_before(version)
        except (KeyError, TypeError, ValueError) as error:
            raise UnsoundRule(f"{version.label}: {error!r}") from error
        if not days or any(not isinstance(n, int) or n < 0 for n in days):
            raise UnsoundRule(f"{version.label}: remind_days_before are days, 0 or more")


def load() -> Rule:
    """The rule as it was shipped. Raises UnsoundRule, so a broken file keeps the service down."""
    rule = read(Path(__file__).parent.parent / "deadlines" / "monitoring-deadlines.toml")
    check(rule.versions)
    return rule
