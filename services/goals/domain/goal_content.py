"""What a goal form (绩效目标申报表) says, as values: the coach, the official form, versions and their
differences all speak of this. Nothing is compulsory here: a draft is saved as far as it goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

QUALITATIVE = "qualitative"
OPERATORS = (">=", ">", "=", "<", "<=", QUALITATIVE)


@dataclass(frozen=True)
class Indicator:
    """绩效指标: one row of the form, of the year (annual) or of the whole period (midterm)."""

    row_id: UUID | None = None
    scope: str = "annual"
    level1: str | None = None
    level2: str | None = None
    name: str | None = None
    operator: str | None = None
    target_value: Decimal | None = None
    target_text: str | None = None
    unit_of_measure: str | None = None
    weight: Decimal | None = None
    #: 佐证资料: what will show the actual value.
    evidence: str | None = None
    #: 评（扣）分标准
    scoring_rule: str | None = None
    #: The library entry it was taken from.
    library_id: UUID | None = None


@dataclass(frozen=True)
class Task:
    """年度主要任务 of a whole-department goal; amounts in yuan."""

    name: str
    content: str | None = None
    fiscal_amount: Decimal | None = None
    other_amount: Decimal | None = None


@dataclass(frozen=True)
class GoalContent:
    """A goal as filled in so far; rows in the order of the form."""

    annual_goal: str | None = None
    midterm_goal: str | None = None
    indicators: Sequence[Indicator] = ()
    tasks: Sequence[Task] = ()

    @property
    def annual(self) -> list[Indicator]:
        """The rows of the year: they carry the weights."""
        return [row for row in self.indicators if row.scope == "annual"]
