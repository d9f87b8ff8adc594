"""How much a unit clerk types in the demo's round: what prefill does not already say."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from services.monitoring.domain.form_checks import gaps
from services.monitoring.domain.form_rows import (
    TYPED,
    RowContent,
    row_of,
    typed_form,
    year_gone,
)

DATA = Path(__file__).parents[2] / "deploy" / "demo" / "data"
GONE = year_gone(date(2023, 7, 31))

NOTHING_SAID: dict[str, Any] = {**dict.fromkeys(TYPED), "deviation_causes": ()}

#: Typed once a form: 全年预计执行数.
OF_THE_FORM = 1


Row = dict[str, str | None]


def rows_of(name: str) -> Iterator[Row]:
    """A file of the demo; an empty cell says nothing."""
    with (DATA / name).open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield {column: value or None for column, value in row.items()}


def of_a_file(target: Row, said: Row) -> RowContent:
    """The row as the demo's unit reports it."""
    causes = said.get("deviation_causes")
    whole = {**target, **said, "deviation_causes": causes.split(";") if causes else []}
    return row_of({**whole, "position": int(str(target["position"]))})


def clerks_keystrokes(wanted: list[RowContent]) -> tuple[int, int]:
    """The fields a clerk types until the form says what the demo's unit reports: those that
    prefill leaves open, and those it filled in otherwise."""
    left_open = otherwise = 0
    rows = [replace(row, **NOTHING_SAID) for row in wanted]
    for index, row in enumerate(wanted):
        for name in TYPED:
            if getattr(rows[index], name) != getattr(row, name):
                otherwise += name in rows[index].defaulted
                left_open += name not in rows[index].defaulted
                typed: list[dict[str, object]] = [{} for _ in rows]
                typed[index] = {name: getattr(row, name)}
                rows = typed_form(rows, typed, gone=GONE)
    for name in TYPED:
        assert [getattr(row, name) for row in rows] == [getattr(row, name) for row in wanted]
    assert gaps(rows) == []
    return left_open + OF_THE_FORM, otherwise


def test_a_clerk_types_fewer_than_twelve_fields_for_any_project() -> None:
    targets = {(row["project_code"], row["position"]): row for row in rows_of("indicators.csv")}
    forms: dict[str, list[RowContent]] = {}
    for said in rows_of("monitoring_rows.csv"):
        target = targets[said["project_code"], said["position"]]
        forms.setdefault(str(said["project_code"]), []).append(of_a_file(target, said))
    keystrokes = [clerks_keystrokes(rows) for rows in forms.values()]
    assert len(keystrokes) == 271
    assert max(left_open for left_open, _ in keystrokes) < 12
    assert sum(map(sum, keystrokes)) < 9 * 271
    # The one project whose unit gives two targets up: "impossible" is never filled in.
    assert [sum(one) for one in keystrokes if sum(one) >= 12] == [13]
