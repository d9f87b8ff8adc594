"""Preset frameworks (预设指标体系): the items of a regulation, weighed; and what a sector looks at.

Items say what is asked and how it is found out; a preset gives each item its weight. Both are rules
of their own, so that one list of items serves several splits, and a local pack may bring either.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from services.evaluation.domain.framework_checks import AskedRow, framework_findings
from services.evaluation.domain.frameworks import FRAMEWORKS, Framework
from services.evaluation.domain.profiles import Operator
from services.evaluation.domain.receipts import Citation
from services.evaluation.domain.rule_values import Reader, citation, distinct_codes, read
from services.evaluation.domain.scoring_sheets import Method, ScoringRow
from shared.rulebook import UnsoundRule, Version

_STANDARDS = frozenset({"plan", "industry", "history"})
_OPTIONAL = frozenset(
    {"operator", "target_value", "points", "formula", "evidence_method", "standard", "ratio_code"}
)


@dataclass(frozen=True)
class Item:
    """One indicator with its 评价要点, its formula in words and how evidence is found (取证方式)."""

    level1: str
    level2: str
    name: str
    weight: Decimal
    method: Method
    operator: Operator | None
    target_value: Decimal | None
    points: tuple[str, ...]
    formula: str | None
    evidence_method: str | None
    standard: str | None
    ratio_code: str | None

    @property
    def asked(self) -> AskedRow:
        """The item as a row of a framework, to be checked."""
        row = ScoringRow(
            level1=self.level1,
            name=self.name,
            weight=self.weight,
            method=self.method,
            basis="",
            operator=self.operator,
            target_value=self.target_value,
            points_total=len(self.points) or None,
        )
        return AskedRow(row, self.ratio_code)


@dataclass(frozen=True)
class Items:
    """The items of a framework by code; they weigh nothing until a preset says so."""

    framework_id: str
    by_code: Mapping[str, Item]


@dataclass(frozen=True)
class Weighing:
    """Which items a preset takes, and with what weight."""

    citation: Citation
    items_id: str
    #: The kinds of evaluations it is offered to.
    kinds: frozenset[str]
    weight_reason: str | None
    weights: Mapping[str, Decimal]


@dataclass(frozen=True)
class Preset:
    """A whole framework, ready for the scheme of an evaluation."""

    preset_id: str
    title: str
    citation: Citation
    kinds: frozenset[str]
    weight_reason: str | None
    framework_id: str
    rows: tuple[Item, ...]


@dataclass(frozen=True)
class Focus:
    """One thing to look at (评价重点), under the first level it belongs to."""

    level1: str
    text: str


@dataclass(frozen=True)
class Sector:
    """What evaluations in a sector look at in particular."""

    label: str
    focus: tuple[Focus, ...]


def items(version: Version) -> Items:
    """The items of a version. Raises UnsoundRule with the place and the reason."""
    values = read(version).only("kind", "framework", "items")
    rows = values.tables("items")
    distinct_codes(rows, f"{values.place}.items")
    return Items(values.text("framework"), {row.text("code"): _item(row) for row in rows})


def weighing(version: Version) -> Weighing:
    """The weights of a version. Raises UnsoundRule with the place and the reason."""
    values = read(version).only("kind", "items", "evaluations", "weights", optional=_REASON)
    weights = values.table("weights")
    return Weighing(
        citation=citation(version),
        items_id=values.text("items"),
        kinds=values.choices("evaluations", FRAMEWORKS),
        weight_reason=_optional(values, "weight_reason"),
        weights={code: weights.number(code, high=100) for code in weights.entries},
    )


def weighed(rule_id: str, title: str, weights: Weighing, known: Items) -> Preset:
    """The preset, its rows in the order of the items. Raises UnsoundRule for an unknown item."""
    unknown = sorted(weights.weights.keys() - known.by_code.keys())
    if unknown:
        raise UnsoundRule(f"{rule_id}.weights: {weights.items_id} has no {unknown}")
    chosen = [(code, item) for code, item in known.by_code.items() if code in weights.weights]
    return Preset(
        preset_id=rule_id,
        title=title,
        citation=weights.citation,
        kinds=weights.kinds,
        weight_reason=weights.weight_reason,
        framework_id=known.framework_id,
        rows=tuple(replace(item, weight=weights.weights[code]) for code, item in chosen),
    )


def require_sound(preset: Preset, rule: Framework) -> None:
    """Raise UnsoundRule unless the preset would be accepted as the framework of an evaluation."""
    if {FRAMEWORKS[kind] for kind in preset.kinds} != {preset.framework_id}:
        raise UnsoundRule(f"{preset.preset_id}: {preset.framework_id} is not for these evaluations")
    asked = [item.asked for item in preset.rows]
    found = framework_findings(asked, rule, weight_reason=preset.weight_reason)
    if found:
        first = f"{found[0].pointer}: {found[0].code} {found[0].message}"
        raise UnsoundRule(f"{preset.preset_id}: {len(found)} findings, {first}")


def sectors(version: Version) -> Mapping[str, Sector]:
    """The sectors of a version by code. Raises UnsoundRule with the place and the reason."""
    values = read(version).only("kind", "sectors")
    rows = [row.only("code", "label", "focus") for row in values.tables("sectors")]
    distinct_codes(rows, f"{values.place}.sectors")
    return {row.text("code"): Sector(row.text("label"), _focus(row)) for row in rows}


def focus_of(sector: Sector, level1s: Collection[str]) -> tuple[Focus, ...]:
    """What concerns the first levels that a framework has."""
    return tuple(each for each in sector.focus if each.level1 in level1s)


_REASON = frozenset({"weight_reason"})


def _focus(row: Reader) -> tuple[Focus, ...]:
    points: Sequence[Reader] = [each.only("level1", "text") for each in row.tables("focus")]
    return tuple(Focus(each.text("level1"), each.text("text")) for each in points)


def _item(row: Reader) -> Item:
    row.only("code", "level1", "level2", "name", "method", optional=_OPTIONAL)
    return Item(
        level1=row.text("level1"),
        level2=row.text("level2"),
        name=row.text("name"),
        weight=Decimal(0),
        method=Method(row.choice("method", set(Method))),
        operator=_operator(row),
        target_value=row.number("target_value") if "target_value" in row.entries else None,
        points=row.texts("points") if "points" in row.entries else (),
        formula=_optional(row, "formula"),
        evidence_method=_optional(row, "evidence_method"),
        standard=row.choice("standard", _STANDARDS) if "standard" in row.entries else None,
        ratio_code=_optional(row, "ratio_code"),
    )


def _operator(row: Reader) -> Operator | None:
    if "operator" not in row.entries:
        return None
    return Operator(row.choice("operator", set(Operator) - {Operator.QUALITATIVE}))


def _optional(row: Reader, key: str) -> str | None:
    return row.text(key) if key in row.entries else None
