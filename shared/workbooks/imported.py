"""What became of a workbook: sheet by sheet, with the cells to mend."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from shared.workbooks.remarks import annotate
from shared.workbooks.values import CellError


@dataclass
class SheetResult:
    """What became of one sheet: updated, unchanged or failed with its cells."""

    sheet: str
    form_id: UUID
    status: str
    errors: list[CellError] = field(default_factory=list)
    notes: Sequence[CellError] = ()


@dataclass(frozen=True)
class Imported:
    """What became of a workbook; `errors` are of sheets that were no form at all."""

    sheets: Sequence[SheetResult]
    errors: Sequence[CellError]
    notes: Sequence[CellError]

    def cell_errors(self) -> list[CellError]:
        """Everything to mend, in the order of the workbook."""
        return [*self.errors, *(error for sheet in self.sheets for error in sheet.errors)]

    def report(self, *, stored: bool) -> dict[str, object]:
        """The figures and sheets as a service answers them."""
        counts = Counter(sheet.status for sheet in self.sheets)
        return {
            "stored": stored,
            "updated": counts["updated"],
            "unchanged": counts["unchanged"],
            "failed": counts["failed"] + len(self.errors),
            "sheets": self.sheets,
            "errors": self.errors,
            "notes": self.notes,
        }


async def remarked(data: bytes, found: Imported) -> bytes:
    """The same workbook with the wrong cells marked and listed."""
    return await asyncio.to_thread(annotate, data, found.cell_errors())
