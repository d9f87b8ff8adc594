"""How much a unit clerk types in the demo's round: what prefill does not already say."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from services.monitoring.domain.facts import Likelihood
from services.monitoring.domain.form_checks import gaps
from services.monitoring.domain.form_rows import (
    ACTUAL,
    FORECAST,
    RowContent,
    row_of,
    typed,
    year_gone,
)

DATA = Path(__file__).parents[2] / "deploy" / "demo" / "data"
GONE = year_gone(date(2023, 7, 31))

#: Typed once a form: 全年预计执行数.
OF_THE_FORM = 1


def rows_of(name: str) -> Iterator[dict[str, str | None]]:
    """A file of the demo; an empty cell says nothing."""
    with (DATA / name).open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield {column: value or None for column, value in row.items()}


def clerks_keystrokes(target: dict[str, str | None], said: dict[str, str | None]) -> int:
    """The fields a clerk types so that the row says what the demo's unit reports."""
    wanted = row_of(
        {
            **target,
            **said,
            "position": int(str(target["position"])),
            "deviation_causes": (said["deviation_causes"] or "").split(";")
            if said["deviation_causes"]
            else [],
        }
    )
    count, row = 0, row_of({**target, "position": wanted.position})
    for name in (ACTUAL, "band", FORECAST, "likelihood", "deviation_causes", "deviation_text"):
        value = getattr(wanted, name)
        if getattr(row, name) != value:
            row = typed(row, {name: value}, gone=GONE)
            count += 1
    assert _says_the_same(row, wanted)
    assert gaps([row]) == []
    return count


def _says_the_same(row: RowContent, wanted: RowContent) -> bool:
    return (row.actual_to_date, row.actual_forecast, row.band, row.likelihood) == (
        wanted.actual_to_date,
        wanted.actual_forecast,
        wanted.band,
        wanted.likelihood,
    )


def test_a_clerk_types_fewer_than_twelve_fields_a_project() -> None:
    targets = {(row["project_code"], row["position"]): row for row in rows_of("indicators.csv")}
    count: Counter[str] = Counter()
    short: set[str] = set()
    for said in rows_of("monitoring_rows.csv"):
        project = str(said["project_code"])
        count[project] += clerks_keystrokes(targets[project, said["position"]], said)
        if said["likelihood"] != Likelihood.CERTAIN or said["deviation_text"]:
            short.add(project)
    typed_fields = {project: fields + OF_THE_FORM for project, fields in count.items()}
    assert len(typed_fields) == 271
    assert sum(typed_fields.values()) < 12 * 271, Decimal(sum(typed_fields.values())) / 271
    assert max(typed_fields[project] for project in typed_fields if project not in short) < 12
