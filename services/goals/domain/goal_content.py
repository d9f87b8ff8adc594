"""What a goal form (绩效目标申报表) says, as values: the coach, the official form, versions and their
differences all speak of this. Nothing is compulsory here: a draft is saved as far as it goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
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


def parsed(document: Mapping[str, Any]) -> GoalContent:
    """The content as it is kept in JSON: `{annual_goal, midterm_goal, tasks, indicators}`."""
    return GoalContent(
        annual_goal=document.get("annual_goal"),
        midterm_goal=document.get("midterm_goal"),
        indicators=[_indicator(row) for row in document.get("indicators") or ()],
        tasks=[_task(row) for row in document.get("tasks") or ()],
    )


def _indicator(row: Mapping[str, Any]) -> Indicator:
    return Indicator(
        row_id=_uuid(row.get("row_id")),
        scope=row.get("scope") or "annual",
        level1=row.get("level1"),
        level2=row.get("level2"),
        name=row.get("name"),
        operator=row.get("operator"),
        target_value=_decimal(row.get("target_value")),
        target_text=row.get("target_text"),
        unit_of_measure=row.get("unit_of_measure"),
        weight=_decimal(row.get("weight")),
        evidence=row.get("evidence"),
        scoring_rule=row.get("scoring_rule"),
        library_id=_uuid(row.get("library_id")),
    )


def _task(row: Mapping[str, Any]) -> Task:
    return Task(
        name=row["name"],
        content=row.get("content"),
        fiscal_amount=_decimal(row.get("fiscal_amount")),
        other_amount=_decimal(row.get("other_amount")),
    )


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _uuid(value: object) -> UUID | None:
    return None if value is None else UUID(str(value))
