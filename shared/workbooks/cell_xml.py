"""The cells of a sheet as the file has them.

openpyxl writes everything else. Cells are nine tenths of a form, and written here they cost a tenth:
271 forms have a hundred thousand of them.
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook

from shared.workbooks.text import written

_EMPTY_DATA = re.compile(rb"<sheetData\s*/>|<sheetData>\s*</sheetData>")
#: openpyxl has seen no cell and says so; what is optional had better not be wrong.
_DIMENSION = re.compile(rb"<dimension [^>]*/>|<dimension [^>]*></dimension>")
#: The element every sheet has that follows the place of links.
_AFTER_LINKS = b"<printOptions"
_FIRST_SERIAL_DAY = date(1899, 12, 30).toordinal()


class Cells:
    """The rows of one sheet; a later cell replaces an earlier one at its place."""

    def __init__(self) -> None:
        self._rows: dict[int, dict[int, str]] = {}
        self._attributes: dict[int, str] = {1: ' hidden="1"'}
        self._links: list[str] = []

    def blank(self, row: int, column: int, address: str, style: int) -> None:
        """A cell that only has a look."""
        self._put(row, column, f'<c r="{address}" s="{style}"/>')

    def text(self, row: int, column: int, address: str, style: int, text: str) -> None:
        """A text, and never a formula, whatever it begins with."""
        self._put(row, column, text_cell(address, style, text))

    def number(self, row: int, column: int, address: str, style: int, value: float | date) -> None:
        """A number, or a day as the number it is in spreadsheets."""
        number = serial_day(value) if isinstance(value, date) else value
        self._put(row, column, number_cell(address, style, repr(number)))

    def formula(self, row: int, column: int, address: str, style: int, formula: str) -> None:
        """A formula of the layout."""
        self._put(row, column, f'<c r="{address}" s="{style}"><f>{escape(formula)}</f></c>')

    def link(self, address: str, location: str) -> None:
        """A cell that leads to another place in the workbook."""
        self._links.append(f"<hyperlink ref={quoteattr(address)} location={quoteattr(location)}/>")

    def set_height(self, row: int, points: float) -> None:
        """A row higher than the sheet's default."""
        self._attributes[row] = f' ht="{points:g}" customHeight="1"'

    def xml(self) -> bytes:
        """The element that holds all rows."""
        rows = [
            f'<row r="{row}"{self._attributes.get(row, "")}>'
            + "".join(cells for _, cells in sorted(self._rows.get(row, {}).items()))
            + "</row>"
            for row in sorted(self._rows.keys() | self._attributes.keys())
        ]
        return f"<sheetData>{''.join(rows)}</sheetData>".encode()

    def links_xml(self) -> bytes:
        """The element that holds all links."""
        links = "".join(self._links)
        return f"<hyperlinks>{links}</hyperlinks>".encode() if links else b""

    def _put(self, row: int, column: int, xml: str) -> None:
        self._rows.setdefault(row, {})[column] = xml


def text_cell(address: str, style: int, text: str) -> str:
    """A text, and never a formula, whatever it begins with."""
    content = escape(written(text))
    return (
        f'<c r="{address}" s="{style}" t="inlineStr">'
        f'<is><t xml:space="preserve">{content}</t></is></c>'
    )


def number_cell(address: str, style: int, number: str) -> str:
    """A number as it is written."""
    return f'<c r="{address}" s="{style}"><v>{number}</v></c>'


def serial_day(day: date) -> int:
    """A day as the number it is in spreadsheets."""
    return day.toordinal() - _FIRST_SERIAL_DAY


def saved(workbook: Workbook, cells: Sequence[Cells]) -> bytes:
    """The workbook as a file, with the cells of its sheets in their order."""
    frame = io.BytesIO()
    workbook.save(frame)
    by_part = {f"xl/worksheets/sheet{at}.xml": one for at, one in enumerate(cells, 1)}
    out = io.BytesIO()
    with (
        zipfile.ZipFile(frame) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, _with_cells(old.read(name), name, by_part))
    return out.getvalue()


def _with_cells(part: bytes, name: str, by_part: Mapping[str, Cells]) -> bytes:
    if name not in by_part:
        return part
    data, links = by_part[name].xml(), by_part[name].links_xml()
    part = _EMPTY_DATA.sub(lambda _: data, _DIMENSION.sub(b"", part), count=1)
    return part.replace(_AFTER_LINKS, links + _AFTER_LINKS, 1)
