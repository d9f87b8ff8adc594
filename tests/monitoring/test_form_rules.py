"""监控表 without a database: what is filled in, what is asked, what is found, what changed."""

import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.monitoring.domain import deadlines
from services.monitoring.domain.facts import Band, Likelihood, Operator
from services.monitoring.domain.form_changes import changes, content_of
from services.monitoring.domain.form_checks import (
    FormContent,
    findings,
    gaps,
    to_type_count,
)
from services.monitoring.domain.form_rows import (
    RowContent,
    completed,
    row_of,
    typed,
    typed_form,
    year_gone,
)
from shared.rulebook import UnsoundRule, Version

CASES = tomllib.loads((Path(__file__).parent / "cases" / "form-defaults.toml").read_text("utf-8"))
JULY = year_gone(date(2023, 7, 31))


def lamps(**changes: Any) -> RowContent:
    """A row of 120 street lamps."""
    row = RowContent(1, "quantity", "改造路灯数量", Operator.AT_LEAST, Decimal(120), "盏")
    return replace(row, **changes)


def of_case(case: dict[str, Any]) -> RowContent:
    """The row a case describes, as the unit left it."""
    return row_of(
        {
            "position": 1,
            "level2": case.get("level2", "quantity"),
            "name": case["name"],
            "operator": case["operator"],
            "target_value": case.get("target"),
            "unit_of_measure": case.get("unit", "盏"),
            "actual_to_date": case.get("actual"),
            "band": case.get("band"),
        }
    )


@pytest.mark.parametrize("case", CASES["case"], ids=lambda case: str(case["name"]))
def test_what_the_actual_settles_is_filled_in_and_the_rest_is_asked(case: dict[str, Any]) -> None:
    gone = Decimal(case.get("months", 7)) / 12
    row = completed(of_case(case), gone=gone)
    forecast = case.get("forecast")
    assert row.actual_forecast == (None if forecast is None else Decimal(forecast))
    assert row.likelihood == case.get("likelihood")
    assert row.to_type() == case.get("to_type", [])
    filled = {"actual_forecast": forecast, "likelihood": case.get("likelihood")}
    assert row.defaulted == {name for name, value in filled.items() if value is not None}


numbers = st.decimals(0, 1000, places=2)
rows = st.builds(
    lamps,
    level2=st.sampled_from(["quantity", "quality", "cost"]),
    operator=st.sampled_from(list(Operator)),
    target_value=st.none() | numbers,
    unit_of_measure=st.sampled_from(["盏", "%", None]),
    actual_to_date=st.none() | numbers,
    actual_forecast=st.none() | numbers,
    band=st.none() | st.sampled_from(list(Band)),
    likelihood=st.none() | st.sampled_from(list(Likelihood)),
)


@given(rows, st.integers(1, 12))
def test_what_was_typed_is_never_overwritten_and_filling_in_twice_changes_nothing(
    row: RowContent, months: int
) -> None:
    gone = Decimal(months) / 12
    once = completed(row, gone=gone)
    assert completed(once, gone=gone) == once
    for name in ("actual_to_date", "actual_forecast", "likelihood"):
        if getattr(row, name) is not None:
            assert getattr(once, name) == getattr(row, name)
            assert name not in once.defaulted


@given(rows, st.integers(1, 12))
def test_a_value_nobody_typed_never_says_that_the_target_is_missed(
    row: RowContent, months: int
) -> None:
    once = completed(row, gone=Decimal(months) / 12)
    if "actual_forecast" in once.defaulted:
        assert not once.forecast_is_short()
    if "likelihood" in once.defaulted:
        on_course = once.is_on_course(Decimal(months) / 12) and not once.forecast_is_short()
        assert once.likelihood is (Likelihood.CERTAIN if on_course else Likelihood.POSSIBLE)


