"""Two loads side by side, and the line of the table that comes of it."""

from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench.load import Load

_ROUNDS = 5

Run = Callable[[], Coroutine[None, None, Load]]


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    what: str
    ours: str
    reference: str
    ratio: str
    goal: str
    failed: str


async def compare(what: str, ours: Run, reference: Run, *, goal: float) -> Line:
    """Rounds in turn, so that whatever else the machine does meets both alike."""
    await ours()
    await reference()
    rounds = [(await ours(), await reference()) for _ in range(_ROUNDS)]
    ratios = [mine.rate / theirs.rate for mine, theirs in rounds]
    failed: Counter[str] = Counter()
    for mine, theirs in rounds:
        failed += mine.failed + theirs.failed
    return Line(
        what,
        f"{median(mine.rate for mine, _ in rounds):,.0f}/s",
        f"{median(theirs.rate for _, theirs in rounds):,.0f}/s",
        spread(ratios),
        f"≥ {goal:.2f}",
        named(failed),
    )


def spread(ratios: Sequence[float]) -> str:
    """Median, lowest and highest of some ratios."""
    return f"{median(ratios):.2f}（{min(ratios):.2f}–{max(ratios):.2f}）"


def named(failed: Counter[str]) -> str:
    """What failed, how often."""
    return "；".join(f"{what} × {count}" for what, count in failed.items()) or "无"
