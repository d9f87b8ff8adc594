"""What travels through a workbook: forms on the way out, forms as read, and what is wrong in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

Value: TypeAlias = str | Decimal | date | None


class WorkbookRefused(Exception):
    """The file as a whole can't be taken: a stable code, what is wrong, how to mend it (Chinese)."""

    def __init__(self, code: str, message: str, mend: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.mend = mend


@dataclass(frozen=True)
class Row:
    """One row of a block; without an id it has not been saved before."""

    row_id: UUID | None
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Form:
    """One sheet to fill. `offers` narrows a list of choices to these codes in its drop-downs."""

    form_id: UUID
    version: int
    values: Mapping[str, Value]
    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    offers: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class CellError:
    """Something to mend, or merely to know, about one cell; `pointer` leads into the form's values."""

    sheet: str
    cell: str
    pointer: str
    code: str
    message: str
    mend: str


@dataclass(frozen=True)
class RowRead:
    """A row as it stands in the sheet; `cells` says which cell each value came from."""

    row_id: UUID | None
    values: Mapping[str, Value]
    cells: Mapping[str, str]


@dataclass(frozen=True)
class FormRead:
    """A sheet as read. A value whose cell is in `errors` is None; `notes` need no mending."""

    sheet: str
    form_id: UUID
    version: int
    values: Mapping[str, Value]
    cells: Mapping[str, str]
    rows: Mapping[str, Sequence[RowRead]]
    errors: Sequence[CellError]
    notes: Sequence[CellError]


@dataclass(frozen=True)
class Reading:
    """A workbook as read; `errors` are of sheets that could not be read as a form at all."""

    forms: Sequence[FormRead]
    errors: Sequence[CellError]
    notes: Sequence[CellError]
