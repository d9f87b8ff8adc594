"""How the coach judges the published indicators, beside what was noted about them by hand.

`python -m tests.goals.coach_report` prints precision and recall and every disagreement.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from services.goals.domain.coach import Context, Finding, check
from services.goals.domain.goal_content import GoalContent, Indicator
from services.goals.domain.targets import parse
from services.goals.domain.vocabulary import LEVEL1, LEVEL2
from tests.goals.drafts import COACH, DAY, RULES

GOLDEN = Path(__file__).parent.parent / "golden" / "indicators.json"
FLAGS = ("vague_value", "no_unit", "no_value", "wrong_level")
_LEVEL1 = {label: code for code, label in LEVEL1.items()}
_LEVEL2 = {label: code for code, label in LEVEL2.items()} | {
    "满意度指标": "satisfaction",
    "社会公众或服务对象满意度指标": "satisfaction",
    "服务对象满意度指标等": "satisfaction",
}


@dataclass(frozen=True)
class Score:
    """One flag over all rows: agreed, only the coach, only the data (row numbers)."""

    both: Sequence[int]
    coach_only: Sequence[int]
    data_only: Sequence[int]

    @property
    def precision(self) -> float:
        """Share of the coach's flags that the data shares."""
        return len(self.both) / (len(self.both) + len(self.coach_only))

    @property
    def recall(self) -> float:
        """Share of the data's flags that the coach found."""
        return len(self.both) / (len(self.both) + len(self.data_only))


def published_rows() -> list[Mapping[str, Any]]:
    """The published indicators as transcribed."""
    rows: list[Mapping[str, Any]] = json.loads(GOLDEN.read_text("utf-8"))
    return rows


def entered(row: Mapping[str, Any], weight: Decimal | None) -> Indicator:
    """A published row as a clerk would enter it; few print a weight, so it is given."""
    target = parse(row["value"], row["unit"])
    return Indicator(
        level1=_LEVEL1.get(row["level1"] or ""),
        level2=_LEVEL2.get(row["level2"] or ""),
        name=row["name"],
        operator=target.operator,
        target_value=target.value,
        target_text=target.text,
        unit_of_measure=target.unit,
        weight=weight,
    )


def row_findings(row: Mapping[str, Any]) -> list[Finding]:
    """What the coach says about one row taken by itself, under the form its levels come from."""
    form = RULES["goal-form-2021" if row["level1"] == LEVEL1["cost"] else "goal-form"]
    content = GoalContent("略", None, [entered(row, Decimal(10))])
    found = check(content, Context(), form=form.on(DAY), coach=COACH)
    return [finding for finding in found if finding.pointer.startswith("/indicators/0/")]


def flags(row: Mapping[str, Any]) -> set[str]:
    """The coach's findings on a row in the words of the data."""
    return {flag for finding in row_findings(row) if (flag := _flag(finding))}


def scores() -> dict[str, Score]:
    """Every flag over all rows."""
    rows = published_rows()
    said = [flags(row) for row in rows]
    noted = [{row["quality_issue"]} for row in rows]
    return {flag: _score(flag, said, noted) for flag in FLAGS}


def _score(flag: str, said: Sequence[set[str]], noted: Sequence[set[str]]) -> Score:
    numbers = range(len(said))
    return Score(
        [i for i in numbers if flag in said[i] and flag in noted[i]],
        [i for i in numbers if flag in said[i] and flag not in noted[i]],
        [i for i in numbers if flag not in said[i] and flag in noted[i]],
    )


def _flag(finding: Finding) -> str | None:
    match finding.rule_id, finding.pointer.rpartition("/")[2]:
        case "G7", _:
            return "vague_value"
        case "G3", "unit_of_measure":
            return "no_unit"
        case "G3", "target_value" | "target_text":
            return "no_value"
        case ("C3", _) | ("G2", "level2"):
            return "wrong_level"
    return None


def _show() -> None:
    console, rows = Console(), published_rows()
    table = Table("flag", "both", "coach only", "data only", "precision", "recall")
    for flag, score in scores().items():
        counts = [len(score.both), len(score.coach_only), len(score.data_only)]
        rates = [f"{score.precision:.3f}", f"{score.recall:.3f}"]
        table.add_row(flag, *map(str, counts), *rates)
    console.print(table)
    for flag, score in scores().items():
        for side, numbers in (("coach only", score.coach_only), ("data only", score.data_only)):
            for number in numbers:
                row = rows[number]
                printed = (row["level2"], row["name"], row["value"], row["quality_issue"])
                console.print(flag, side, number, *printed, sep=" · ")


if __name__ == "__main__":
    _show()
