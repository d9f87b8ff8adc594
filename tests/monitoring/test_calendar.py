"""节假日、调休与期限: which days offices are open, and on which day a deadline falls."""

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.monitoring.domain.calendar import CalendarMissing, DayKind, calendar_of
from services.monitoring.domain.rectification_rules import read_rules, rectification_rules
from shared.rulebook import UnsoundRule, load

_CASES = tomllib.loads((Path(__file__).parent / "cases" / "calendar.toml").read_text("utf-8"))
_SHIPPED = Path("services/monitoring/rectification")
CALENDAR = rectification_rules().calendar
_DAYS = st.dates(date(2022, 3, 1), date(2026, 10, 31))


@pytest.mark.parametrize("case", _CASES["working_day"], ids=lambda case: case["name"])
def test_a_day_is_worked_or_not(case: dict[str, Any]) -> None:
    assert CALENDAR.is_working_day(case["day"]) is case["works"]


@pytest.mark.parametrize("case", _CASES["term"], ids=lambda case: case["name"])
def test_a_term_ends_on_a_day(case: dict[str, Any]) -> None:
    kind = DayKind(case["kind"])
    assert CALENDAR.add_days(case["from"], case["count"], kind) == case["expected"]


@pytest.mark.parametrize("year", range(2022, 2027))
def test_every_year_has_its_seven_festivals_off(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    off = [day for day in days if day.weekday() < 5 and not CALENDAR.is_working_day(day)]
    worked = [day for day in days if day.weekday() >= 5 and CALENDAR.is_working_day(day)]
    assert 11 <= len(off) - len(worked) <= 13  # 11 days by law, 13 since 2025
    assert date(year, 10, 1) in {*off, *(d for d in days if d.weekday() >= 5)}


def test_a_year_without_data_is_refused_by_name() -> None:
    with pytest.raises(CalendarMissing, match="2027"):
        CALENDAR.is_working_day(date(2027, 1, 4))
    with pytest.raises(CalendarMissing, match="2027"):
        CALENDAR.add_days(date(2026, 12, 31), 1, DayKind.WORKING)
    assert CALENDAR.add_days(date(2026, 12, 31), 1) == date(2027, 1, 1)


@given(_DAYS, st.integers(1, 30))
def test_working_days_there_and_back_meet(day: date, count: int) -> None:
    there = CALENDAR.add_days(day, count, DayKind.WORKING)
    assert CALENDAR.is_working_day(there)
    assert there > day
    if CALENDAR.is_working_day(day):
        assert CALENDAR.add_days(there, -count, DayKind.WORKING) == day


@given(_DAYS, st.integers(1, 20), st.sampled_from(DayKind))
def test_grace_ends_as_many_days_after_the_due_day(day: date, count: int, kind: DayKind) -> None:
    last = CALENDAR.add_days(day, count, kind)
    following = CALENDAR.add_days(day, count + 1, kind)
    assert not day < CALENDAR.grace_begins(last, count, kind)
    assert day < CALENDAR.grace_begins(following, count, kind)


def _changed(folder: Path, name: str, old: str, new: str) -> Path:
    for path in _SHIPPED.glob("*.toml"):
        text = path.read_text("utf-8")
        if path.name == name:
            assert old in text
            text = text.replace(old, new, 1)
        (folder / path.name).write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("holidays.toml", "[2022-01-01, 2022-01-03]", "[2022-01-03, 2022-01-01]", "no range"),
        ("holidays.toml", "2022-01-29, ", "2022-01-28, ", "no weekend day"),
        ("holidays.toml", "2022-01-29, ", "2022-10-01, ", "both off and worked"),
        ("deadlines.toml", "days = 30", "days = 0", "no positive number"),
        ("deadlines.toml", 'kind = "calendar"', 'kind = "lunar"', "lunar"),
        ("deadlines.toml", "measures_within", "measures", "measures_within"),
        ("escalation.toml", "escalate_after", "escalate", "escalate_after"),
        ("evidence.toml", '"pdf", ', '"exe", ', "kinds are some of"),
        ("payment-controls.toml", '"red_rounds"', '"mood"', "kind is one of"),
        ("payment-controls.toml", '"escalated"', '"forgotten"', "overdue or escalated"),
        ("payment-controls.toml", 'rule_id = "payment-controls"', 'rule_id = "x"', "no rule"),
    ],
)
def test_an_unsound_rule_file_is_refused_with_what_is_wrong(
    tmp_path: Path, name: str, old: str, new: str, said: str
) -> None:
    with pytest.raises(UnsoundRule, match=said):
        read_rules(_changed(tmp_path, name, old, new))


def test_deadlines_counted_in_working_days_pass_over_the_festival(tmp_path: Path) -> None:
    old = 'measures_within = { days = 30, kind = "calendar" }'
    new = 'measures_within = { days = 5, kind = "working" }'
    rules = read_rules(_changed(tmp_path, "deadlines.toml", old, new))
    assert rules.measures_due_on(date(2024, 2, 8)) == date(2024, 2, 21)
    assert rules.letter_due_on(date(2024, 2, 8)) == date(2024, 2, 28)


def test_nothing_escalates_where_the_working_days_cannot_be_counted(tmp_path: Path) -> None:
    old, new = 'days = 15, kind = "calendar"', 'days = 15, kind = "working"'
    rules = read_rules(_changed(tmp_path, "escalation.toml", old, new))
    assert rules.escalates_before(date(2027, 1, 4)) is None
    assert rules.escalates_before(date(2024, 3, 8)) == date(2024, 2, 18)


def test_what_was_not_held_against_the_official_text_says_so() -> None:
    for path in _SHIPPED.glob("*.toml"):
        assert not any(version.source.verified for version in load(path).versions), path.name
    assert calendar_of(load(_SHIPPED / "holidays.toml")) == CALENDAR