def test_what_follows_from_the_actual_follows_it_until_somebody_types_it() -> None:
    met = typed(lamps(), {"actual_to_date": Decimal(130)}, gone=JULY)
    assert (met.actual_forecast, met.likelihood) == (Decimal(130), Likelihood.CERTAIN)
    slow = typed(met, {"actual_to_date": Decimal(30)}, gone=JULY)
    assert (slow.actual_forecast, slow.likelihood, slow.defaulted) == (None, None, frozenset())
    own = typed(met, {"actual_forecast": Decimal(150)}, gone=JULY)
    again = typed(own, {"actual_to_date": Decimal(140)}, gone=JULY)
    assert again.actual_forecast == Decimal(150)
    assert again.defaulted == {"likelihood"}
    back = typed(again, {"actual_forecast": None}, gone=JULY)
    assert back.actual_forecast == Decimal(140)
    assert back.defaulted == {"actual_forecast", "likelihood"}


#: Two rows behind and one on its way, as left by typing actual and forecast.
THREE = [
    completed(lamps(position=n, actual_to_date=Decimal(a), actual_forecast=Decimal(120)), gone=JULY)
    for n, a in ((1, 30), (2, 40), (3, 100))
]
WHY = {"deviation_causes": ["funding"], "deviation_text": "拨款晚到两个月，9月追上。"}


def reasons(rows: list[RowContent]) -> list[tuple[str | None, bool]]:
    """Of each row, what it says and whether it is another row's."""
    return [(row.deviation_text, "deviation_text" in row.defaulted) for row in rows]


def test_the_reason_typed_first_stands_for_every_row_that_needs_one_until_it_has_its_own() -> None:
    first = typed_form(THREE, [WHY, {}, {}], gone=JULY)
    text = WHY["deviation_text"]
    assert reasons(first) == [(text, False), (text, True), (None, False)]
    assert gaps(first) == []
    later = typed_form(first, [{"deviation_text": "已追上一半。"}, {}, {}], gone=JULY)
    assert reasons(later)[1] == ("已追上一半。", True)
    own = typed_form(later, [{}, {"deviation_causes": ["hardware"], "deviation_text": "缺设备"}, {}],
                     gone=JULY)  # fmt: skip
    assert reasons(own)[1] == ("缺设备", False)
    back = typed_form(own, [{}, {"deviation_causes": [], "deviation_text": None}, {}], gone=JULY)
    assert reasons(back)[1] == ("已追上一半。", True)
    certain = typed_form(back, [{}, {"likelihood": "certain"}, {}], gone=JULY)
    assert reasons(certain)[1] == (None, False)
    silent = typed_form(back, [{"deviation_text": None}, {}, {}], gone=JULY)
    assert reasons(silent) == [(None, False), (None, False), (None, False)]
    assert [one.pointer for one in gaps(silent)] == [
        "/rows/0/deviation_text", "/rows/1/deviation_causes", "/rows/1/deviation_text"
    ]  # fmt: skip


def form(*rows: RowContent, **changes: Any) -> FormContent:
    """A form of a million yuan, half of it paid."""
    half_paid = FormContent(
        budget=Decimal(1_000_000),
        executed_to_date=Decimal(500_000),
        executed_forecast=Decimal(900_000),
        rows=rows,
        gone=JULY,
    )
    return replace(half_paid, **changes)


def codes(checked: FormContent) -> list[tuple[str, str, str]]:
    """Findings without their words."""
    return [(one.pointer, one.code, one.severity) for one in findings(checked)]


DONE = completed(lamps(actual_to_date=Decimal(130)), gone=JULY)


