"""整改函 as a document: the very fields a template may name."""

from datetime import date
from uuid import UUID

from shared.fields import Out


class LetterProblem(Out):
    """One line of the letter: a problem, or a warning it was written about."""

    no: int
    project_code: str | None
    project_name: str | None
    text: str


class LetterOut(Out):
    """整改函: what is printed, as JSON."""

    rectification_id: UUID
    letter_no: str
    unit_code: str
    unit_name: str
    fiscal_year: int
    origin: str
    origin_label: str
    issued_on: date
    due_on: date
    due_by_rule: bool
    problems: list[LetterProblem]
