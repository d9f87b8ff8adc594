"""Receipts followed by hand."""

import re
from decimal import Decimal
from fractions import Fraction

from services.evaluation.domain.lines import Line
from services.evaluation.domain.numbers import Rounding

_SYMBOLS = {"×": "*", "÷": "/"}
_HOLDS = {
    "≥": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
    "=": lambda a, b: a == b,
    "≤": lambda a, b: a <= b,
    "<": lambda a, b: a < b,
}


def recomputed(line: Line) -> Decimal:
    """Follow the arithmetic of a receipt as a reader with a calculator would."""
    condition, _, sum_ = line.receipt.arithmetic.rpartition("：")
    if condition:
        left, symbol, right, verdict = condition.split(" ")
        assert _HOLDS[symbol](Decimal(left), Decimal(right)) is (verdict == "成立")
    expression, sign, printed = re.split(r" ([=≈]) ", sum_)
    exact = _evaluate(expression)
    assert (Fraction(printed) == exact) is (sign == "=")
    return Rounding(2).of(exact)


def _evaluate(expression: str) -> Fraction:
    numbers = re.sub(r"[\d.]+", lambda match: f"Fraction('{match[0]}')", expression)
    for symbol, operator in _SYMBOLS.items():
        numbers = numbers.replace(symbol, operator)
    value = eval(numbers, {"Fraction": Fraction})
    assert isinstance(value, Fraction)
    return value
