"""The tables of the annual summary as a bureau prints them: departments numbered, cells merged."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

_T = TypeVar("_T")


@dataclass(frozen=True)
class ScoredSubject:
    """A subject of a final evaluation with the score of its group."""

    evaluation_id: UUID
    group_no: int
    department_code: str
    unit_code: str
    unit_name: str
    project_code: str | None
    project_name: str | None
    score: str
    grade: str


@dataclass(frozen=True)
class PrintedRow:
    """A subject, and which of its cells begin here rather than reach down from above."""

    subject: ScoredSubject
    number: int
    begins_number: bool
    begins_unit: bool
    begins_project: bool
    begins_score: bool


def by_department(subjects: Sequence[ScoredSubject]) -> list[PrintedRow]:
    """One number (序号) per department, in the order in which departments first appear."""
    departments = list(dict.fromkeys(subject.department_code for subject in subjects))
    ordered = sorted(subjects, key=lambda s: departments.index(s.department_code))
    cells = zip(
        ordered,
        [departments.index(subject.department_code) + 1 for subject in ordered],
        _begins(ordered, lambda s: s.department_code),
        _begins(ordered, lambda s: (s.department_code, s.unit_code)),
        _begins(ordered, lambda s: (s.department_code, s.project_code)),
        _begins(ordered, lambda s: (s.department_code, s.evaluation_id, s.group_no)),
        strict=True,
    )
    return [PrintedRow(*cell) for cell in cells]


def one_by_one(subjects: Sequence[ScoredSubject]) -> list[PrintedRow]:
    """Each subject with its own number: whole departments are listed so."""
    scores = _begins(subjects, lambda s: (s.evaluation_id, s.group_no))
    return [
        PrintedRow(subject, number, True, True, True, begins)
        for number, (subject, begins) in enumerate(zip(subjects, scores, strict=True), start=1)
    ]


def _begins(items: Sequence[_T], key: Callable[[_T], Hashable]) -> list[bool]:
    """Whether each item differs from the one before it."""
    keys = [key(item) for item in items]
    return [index == 0 or keys[index - 1] != each for index, each in enumerate(keys)]
