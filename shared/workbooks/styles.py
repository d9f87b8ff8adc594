"""How cells look. Each look is registered once a workbook: setting one cell by cell is slow."""

from copy import copy
from dataclasses import dataclass
from typing import Any

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

_FONT = "宋体"
_THIN = Side(style="thin", color="FF808080")
_GREY = PatternFill("solid", fgColor="FFF2F2F2")


@dataclass(frozen=True)
class Look:
    """One look; `unlocked` cells may be changed although the sheet is protected."""

    size: int = 10
    bold: bool = False
    horizontal: str = "left"
    border: bool = True
    grey: bool = False
    unlocked: bool = False


LOOKS = {
    "title": Look(size=16, bold=True, horizontal="center", border=False),
    "section": Look(size=11, bold=True, border=True, grey=True),
    "label": Look(bold=True, horizontal="center", grey=True),
    "note": Look(size=9, border=False),
    "field": Look(grey=True),
    "total": Look(bold=True, horizontal="center", grey=True),
    "text": Look(unlocked=True),
    "centred": Look(horizontal="center", unlocked=True),
    "plain": Look(border=False, unlocked=True),
}


class Styles:
    """The looks of one workbook, ready to be put on cells."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._known: dict[tuple[str, str, bool], int] = {}

    def of(self, look: str, number_format: str = "General", *, quoted: bool = False) -> int:
        """The number in the file of a look with a number format.

        `quoted` shows a text as one although it begins like a formula, also after it was edited.
        """
        key = (look, number_format, quoted)
        if key not in self._known:
            style = self.array(look, number_format, quoted=quoted)
            self._known[key] = self._sheet.parent._cell_styles.add(style)
        return self._known[key]

    def array(self, look: str, number_format: str = "General", *, quoted: bool = False) -> Any:
        """The same as openpyxl has it, for whole columns."""
        of_look = LOOKS[look]
        cell: Any = Cell(self._sheet, 1, 1)
        cell.font = Font(name=_FONT, size=of_look.size, bold=of_look.bold)
        cell.alignment = Alignment(horizontal=of_look.horizontal, vertical="center", wrap_text=True)
        cell.protection = Protection(locked=not of_look.unlocked)
        cell.number_format = number_format
        if of_look.border:
            cell.border = Border(_THIN, _THIN, _THIN, _THIN)
        if of_look.grey:
            cell.fill = _GREY
        style = copy(cell._style)
        style.quotePrefix = int(quoted)
        return style
