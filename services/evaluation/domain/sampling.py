"""复审抽样: which self-evaluations a plan looks at, so that anybody can draw the same again.

The picked ones come first and stand beside the sample: the method goes through the others as if
nothing had been picked, which keeps a random sample a random one.
"""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.evaluation.domain import draws

METHODS = {
    "all": "全部",
    "amount": "按金额由大到小",
    "random": "随机抽取",
    "picks": "只选指定项目",
}
PICKED, NOT_DRAWN, RECUSED = "picked", "not_drawn", "recused"
REASONS = {
    **METHODS,
    PICKED: "指定",
    NOT_DRAWN: "未抽中",
    RECUSED: "机构回避，不参加抽取",
}


@dataclass(frozen=True)
class Candidate:
    """A self-evaluation that could be looked at, with the money behind it."""

    candidate_id: str
    amount: Decimal


@dataclass(frozen=True)
class Place:
    """Where a candidate came in the order, and why it was drawn or not."""

    candidate_id: str
    drawn: bool
    why: str


def sample(
    candidates: Iterable[Candidate],
    picks: Collection[str] = (),
    *,
    method: str,
    share: Decimal = Decimal(100),
    seed: str = "",
) -> list[Place]:
    """Every candidate's place: picks, then the others in the order the method looks at them.

    `amount` draws the largest until `share` per cent of the others' money is covered, `random`
    that share of their number, rounded up.
    """
    every = sorted(candidates, key=lambda each: each.candidate_id)
    picked = [each for each in every if each.candidate_id in picks]
    others = _ordered([each for each in every if each.candidate_id not in picks], method, seed)
    drawn = _drawn_count(others, method, share)
    return [
        *(Place(each.candidate_id, True, PICKED) for each in picked),
        *(Place(each.candidate_id, True, method) for each in others[:drawn]),
        *(Place(each.candidate_id, False, NOT_DRAWN) for each in others[drawn:]),
    ]


def digest(candidates: Iterable[Candidate]) -> str:
    """The fingerprint of the candidates and their money: SHA-256 of the sorted lines `id amount`."""
    return draws.digest(f"{each.candidate_id} {each.amount:.2f}" for each in candidates)


def _ordered(others: Sequence[Candidate], method: str, seed: str) -> Sequence[Candidate]:
    if method == "amount":
        return sorted(others, key=lambda each: -each.amount)
    if method == "random":
        by_id = {each.candidate_id: each for each in others}
        return [by_id[each] for each in draws.ranking(by_id, seed)]
    return others


def _drawn_count(ordered: Sequence[Candidate], method: str, share: Decimal) -> int:
    if method == "picks":
        return 0
    if method == "random":
        return math.ceil(share * len(ordered) / 100)
    return _covering(ordered, share) if method == "amount" else len(ordered)


def _covering(ordered: Sequence[Candidate], share: Decimal) -> int:
    """How many of the first it takes until their money is the share of all money."""
    wanted = share * sum(each.amount for each in ordered)
    covered, count = Decimal(0), 0
    while 100 * covered < wanted:
        covered += ordered[count].amount
        count += 1
    return count
