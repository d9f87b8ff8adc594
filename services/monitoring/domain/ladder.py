"""Coloured thresholds read from a rule, and the progress that is held against them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

from services.monitoring.domain.verdicts import Colour
from shared.rulebook import UnsoundRule


@dataclass(frozen=True)
class Rung:
    """The colour of every value under `below`; the last rung has no upper end."""

    colour: Colour
    below: Decimal | None


@dataclass(frozen=True)
class Ladder:
    """Rungs from the bottom up: the higher, the better."""

    rungs: tuple[Rung, ...]

    @classmethod
    def read(cls, bands: Sequence[dict[str, Any]]) -> "Ladder":
        """Read `bands` of a rule; raises UnsoundRule if they leave a gap or go down."""
        rungs = tuple(
            Rung(Colour(band["colour"]), Decimal(band["below"]) if "below" in band else None)
            for band in bands
        )
        limits = [rung.below for rung in rungs[:-1]]
        numbers = [limit for limit in limits if limit is not None]
        if not rungs or rungs[-1].below is not None or len(numbers) < len(limits):
            raise UnsoundRule("only the last band, and always the last, is without `below`")
        if any(low >= high for low, high in pairwise(numbers)):
            raise UnsoundRule("bands must rise")
        return cls(rungs)

    def rung(self, value: Decimal) -> Rung:
        """The rung a value stands on; a value on a threshold stands above it."""
        return next(rung for rung in self.rungs if rung.below is None or value < rung.below)

    def above(self, start: Rung) -> list[tuple[Colour, Decimal]]:
        """The better colours and where each begins, up to the first that doesn't warn."""
        steps: list[tuple[Colour, Decimal]] = []
        for low, high in pairwise(self.rungs[self.rungs.index(start) :]):
            if low.below is None or not low.colour.warns:
                break
            steps.append((high.colour, low.below))
        return steps


@dataclass(frozen=True)
class Progress:
    """`done × scale ÷ whole`, divided once and last so that a threshold is met exactly."""

    done: Decimal
    whole: Decimal
    scale: int
    places: int

    @property
    def value(self) -> Decimal:
        return self.done * self.scale / self.whole

    def needed(self, value: Decimal) -> Decimal:
        """The smallest `done`, in the places it is counted in, that brings the value up."""
        exact = self.whole * value / self.scale
        return exact.quantize(Decimal(1).scaleb(-self.places), ROUND_CEILING)


def plain(number: Decimal) -> str:
    """The number without an exponent."""
    return format(number, "f")


def shown(value: Decimal, limit: Decimal | None) -> str:
    """Two places, half up; more only where rounding would put the value on its limit.

    A receipt mustn't read "80.00 is below 80".
    """
    places = 2
    while True:
        rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if limit is None or rounded < limit:
            return plain(rounded)
        places += 1
