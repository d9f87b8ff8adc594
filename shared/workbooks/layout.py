"""A form's layout as data: what stands in which cell, read from TOML and held against itself.

    layout_id, version, title, sheet_name, orientation, row_id_column, hidden_columns, widths
    [fields.<code>]        one cell of the sheet
    [rows.<kind>.<code>]   one column of a row kind
    [[part]]               top to bottom: a line of `cells`, or a `block` of rows of a kind

Column A and row 1 are the engine's: hidden, they say what each row and column is, so that a sheet
whose rows and columns were moved is still read right. The row id stands in a hidden column *between*
the visible ones, so that sorting the visible range takes it along.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

from shared.workbooks.text import squeezed

TYPES = frozenset(
    {"text", "long_text", "number", "money", "choice", "date", "printed_target", "formula"}
)
KINDS = ("title", "section", "label", "note", "field")
_DROP_DOWN_LIMIT = 255

#: list name → code → label
Choices: TypeAlias = Mapping[str, Mapping[str, str]]


class UnsoundLayout(ValueError):
    """The layout file can't be used; the message names the file and what is wrong with it."""


@dataclass(frozen=True)
class Field:
    """One value of the form. `words` are all spellings accepted for a choice, each with its code."""

    code: str
    label: str
    type: str
    editable: bool = False
    hidden: bool = False
    column: str = ""
    list_name: str = ""
    choices: Mapping[str, str] = dataclass_field(default_factory=dict)
    words: Mapping[str, str] = dataclass_field(default_factory=dict)
    max_length: int | None = None
    decimals: int = 4
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    formula: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell of a line, or several merged: columns `first` to `last`, `down` lines high."""

    first: str
    last: str
    down: int
    kind: str
    content: str


@dataclass(frozen=True)
class Line:
    """A line of fixed cells."""

    cells: tuple[Cell, ...]
    height: float | None


@dataclass(frozen=True)
class Block:
    """Rows of one kind under their labels, closed by a line that may add up columns."""

    code: str
    kind: str
    spare: int
    closing: str
    totals: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """A form as it is laid out on one sheet."""

    layout_id: str
    version: int
    title: str
    verified: bool
    sheet_name: str
    orientation: str
    row_id_column: str
    hidden_columns: tuple[str, ...]
    widths: Mapping[str, float]
    index: tuple[str, ...]
    fields: Mapping[str, Field]
    rows: Mapping[str, Mapping[str, Field]]
    parts: tuple[Line | Block, ...]

    @property
    def columns(self) -> list[str]:
        """Every column of the sheet but the engine's, left to right."""
        return list(self.widths)

    def blocks(self) -> Iterator[Block]:
        """The blocks, top to bottom."""
        return (part for part in self.parts if isinstance(part, Block))

    def labels(self) -> dict[str, str]:
        """Every field a person sees, `row kind.code` for those of rows → its label."""
        fixed = {code: one.label for code, one in self.fields.items() if not one.hidden}
        return fixed | {
            f"{kind}.{code}": one.label
            for kind, columns in self.rows.items()
            for code, one in columns.items()
            if not one.hidden
        }


def load(path: Path, choices: Choices) -> Layout:
    """Read one layout. Raises UnsoundLayout with the file's name and what is wrong."""
    try:
        layout = _layout(tomllib.loads(path.read_text("utf-8"), parse_float=Decimal), choices)
        for complaint in _complaints(layout):
            raise UnsoundLayout(complaint)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, UnsoundLayout) as error:
        raise UnsoundLayout(f"{path.name}: {error}") from error
    return layout


def _layout(document: Mapping[str, Any], choices: Choices) -> Layout:
    aliases = document.get("aliases", {})

    def fields(table: Mapping[str, Any]) -> dict[str, Field]:
        return {code: _field(code, entry, choices, aliases) for code, entry in table.items()}

    return Layout(
        layout_id=str(document["layout_id"]),
        version=int(document["version"]),
        title=str(document["title"]),
        verified=bool(document["source"]["verified"]),
        sheet_name=str(document["sheet_name"]),
        orientation=str(document["orientation"]),
        row_id_column=str(document["row_id_column"]),
        hidden_columns=tuple(document["hidden_columns"]),
        widths={column: float(width) for column, width in document["widths"].items()},
        index=tuple(document["index"]),
        fields=fields(document["fields"]),
        rows={kind: fields(table) for kind, table in document.get("rows", {}).items()},
        parts=tuple(_part(entry) for entry in document["part"]),
    )


