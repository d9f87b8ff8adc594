"""合并评分: one score from the sheets that several evaluators filled in without seeing another's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.evaluation.domain.numbers import Rounding, plain
from services.evaluation.domain.receipts import Citation, Receipt


class MergeImpossible(ValueError):
    """There are too few sheets for the way of merging; the message says so in Chinese."""


@dataclass(frozen=True)
class MergeRule:
    """One way of merging and how many sheets it needs."""

    code: str
    label: str
    at_least: int
    rounding: Rounding
    citation: Citation


@dataclass(frozen=True)
class MergedRow:
    """One row of the sheet, merged; `lowest` and `highest` are the spread (分差)."""

    score: Decimal
    lowest: Decimal
    highest: Decimal
    receipt: Receipt


def merge_row(
    scores: Mapping[str, Decimal], weight: Decimal, rule: MergeRule, *, lead: str | None
) -> MergedRow:
    """Merge what each evaluator gave for one row. Raises MergeImpossible."""
    if len(scores) < rule.at_least:
        raise MergeImpossible(
            f"“{rule.label}”至少需要 {rule.at_least} 份评分，现有 {len(scores)} 份"
        )
    if rule.code == "lead":
        exact, expression = _of_lead(scores, lead)
    else:
        exact, expression = _ORDERED[rule.code](sorted(scores.values()))
    score = rule.rounding.of(exact)
    equals = "=" if Fraction(score) == exact else "≈"
    receipt = Receipt(
        citation=rule.citation,
        inputs={name: plain(given) for name, given in scores.items()},
        arithmetic=f"{expression} {equals} {score}",
        points_lost=weight - score,
        why=f"{len(scores)} 份独立评分按“{rule.label}”合并",
        what_would_change_it="退回重新评分，或改用另一种合并办法并说明理由",
    )
    return MergedRow(score, min(scores.values()), max(scores.values()), receipt)


def _of_lead(scores: Mapping[str, Decimal], lead: str | None) -> tuple[Fraction, str]:
    if lead is None or lead not in scores:
        raise MergeImpossible("没有主评人的评分，请改用其他合并办法并说明理由")
    return Fraction(scores[lead]), f"主评人 {plain(scores[lead])}"


def _average(ordered: Sequence[Decimal]) -> tuple[Fraction, str]:
    exact = Fraction(sum(ordered, Decimal(0))) / len(ordered)
    return exact, f"({_sum(ordered)}) ÷ {len(ordered)}"


def _median(ordered: Sequence[Decimal]) -> tuple[Fraction, str]:
    half = len(ordered) // 2
    if len(ordered) % 2:
        return Fraction(ordered[half]), f"{'、'.join(map(plain, ordered))} 的中位数"
    return _average(ordered[half - 1 : half + 1])


def _without_extremes(ordered: Sequence[Decimal]) -> tuple[Fraction, str]:
    exact, expression = _average(ordered[1:-1])
    return exact, f"去掉 {plain(ordered[0])} 和 {plain(ordered[-1])}：{expression}"


def _sum(ordered: Sequence[Decimal]) -> str:
    return " + ".join(map(plain, ordered))


_ORDERED: Mapping[str, Callable[[Sequence[Decimal]], tuple[Fraction, str]]] = {
    "average": _average,
    "median": _median,
    "drop_extremes_average": _without_extremes,
}
#: Every way there is; `lead` alone needs to know whose score is whose.
WAYS = frozenset({*_ORDERED, "lead"})
