"""What earlier years make of a goal's place in the review queue (结果应用): worst first, with why."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.goals.domain.vocabulary import GRADES

FIRST, EARLY, KEY, USUAL = range(4)

#: The unit owes its measures; once they are filed the bureau has to verify them.
_UNIT_OWES_MEASURES = frozenset({"issued", "received", "returned"})


@dataclass(frozen=True)
class Result:
    """评价结果 of one subject in a year before the goal's."""

    fiscal_year: int
    score: Decimal
    grade: str


@dataclass(frozen=True)
class Letter:
    """整改 that concerns the project or its whole unit."""

    letter_no: str
    status: str
    due_on: date

    @property
    def closed(self) -> bool:
        """Verified: nothing is left to do."""
        return self.status == "verified"

    def overdue(self, today: date) -> bool:
        """Whether the unit still owes its measures after the due day (逾期)."""
        return self.status in _UNIT_OWES_MEASURES and self.due_on < today


@dataclass(frozen=True)
class Decision:
    """结果应用决定 for the goal's own year; `cuts`: it names a share or an amount to be cut."""

    result_year: int
    grade: str
    action_label: str
    cuts: bool


@dataclass(frozen=True)
class Attention:
    """0 first: a poor result or an overdue rectification · 1 a fair one, an open rectification or a
    decision to act on a poor result ·
    2 a key project · 3 nothing known."""

    level: int
    reasons: list[str]


def attention(
    results: Iterable[Result],
    rectifications: Iterable[Letter],
    decisions: Iterable[Decision] = (),
    *,
    is_key: bool,
    today: date,
) -> Attention:
    """The place in the queue and every reason for it. Of the results the newest year counts: while
    a budget is drawn up that is often not the year just before it."""
    reasons = [*_of_results(list(results)), *_of_letters(rectifications, today)]
    reasons += [
        (EARLY, f"{each.result_year} 年结果应用决定：{each.action_label}，须在目标与预算中落实")
        for each in decisions
        if each.cuts or each.grade in _GRADE_LEVELS
    ]
    if is_key:
        reasons.append((KEY, "重点项目"))
    ranked = sorted(dict.fromkeys(reasons), key=lambda reason: reason[0])
    return Attention(ranked[0][0] if ranked else USUAL, [text for _, text in ranked])


_GRADE_LEVELS = {"poor": FIRST, "fair": EARLY}


def _of_results(results: list[Result]) -> Iterator[tuple[int, str]]:
    newest = max((result.fiscal_year for result in results), default=None)
    for result in results:
        level = _GRADE_LEVELS.get(result.grade)
        if level is not None and result.fiscal_year == newest:
            grade = GRADES[result.grade]
            yield level, f"{newest} 年评价 {result.score:.2f} 分，{grade}"


def _of_letters(letters: Iterable[Letter], today: date) -> Iterator[tuple[int, str]]:
    for letter in letters:
        if letter.overdue(today):
            days = (today - letter.due_on).days
            yield FIRST, f"整改 {letter.letter_no} 应于 {letter.due_on} 反馈，已逾期 {days} 天"
        elif not letter.closed:
            yield EARLY, f"整改 {letter.letter_no} 尚未销号，期限 {letter.due_on}"
