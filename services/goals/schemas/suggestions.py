"""推荐指标 on the wire."""

from typing import Literal
from uuid import UUID

from shared.fields import Out


class SuggestedRow(Out):
    """A row to take over: the target is left to the unit, it has to be worked out."""

    level1: str
    level1_label: str
    level2: str
    level2_label: str
    name: str
    operator: str | None
    unit_of_measure: str | None
    evidence: str | None
    scoring_rule: str | None
    library_id: UUID | None


class SuggestionOut(Out):
    """One suggestion with why it is made; examples come from the library entry."""

    kind: Literal["last_year", "library"]
    reason: str
    words: list[str]
    row: SuggestedRow
    good_example: str | None
    bad_example: str | None


class SuggestionsOut(Out):
    """Suggestions for a project's goal of a year, best first."""

    project_code: str
    fiscal_year: int
    form: str
    items: list[SuggestionOut]
