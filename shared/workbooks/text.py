"""Text that a spreadsheet program neither runs nor changes, and names it accepts for sheets."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

#: What makes a spreadsheet program take a text for a formula; the full-width forms as well, because
#: an input method turns them into the plain ones.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

SHEET_NAME_LIMIT = 31

#: `_x0041_` in a cell means "A" in this file format: a text that says it literally has its
#: underscore written as `_x005F_`.
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
#: XML can hold neither; a text that came through the API has only the last two.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f\ufffe\uffff]")


def starts_like_formula(text: str) -> bool:
    """Whether a spreadsheet program might run the text when somebody edits or imports it."""
    return text.startswith(FORMULA_STARTS)


def csv_safe(text: str) -> str:
    """The text for a CSV file: an apostrophe keeps what looks like a formula from being one."""
    return f"'{text}" if starts_like_formula(text) else text


def written(text: str) -> str:
    """The text as it has to stand in the file to be read back unchanged."""
    return _ESCAPE_LIKE.sub("_x005F_", _UNWRITABLE.sub("", text))


def plain(text: str) -> str:
    """Full-width digits, signs and letters as the plain ones, without surrounding space."""
    return unicodedata.normalize("NFKC", text).strip()


def squeezed(text: str) -> str:
    """What two spellings of one word have in common: no space, no case, no full-width form."""
    return re.sub(r"\s", "", plain(text)).casefold()


def display_width(text: str) -> int:
    """How many narrow characters the text is wide."""
    return len(text) if text.isascii() else sum(map(_char_width, text))


def sheet_names(wanted: Iterable[str]) -> list[str]:
    """A name for each sheet, near the wanted one: allowed, at most 31 characters, all different."""
    taken = {"history"}
    return [_unique(_allowed(name), taken) for name in wanted]


@cache
def _char_width(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WFA" else 1


def _allowed(name: str) -> str:
    return _NOT_IN_SHEET_NAMES.sub(" ", name).strip().strip("'").strip() or "表"


def _unique(name: str, taken: set[str]) -> str:
    number = 1
    candidate = _cut(name, SHEET_NAME_LIMIT)
    while candidate.casefold() in taken:
        number += 1
        suffix = f"({number})"
        candidate = _cut(name, SHEET_NAME_LIMIT - len(suffix)) + suffix
    taken.add(candidate.casefold())
    return candidate


def _cut(name: str, units: int) -> str:
    """Spreadsheet programs count UTF-16 units: an emoji is two."""
    encoded = name.encode("utf-16-le", "replace")[: 2 * units]
    return encoded.decode("utf-16-le", "ignore").rstrip().rstrip("'")
