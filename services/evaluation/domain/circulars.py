"""通报: which units a year's data propose to commend or to criticise, and why. It names nobody itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.evaluation.domain.receipts import Citation
from services.evaluation.domain.rule_values import Reader, citation, read
from services.evaluation.domain.vocabulary import GRADES, LATENESS
from shared.rulebook import UnsoundRule, Version


@dataclass(frozen=True)
class FinalResult:
    """One score of a final evaluation in which the unit has a part."""

    title: str
    label: str
    score: Decimal
    grade: str


@dataclass(frozen=True)
class LateForm:
    """A self-evaluation sent in after its day; without a day it has not come at all."""

    project_name: str
    due_on: date
    submitted_on: date | None


@dataclass(frozen=True)
class Letter:
    """整改 of the year."""

    letter_no: str
    due_on: date
    lateness: str


@dataclass(frozen=True)
class UnitYear:
    """What a year's data say about a unit."""

    results: Sequence[FinalResult]
    form_count: int
    late_forms: Sequence[LateForm]
    letters: Sequence[Letter]


@dataclass(frozen=True)
class Commendation:
    """通报表扬: all of it has to hold."""

    grades: frozenset[str]
    results_min: int
    late_forms_max: int
    lateness: frozenset[str]

    def reasons(self, year: UnitYear) -> list[str]:
        """Why the unit is proposed; nothing when one condition fails."""
        if not self._holds(year):
            return []
        scores = "；".join(_told(one) for one in year.results)
        return [
            f"{len(year.results)} 个评价结果均为{_labels(self.grades)}：{scores}",
            _forms_told(year),
            f"{len(year.letters)} 件整改目前均未逾期" if year.letters else "本年度没有整改",
        ]

    def _holds(self, year: UnitYear) -> bool:
        return (
            len(year.results) >= self.results_min
            and all(one.grade in self.grades for one in year.results)
            and len(year.late_forms) <= self.late_forms_max
            and all(one.lateness in self.lateness for one in year.letters)
        )


@dataclass(frozen=True)
class Criticism:
    """通报批评: one cause is enough."""

    grades: frozenset[str]
    lateness: frozenset[str]

    def reasons(self, year: UnitYear) -> list[str]:
        """Every cause there is."""
        poor = [f"评价结果：{_told(one)}" for one in year.results if one.grade in self.grades]
        late = [
            f"整改 {one.letter_no} {LATENESS[one.lateness]}（期限 {one.due_on}）"
            for one in year.letters
            if one.lateness in self.lateness
        ]
        return [*poor, *late]


@dataclass(frozen=True)
class CircularRule:
    """The criteria of a day, by kind of circular."""

    citation: Citation
    criteria: Mapping[str, Commendation | Criticism]


def circular_rule(version: Version) -> CircularRule:
    """The criteria of a version. Raises UnsoundRule with the place and the reason."""
    values = read(version).only("kind", "commendation", "criticism")
    return CircularRule(
        citation(version),
        {
            "commendation": _commendation(values.table("commendation")),
            "criticism": _criticism(values.table("criticism")),
        },
    )


def _commendation(part: Reader) -> Commendation:
    part.only("grades", "results_min", "late_forms_max", "lateness")
    return Commendation(
        grades=part.choices("grades", GRADES),
        results_min=_whole(part, "results_min", low=1),
        late_forms_max=_whole(part, "late_forms_max"),
        lateness=part.choices("lateness", LATENESS),
    )


def _criticism(part: Reader) -> Criticism:
    part.only("grades", "lateness")
    return Criticism(part.choices("grades", GRADES), part.choices("lateness", LATENESS))


def _whole(part: Reader, key: str, *, low: int = 0) -> int:
    number = part.number(key, low=low, high=1000)
    if number != int(number):
        raise UnsoundRule(f"{part.place}.{key}: {number} is not a whole number")
    return int(number)


def _told(result: FinalResult) -> str:
    score = format(result.score, "f")
    return f"“{result.title}”{result.label} {score} 分（{GRADES[result.grade]}）"


def _forms_told(year: UnitYear) -> str:
    if not year.form_count:
        return "本年度没有须报送的自评表"
    if not year.late_forms:
        return f"{year.form_count} 份自评表均按期报送"
    return f"{year.form_count} 份自评表中 {len(year.late_forms)} 份迟报，未超过标准"


def _labels(grades: frozenset[str]) -> str:
    return "或".join(label for code, label in GRADES.items() if code in grades)
