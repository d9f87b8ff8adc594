"""What became of a workbook of monitoring forms, on the wire."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.fields import Out
from shared.form_routes import CellErrorOut


class SheetOut(Out):
    """What became of one sheet; `notes` need no mending."""

    sheet: str
    form_id: UUID
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
    errors: list[CellErrorOut] = Field(description="不是监控表或已损坏的工作表")
    notes: list[CellErrorOut]
