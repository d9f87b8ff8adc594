"""指标库: the entries that are shipped, read from `library/*.toml`, and what makes an entry sound.

An entry is a fact about how a result is measured, with an example to imitate and one to avoid. What
was printed on a government page says where (`source_kind = "gov"`); the rest is our own wording.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from services.goals.domain import rules_in_force
from services.goals.domain.goal_content import OPERATORS, QUALITATIVE
from services.goals.domain.indicator_trees import Tree, trees_of
from services.goals.domain.search_terms import key
from services.goals.domain.vocabulary import EVIDENCE_METHODS, LIBRARY_SECTORS

FOLDER = Path(__file__).parent.parent / "library"
OWN, GOV = "own", "gov"


class UnsoundLibrary(ValueError):
    """The library can't be used; the message names the file and the entry."""


@dataclass(frozen=True)
class Source:
    """The government page something is printed on."""

    place: str
    year: int
    url: str


@dataclass(frozen=True)
class Example:
    """A row as a clerk would write it; `why` says what is wrong with one to avoid."""

    text: str
    source_kind: str
    why: str | None = None
    source: Source | None = None


@dataclass(frozen=True)
class Entry:
    """指标: its place in both trees, what it means, how it is measured, proved and scored."""

    code: str
    sector: str
    name: str
    level1: str
    level2: str
    level1_2021: str
    level2_2021: str
    definition: str
    formula: str
    unit: str | None
    operator: str
    evidence_method: str
    evidence: str
    target_low: Decimal | None
    target_high: Decimal | None
    target_note: str | None
    scoring_rule: str
    source_kind: str
    source: Source | None
    good: Example | None
    bad: Example | None


@dataclass(frozen=True)
class Flaw:
    """What is wrong with an entry: the field, a code, why, and how to mend it."""

    field: str
    code: str
    message: str
    mend: str


_PRINTED = {"place", "year", "url"}
_FIELDS = {field.name for field in fields(Entry)}
_MAY_BE_ABSENT = {"unit", "target_low", "target_high", "place_2021", "source"}
_IN_A_FILE = (_FIELDS | {"place_2021"}) - {"sector", "level1_2021", "level2_2021"}


def load(folder: Path = FOLDER) -> tuple[Entry, ...]:
    """Every shipped entry. Raises UnsoundLibrary, so a broken file keeps the service from
    starting."""
    trees = trees_of(rules_in_force.load())
    entries: list[Entry] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            entries += _read(path, trees)
        except (tomllib.TOMLDecodeError, UnsoundLibrary) as error:
            raise UnsoundLibrary(f"{path.name}: {error}") from error
    _refuse_doubles(entries)
    return tuple(entries)


def flaws(entry: Entry, trees: Mapping[str, Tree]) -> Iterator[Flaw]:
    """What has to be mended before the entry can be offered to anyone."""
    if not trees["mof-2015"].holds(entry.level1, entry.level2):
        yield Flaw(
            "level2",
            "place_unknown",
            f"{entry.level1} 下没有 {entry.level2}",
            "请按指标体系选择一级、二级指标",
        )
    if not trees["mof-2021"].holds(entry.level1_2021, entry.level2_2021):
        yield Flaw(
            "level2",
            "place_unknown",
            f"mof-2021 中没有 {entry.level1_2021}/{entry.level2_2021}",
            "请按成本、产出、效益、满意度四类体系选择位置",
        )
    if entry.operator != QUALITATIVE and entry.unit is None:
        yield Flaw("unit", "unit_missing", "定量指标缺计量单位", "请写明单位，如“%”“个”“天”")
    if not _in_order(entry.target_low, entry.target_high):
        yield Flaw(
            "target_low",
            "range_upside_down",
            f"目标值下限 {entry.target_low} 大于上限 {entry.target_high}",
            "请把较小的数填在下限",
        )
    if entry.operator == QUALITATIVE and (entry.target_low, entry.target_high) != (None, None):
        yield Flaw(
            "operator",
            "range_without_number",
            "定性指标没有数值范围",
            "请去掉目标值范围，或改用 ≥、≤、＝",
        )


def _in_order(low: Decimal | None, high: Decimal | None) -> bool:
    return low is None or high is None or low <= high


def _read(path: Path, trees: Mapping[str, Tree]) -> Iterator[Entry]:
    document = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
    sector = document.get("sector")
    if sector not in LIBRARY_SECTORS:
        raise UnsoundLibrary(f"sector {sector!r} is not in the vocabulary")
    if set(document) != {"sector", "last_checked_on", "indicator"}:
        raise UnsoundLibrary("the file may hold sector, last_checked_on and indicator only")
    for row in document["indicator"]:
        code = row.get("code", "an entry without a code")
        try:
            yield _entry(sector, row, trees)
        except (UnsoundLibrary, TypeError) as error:
            raise UnsoundLibrary(f"{code}: {error}") from error


