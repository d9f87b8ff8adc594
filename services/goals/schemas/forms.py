"""The official forms and how to fill them in, on the wire."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path
from pydantic import Field

from shared.fields import Out

FormCode = Annotated[str, Path(max_length=60, description="表格代码，如 `project-goal`")]


class FieldHelpOut(Out):
    """填报说明 of one field; what the system fills in itself has no examples."""

    code: str
    label: str
    instruction: str
    required: bool
    filled_by_system: bool
    good_example: str | None
    bad_example: str | None
    bad_because: str | None
    rules: list[str]


class FormSummary(Out):
    """A form of this service. `verified` is false until the official layout has been read."""

    form: str
    title: str
    purpose: str
    layout_version: int
    verified: bool
    help_href: str


class FormHelpOut(Out):
    """填报说明 of a form, its fields in the order of the sheet."""

    form: str
    title: str
    purpose: str
    fields: list[FieldHelpOut]


class Forms(Out):
    """The forms of this service."""

    items: list[FormSummary]


class CellErrorOut(Out):
    """One cell to mend; `pointer` is the same place in the API's form of the goal."""

    sheet: str
    cell: str
    pointer: str
    code: str
    message: str
    mend: str


class SheetOut(Out):
    """What became of one sheet; `notes` need no mending."""

    sheet: str
    goal_id: UUID
    status: Literal["updated", "unchanged", "failed"]
    errors: list[CellErrorOut]
    notes: list[CellErrorOut]


class FormsImported(Out):
    """What became of a workbook; nothing was stored when `stored` is false."""

    stored: bool
    updated: int
    unchanged: int
    failed: int
    sheets: list[SheetOut]
    errors: list[CellErrorOut] = Field(description="不是申报表或已损坏的工作表")
    notes: list[CellErrorOut]