@pytest.mark.parametrize(
    ("checked", "expected"),
    [
        (form(DONE), []),
        (form(DONE, executed_forecast=None), [("/executed_forecast", "missing", "advice")]),
        (
            form(DONE, executed_forecast=Decimal("499999.99")),
            [("/executed_forecast", "below_executed", "advice")],
        ),
        (form(DONE, executed_forecast=Decimal(1_000_000)), []),
        (
            form(DONE, executed_forecast=Decimal("1000000.01")),
            [("/executed_forecast", "above_budget", "advice")],
        ),
        (
            form(lamps()),
            [
                ("/rows/0/actual_to_date", "missing", "blocking"),
                ("/rows/0/actual_forecast", "missing", "blocking"),
                ("/rows/0/likelihood", "missing", "blocking"),
            ],
        ),
        (
            form(DONE, replace(DONE, actual_forecast=Decimal(100), defaulted=frozenset())),
            [
                ("/rows/1/deviation_causes", "missing", "blocking"),
                ("/rows/1/deviation_text", "missing", "blocking"),
                ("/rows/1/likelihood", "contradiction", "advice"),
            ],
        ),
        (
            form(
                lamps(
                    actual_to_date=Decimal(30),
                    actual_forecast=Decimal(120),
                    likelihood=Likelihood.CERTAIN,
                )
            ),
            [("/rows/0/deviation_text", "behind_schedule", "advice")],
        ),
        (
            form(replace(DONE, previous_actual=Decimal(131))),
            [("/rows/0/actual_to_date", "below_last_round", "advice")],
        ),
        (
            form(
                completed(
                    lamps(
                        level2="satisfaction", unit_of_measure="%", actual_to_date=Decimal("100.1")
                    ),
                    gone=JULY,
                ),
            ),
            [
                ("/rows/0/actual_forecast", "missing", "blocking"),
                ("/rows/0/likelihood", "missing", "blocking"),
                ("/rows/0/deviation_text", "behind_schedule", "advice"),
                ("/rows/0/actual_to_date", "above_hundred", "advice"),
            ],
        ),
    ],
)
def test_each_finding_points_at_its_field(
    checked: FormContent, expected: list[tuple[str, str, str]]
) -> None:
    assert codes(checked) == expected
    blocking = [one for one in findings(checked) if one.severity == "blocking"]
    assert blocking == gaps(checked.rows)
    assert all(one.detail and one.mend for one in findings(checked))


@given(st.lists(rows, max_size=4), st.none() | numbers)
def test_what_is_left_to_type_is_what_the_form_lacks(
    some: list[RowContent], forecast: Decimal | None
) -> None:
    checked = form(*some, executed_forecast=forecast)
    assert to_type_count(checked) == len(gaps(some)) + (forecast is None)


def test_changes_name_the_field_and_both_values() -> None:
    before = content_of(Decimal("900000.00"), [DONE, lamps(position=2, name="亮灯率")])
    assert list(changes(before, before)) == []
    later = lamps(
        position=2, name="亮灯率", actual_to_date=Decimal("60.50"), deviation_causes=("funding",)
    )
    after = content_of(None, [DONE, later])
    assert [
        (one.pointer, one.row_name, one.before, one.after) for one in changes(before, after)
    ] == [
        ("/executed_forecast", None, "900000", None),
        ("/rows/1/actual_to_date", "亮灯率", None, "60.5"),
        ("/rows/1/deviation_causes", "亮灯率", [], ["funding"]),
    ]


def test_the_shipped_deadline_is_the_last_of_august_and_says_it_was_not_checked() -> None:
    [version] = deadlines.load().versions
    assert deadlines.report_by(2024, version) == date(2024, 8, 31)
    assert deadlines.remind_days_before(version) == [7, 1]
    assert version.source.verified is False


@pytest.mark.parametrize(
    "values",
    [
        None,
        {"report_by_month": 2, "report_by_day": 29, "remind_days_before": [7]},
        {"report_by_month": 8, "report_by_day": 31, "remind_days_before": []},
        {"report_by_month": 8, "report_by_day": 31, "remind_days_before": [-1]},
        {"report_by_month": 8, "report_by_day": 31},
    ],
)
def test_a_deadline_rule_no_round_could_use_is_refused(values: Any) -> None:
    [shipped] = deadlines.load().versions
    version = Version("x", shipped.effective_from, shipped.source, values)
    with pytest.raises(UnsoundRule, match="x@"):
        deadlines.check([version])
