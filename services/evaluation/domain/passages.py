"""Passages of reports (报告段落), and how alike two of them are, whatever the figures in them.

Fingerprints are chosen by winnowing: of every four neighbouring pieces the smallest is kept, so two
texts with eight characters in a row in common share at least one, wherever the run begins.
"""

import re
from fractions import Fraction
from zlib import crc32

_PIECE = 5
_WINDOW = 4
#: Shorter ones are headings and phrases of the trade.
_SHORTEST = 30
_NUMBERS = re.compile(r"[0-9０-９]+")
_NO_WORD = re.compile(r"[\W_]+")


def passages(text: str) -> list[str]:
    """The paragraphs of a text that are long enough to tell something."""
    paragraphs = (paragraph.strip() for paragraph in text.splitlines())
    return [paragraph for paragraph in paragraphs if len(bare(paragraph)) >= _SHORTEST]


def bare(text: str) -> str:
    """The text without figures, blanks and punctuation: what stays when a report is copied."""
    return _NO_WORD.sub("", _NUMBERS.sub("", text)).lower()


def fingerprints(passage: str) -> list[int]:
    """A few numbers that nearly equal passages have in common, in ascending order."""
    pieces = [crc32(piece.encode()) for piece in _pieces(passage)]
    windows = range(max(1, len(pieces) - _WINDOW + 1))
    return sorted({min(pieces[start : start + _WINDOW]) for start in windows if pieces})


def likeness(one: str, other: str) -> Fraction:
    """The share of their pieces that two passages have in common: 0 nothing, 1 all."""
    mine, theirs = set(_pieces(one)), set(_pieces(other))
    every = len(mine | theirs)
    return Fraction(len(mine & theirs), every) if every else Fraction(0)


def _pieces(passage: str) -> list[str]:
    text = bare(passage)
    return [text[start : start + _PIECE] for start in range(len(text) - _PIECE + 1)]
