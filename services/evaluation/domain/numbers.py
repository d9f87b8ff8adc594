"""Exact numbers on their way to print: rounded once, half up, never in exponent notation."""

import math
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction


@dataclass(frozen=True)
class Rounding:
    """Half up (四舍五入) to `places`; exact, whatever the decimal context of the caller."""

    places: int

    def of(self, value: Fraction | Decimal) -> Decimal:
        """The printed value of a score; scores aren't negative, so half up needs no second case."""
        units = math.floor(Fraction(value) * 10**self.places + Fraction(1, 2))
        return Decimal(f"{units}E-{self.places}")


def plain(value: Decimal | int) -> str:
    """`10`, `79.27`, `-3`: no exponent, no trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def trimmed(value: Decimal | None) -> Decimal | None:
    """The same number without the zeros its column pads it with."""
    return None if value is None else Decimal(plain(value))


def operand(value: Decimal | int) -> str:
    """A number inside an expression; negative ones stand in brackets."""
    return f"({plain(value)})" if value < 0 else plain(value)


def times(one: Decimal, other: Decimal) -> Decimal:
    """The exact product, whatever the decimal context of the caller."""
    return _EXACT.multiply(one, other)


#: More digits than any two numbers of a form have together.
_EXACT = Context(prec=80)