def _entry(sector: str, row: Mapping[str, Any], trees: Mapping[str, Tree]) -> Entry:
    _require_keys(row, required=_IN_A_FILE - _MAY_BE_ABSENT, allowed=_IN_A_FILE)
    upper, lower = _place_2021(row, trees)
    entry = Entry(
        code=_one_of_the_sector(_text(row, "code"), sector),
        sector=sector,
        name=_text(row, "name"),
        level1=_text(row, "level1"),
        level2=_text(row, "level2"),
        level1_2021=upper,
        level2_2021=lower,
        definition=_text(row, "definition"),
        formula=_text(row, "formula"),
        unit=_text(row, "unit") if "unit" in row else None,
        operator=_choice(row, "operator", OPERATORS),
        evidence_method=_choice(row, "evidence_method", EVIDENCE_METHODS),
        evidence=_text(row, "evidence"),
        target_low=_number(row, "target_low"),
        target_high=_number(row, "target_high"),
        target_note=_text(row, "target_note"),
        scoring_rule=_text(row, "scoring_rule"),
        source_kind=_choice(row, "source_kind", (OWN, GOV)),
        source=_source(row["source_kind"], row.get("source")),
        good=_example(row["good"], "good", with_why=False),
        bad=_example(row["bad"], "bad", with_why=True),
    )
    for flaw in flaws(entry, trees):
        raise UnsoundLibrary(f"{flaw.field}: {flaw.message}")
    return entry


def _place_2021(row: Mapping[str, Any], trees: Mapping[str, Tree]) -> tuple[str, str]:
    """The usual way between the trees, unless the entry knows better."""
    if "place_2021" not in row:
        return trees["mof-2021"].place(_text(row, "level1"), _text(row, "level2"))
    upper, _, lower = _text(row, "place_2021").partition("/")
    return upper, lower


def _example(row: object, name: str, *, with_why: bool) -> Example:
    if not isinstance(row, dict):
        raise UnsoundLibrary(f"{name} is not a table")
    required = {"text", "source_kind"} | ({"why"} if with_why else set())
    try:
        _require_keys(row, required=required, allowed=required | _PRINTED)
        kind = _choice(row, "source_kind", (OWN, GOV))
        printed = {field: row[field] for field in _PRINTED & set(row)}
        return Example(
            text=_text(row, "text"),
            source_kind=kind,
            why=_text(row, "why") if with_why else None,
            source=_source(kind, printed or None),
        )
    except UnsoundLibrary as error:
        raise UnsoundLibrary(f"{name}: {error}") from error


def _source(kind: str, printed: object) -> Source | None:
    """Present exactly when the kind is gov."""
    if (kind == GOV) is not (printed is not None):
        raise UnsoundLibrary("gov needs place, year and url; own has none")
    if printed is None:
        return None
    if not isinstance(printed, dict) or type(printed.get("year")) is not int:
        raise UnsoundLibrary("a source is place, year (a number) and url")
    _require_keys(printed, required=_PRINTED, allowed=_PRINTED)
    return Source(_text(printed, "place"), printed["year"], _text(printed, "url"))


def _one_of_the_sector(code: str, sector: str) -> str:
    number = code.removeprefix(f"{sector}-")
    if number == code or not (number.isdigit() and len(number) == 3):
        raise UnsoundLibrary(f"the code is {sector}-NNN")
    return code


def _require_keys(row: Mapping[str, Any], *, required: set[str], allowed: set[str]) -> None:
    if missing := required - set(row):
        raise UnsoundLibrary(f"missing {sorted(missing)}")
    if unknown := set(row) - allowed:
        raise UnsoundLibrary(f"unknown {sorted(unknown)}")


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row[name]
    if not isinstance(value, str) or not value.strip() or value != value.strip():
        raise UnsoundLibrary(f"{name} is not a text, or begins or ends with a space")
    return value


def _choice(row: Mapping[str, Any], name: str, allowed: Any) -> str:
    value = _text(row, name)
    if value not in allowed:
        raise UnsoundLibrary(f"{name} {value!r} is none of {sorted(allowed)}")
    return value


def _number(row: Mapping[str, Any], name: str) -> Decimal | None:
    value = row.get(name)
    if value is None or isinstance(value, Decimal):
        return value
    if type(value) is not int:
        raise UnsoundLibrary(f"{name} is not a number")
    return Decimal(value)


def _refuse_doubles(entries: list[Entry]) -> None:
    """One code, and inside a sector one name, belongs to one entry."""
    seen: dict[tuple[str, ...], str] = {}
    for entry in entries:
        for mark in ((entry.code,), (entry.sector, key(entry.name))):
            if mark in seen:
                raise UnsoundLibrary(
                    f"{entry.sector}.toml: {entry.code}: {mark[-1]} stands at {seen[mark]} too"
                )
            seen[mark] = entry.code