def _field(code: str, entry: Mapping[str, Any], choices: Choices, aliases: Choices) -> Field:
    known: dict[str, Any] = {"decimals": 2 if entry["type"] == "money" else 4, **entry}
    for bound in ("minimum", "maximum"):
        if bound in known:
            known[bound] = Decimal(known[bound])
    list_name = known.pop("choices", "")
    if not list_name:
        return Field(code, **known)
    if list_name not in choices:
        raise UnsoundLayout(f"{code}: no list of choices {list_name}")
    labels = choices[list_name]
    words = {**aliases.get(list_name, {}), **{one: one for one in labels}}
    words |= {label: one for one, label in labels.items()}
    return Field(
        code,
        list_name=list_name,
        choices=labels,
        words={squeezed(word): one for word, one in words.items()},
        **known,
    )


def _part(entry: Mapping[str, Any]) -> Line | Block:
    if "block" in entry:
        return Block(
            code=entry["block"],
            kind=entry["rows"],
            spare=entry["spare"],
            closing=entry["closing"],
            totals=tuple(entry.get("totals", ())),
        )
    height = entry.get("height")
    cells = tuple(_cell(cell) for cell in entry["cells"])
    return Line(cells, None if height is None else float(height))


def _cell(entry: Mapping[str, Any]) -> Cell:
    kinds = [kind for kind in KINDS if kind in entry]
    if len(kinds) != 1:
        raise UnsoundLayout(f"a cell is one of {', '.join(KINDS)}: {dict(entry)}")
    first, _, last = str(entry["at"]).partition(":")
    return Cell(first, last or first, entry.get("down", 1), kinds[0], str(entry[kinds[0]]))


def _complaints(layout: Layout) -> Iterator[str]:
    yield from _unknown_columns(layout)
    placed = [
        cell.content
        for part in layout.parts
        if isinstance(part, Line)
        for cell in part.cells
        if cell.kind == "field"
    ]
    yield from (f"cell of unknown field {code}" for code in placed if code not in layout.fields)
    yield from (f"field {code} stands in no cell" for code in layout.fields if code not in placed)
    yield from (
        f"block of unknown rows {b.kind}" for b in layout.blocks() if b.kind not in layout.rows
    )
    yield from (
        f"index of unknown field {code}" for code in layout.index if code not in layout.fields
    )
    for one in _all_fields(layout):
        yield from _field_complaints(one)


def _unknown_columns(layout: Layout) -> Iterator[str]:
    known = set(layout.columns)
    if "A" in known:
        yield "column A is the engine's"
    used = {layout.row_id_column, *layout.hidden_columns}
    used |= {one.column for columns in layout.rows.values() for one in columns.values()}
    for part in layout.parts:
        if isinstance(part, Line):
            used |= {column for cell in part.cells for column in (cell.first, cell.last)}
    yield from (f"column {column} has no width" for column in sorted(used - known))


def _field_complaints(one: Field) -> Iterator[str]:
    if one.type not in TYPES:
        yield f"{one.code}: unknown type {one.type}"
    if (one.type == "choice") is not bool(one.choices):
        yield f"{one.code}: a choice has choices, and nothing else has"
    labels = one.choices.values()
    # Kept inside the sheet, a drop-down list is one text in which a comma separates.
    if len(",".join(labels)) > _DROP_DOWN_LIMIT or any("," in label for label in labels):
        yield f"{one.code}: its labels do not fit into a drop-down list"


def _all_fields(layout: Layout) -> Sequence[Field]:
    return [
        *layout.fields.values(),
        *(one for columns in layout.rows.values() for one in columns.values()),
    ]
