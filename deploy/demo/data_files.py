"""The demo's tables as the acts read them. Only `published()` knows the printed figures."""

import csv
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

DATA = Path(__file__).parent / "data"
YEAR = 2023

Row = dict[str, str]
Rows = list[Row]
ByProject = dict[str, Rows]
_Row = TypeVar("_Row", bound=dict[str, Any])


@dataclass(frozen=True)
class DemoData:
    """Everything that is sent, row by row as the files have it."""

    units: Rows
    projects: Rows
    funds: ByProject
    goals: Rows
    indicators: ByProject
    draft_faults: dict[str, Row]
    payments: Rows
    forms: dict[str, Row]
    form_rows: ByProject
    form_faults: dict[str, Row]
    warning_letters: Rows
    self_evaluations: dict[str, Row]
    self_evaluation_rows: ByProject
    agencies: Rows
    engagements: Rows
    rechecks: dict[str, Row]
    recheck_rows: ByProject
    rectification_letters: dict[str, Rows]
    evaluations: list[dict[str, Any]]
    scoring_rows: dict[tuple[str, str], Rows]
    trainings: Rows
    users: Rows

    @cached_property
    def unit_of(self) -> dict[str, str]:
        """The unit of each project."""
        return {row["code"]: row["unit_code"] for row in self.projects}


def load() -> DemoData:
    """Reads all files."""
    return DemoData(
        units=table("units"),
        projects=table("projects"),
        funds=by(table("funds"), "project_code"),
        goals=table("goals"),
        indicators=by(table("indicators"), "project_code"),
        draft_faults=one_each("returned_goals"),
        payments=table("payments"),
        forms=one_each("monitoring_forms"),
        form_rows=by(table("monitoring_rows"), "project_code"),
        form_faults=one_each("returned_forms"),
        warning_letters=table("monitoring_letters"),
        self_evaluations=one_each("self_evaluations"),
        self_evaluation_rows=by(table("self_evaluation_rows"), "project_code"),
        agencies=table("agencies"),
        engagements=table("engagements"),
        rechecks=one_each("rechecks"),
        recheck_rows=by(table("recheck_rows"), "project_code"),
        rectification_letters=by(table("rectification_letters"), "letter_no"),
        evaluations=toml("evaluations")["evaluation"],
        scoring_rows=_by_group(table("scoring_rows")),
        trainings=table("training"),
        users=table("users"),
    )


def published() -> dict[str, Any]:
    """The printed figures of 2023, for comparison only."""
    return toml("published_2023")


def table(name: str) -> Rows:
    """One CSV file."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def toml(name: str) -> dict[str, Any]:
    """One TOML file."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def by(rows: Iterable[_Row], column: str) -> dict[str, list[_Row]]:
    """Rows under the value of a column, in their order."""
    groups: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return dict(groups)


def one_each(name: str) -> dict[str, Row]:
    """A table with one row per project."""
    return {row["project_code"]: row for row in table(name)}


def filler(unit_code: str) -> str:
    """The login of a unit's filler (经办人)."""
    return f"u{unit_code}-filler"


def approver(unit_code: str) -> str:
    """The login of a unit's approver (审核人)."""
    return f"u{unit_code}-approver"


def cells(row: Row, *names: str) -> dict[str, Any]:
    """Some columns of a row; an empty cell is null."""
    return {name: row[name] or None for name in names}


def numbered(rows: Iterable[Row], *names: str) -> list[dict[str, Any]]:
    """Rows of a form: their position and some columns."""
    return [{"position": int(row["position"]), **cells(row, *names)} for row in rows]


def is_true(cell: str) -> bool:
    """A yes-no cell."""
    return cell == "true"


def listed(cell: str) -> list[str]:
    """A cell with several values."""
    return [part for part in cell.split(";") if part]


def _by_group(rows: Rows) -> dict[tuple[str, str], Rows]:
    groups: dict[tuple[str, str], Rows] = defaultdict(list)
    for row in rows:
        groups[row["evaluation"], row["group_no"]].append(row)
    return dict(groups)
