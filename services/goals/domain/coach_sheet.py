"""What the checks of the drafting coach share: a finding, what is known besides the form, and the
draft laid out so that a check sees only rows it can say something about."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias
from uuid import UUID

from services.goals.domain.goal_content import GoalContent, Indicator
from services.goals.domain.indicator_trees import Tree
from services.goals.domain.targets import measure_of
from shared.rulebook import Values

#: A field's new value, or a whole row to append at "/indicators/-" or "/tasks/-".
Proposed: TypeAlias = str | Mapping[str, str] | None


class Severity(StrEnum):
    """blocking keeps the goal from being submitted; a hint does not."""

    BLOCKING = "blocking"
    HINT = "hint"


@dataclass(frozen=True)
class Finding:
    """One thing to mend: which rule, where, why, how."""

    rule_id: str
    severity: Severity
    #: JSON pointer into the draft: "/annual_goal", "/indicators/3/target_text".
    pointer: str
    message: str
    mend: str
    #: What could stand at the pointer; its figures are invented, so it is never filled in unasked.
    example: str | None = None
    #: Pointer → value of an edit that follows from the draft itself and can be offered as a button.
    proposal: Mapping[str, Proposed] = field(default_factory=dict)


@dataclass(frozen=True)
class PastRow:
    """A row of last year's goal with what was reached."""

    name: str
    level1: str | None = None
    level2: str | None = None
    operator: str | None = None
    target_value: Decimal | None = None
    actual_value: Decimal | None = None
    unit_of_measure: str | None = None


@dataclass(frozen=True)
class LibraryRange:
    """The usual range of a library indicator."""

    name: str
    operator: str | None = None
    target_low: Decimal | None = None
    target_high: Decimal | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Context:
    """What the coach knows besides the form; a bare draft can be checked without any of it."""

    project_name: str | None = None
    unit_name: str | None = None
    spending_kind: str | None = None
    #: In yuan, all fund levels of the year.
    annual_amount: Decimal | None = None
    #: 部门整体: the form has 年度主要任务.
    is_department: bool = False
    last_year: Sequence[PastRow] = ()
    library: Mapping[UUID | str, LibraryRange] = field(default_factory=dict)
    #: The annual goals of the unit's other projects.
    other_goals: Sequence[str] = ()


@dataclass(frozen=True)
class Line:
    """A row whose name says something, with its place in the draft."""

    index: int
    row: Indicator
    #: The name without blanks and without what stands in brackets at its end.
    name: str

    def at(self, field_name: str) -> str:
        """The pointer of one of its fields."""
        return f"/indicators/{self.index}/{field_name}"

    @property
    def quantitative(self) -> bool:
        """Whether it carries a number to be reached."""
        return (
            self.row.operator in (">=", ">", "=", "<", "<=") and self.row.target_value is not None
        )


@dataclass(frozen=True)
class Sheet:
    """A draft under the coach: the content, the context and the rules in force."""

    content: GoalContent
    context: Context
    form: Values
    coach: Values
    tree: Tree
    #: Rows with a finding of their own: the goal text is not built on them.
    faulty: frozenset[int] = frozenset()

    @cached_property
    def lines(self) -> Sequence[Line]:
        """The rows with a usable name; the others get one finding and are left alone."""
        return [
            Line(index, row, core(row.name))
            for index, row in enumerate(self.content.indicators)
            if self.names_something(row.name)
        ]

    @property
    def annual(self) -> Iterator[Line]:
        """The lines of the year."""
        return (line for line in self.lines if line.row.scope == "annual")

    def names_something(self, name: str | None) -> bool:
        """Whether a name is more than figures, dates and amounts."""
        return bool(plain(name)) and not re.fullmatch(self.coach["not_a_name"], core(name))

    def finding(
        self,
        rule_id: str,
        pointer: str,
        message: str,
        *,
        mend: str,
        example: str | None = None,
        proposal: Mapping[str, Proposed] | None = None,
    ) -> Finding:
        """A finding with the severity the rules give it."""
        severity = Severity(self.coach["rules"][rule_id]["severity"])
        return Finding(rule_id, severity, pointer, message, mend, example, proposal or {})

    def unit_of(self, name: str) -> str | None:
        """The unit a name asks for: in brackets at its end (个), or known by its ending."""
        if bracket := re.search(r"\(([^()\d]{1,5})\)$", plain(name)):
            return bracket[1]
        known: Mapping[str, str] = self.coach["units"]["of"]
        endings = sorted((end for end in known if core(name).endswith(end)), key=len)
        return known[endings[-1]] if endings else measure_of(core(name))

    def is_ratio(self, name: str) -> bool:
        """Whether a name is that of a ratio (率、比例)."""
        units = self.coach["units"]
        return ends(name, units["ratio_endings"]) and not ends(name, units["not_ratios"])

    def lower_is_better(self, name: str) -> bool:
        """Whether a name is that of something to keep small (成本、投诉率)."""
        words = self.coach["directions"]
        return ends(name, words["downward"]) and not holds(name, words["unless"])


def plain(text: str | None) -> str:
    """Half-width, without blanks: how texts are compared."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text or ""))


def core(name: str | None) -> str:
    """A name without its closing bracket: 保障人数(人) → 保障人数."""
    return re.sub(r"\([^()]*\)$", "", plain(name))


def ends(name: str, words: Sequence[str]) -> bool:
    """Whether a name ends with one of the words."""
    return core(name).endswith(tuple(words))


def holds(name: str, words: Sequence[str]) -> bool:
    """Whether one of the words stands in a name."""
    return any(word in name for word in words)


def within_places(limit: Decimal) -> Decimal:
    """An upper limit as 指标值 takes it: four places, and never above what it was."""
    return limit.quantize(Decimal("0.0001"), ROUND_DOWN)


def shown(number: Decimal) -> str:
    """A number without exponent and idle zeros: 2E+1 → 20, 22.50 → 22.5."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
