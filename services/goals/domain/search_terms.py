"""Chinese text cut into terms a plain index can hold: no word list, so no trade's word is unknown.

A run of Chinese characters gives every pair of neighbours (bigrams) and every single character;
a run of Latin letters and digits is one term. Width and case make no difference (NFKC).
"""

import re
import unicodedata
from collections.abc import Collection, Iterator

_CHINESE = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
#: Forty characters end a Latin word: an index entry may not grow without limit.
_RUN = re.compile(f"[a-z0-9]{{1,40}}|[{_CHINESE}]+")


def terms(text: str) -> frozenset[str]:
    """What a text is found by. Single characters are among them so that one character finds too."""
    return frozenset(term for run in runs(text) for term in (*_pairs(run), *_characters(run)))


def asked(text: str) -> frozenset[str]:
    """What a text has to hold to be found: the pairs; a character that stands alone, itself."""
    return frozenset(term for run in runs(text) for term in _pairs(run) or [run])


def runs(text: str) -> list[str]:
    """The words of a text in its order: letters, digits and Chinese characters only."""
    return _RUN.findall(_folded(text))


def key(name: str) -> str:
    """A name without width, case and spaces: two names with one key are the same name."""
    return "".join(_folded(name).split())


def stretches(text: str, shared: Collection[str]) -> list[str]:
    """The longest pieces of a text made of shared terms only: 普惠性学位, not 普惠 惠性 性学 学位."""
    pieces = [piece for run in runs(text) for piece in _stretches(run, shared)]
    return list(dict.fromkeys(pieces))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _pairs(run: str) -> list[str]:
    if run.isascii():
        return [run]
    return [run[at : at + 2] for at in range(len(run) - 1)]


def _characters(run: str) -> str:
    return "" if run.isascii() else run


def _stretches(run: str, shared: Collection[str]) -> Iterator[str]:
    pairs = _pairs(run)
    begun: int | None = None
    for at, pair in enumerate([*pairs, None]):
        if pair in shared:
            begun = at if begun is None else begun
        elif begun is not None:
            yield run if run.isascii() else run[begun : at + 1]
            begun = None
