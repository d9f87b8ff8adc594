"""A workbook of one long table, written into a file row by row; a full sheet is followed by another.

openpyxl's write-only mode does the same at several times the cost.
"""

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter

from shared import clock
from shared.workbooks.cell_xml import number_cell, serial_day, text_cell

#: Rows of a sheet in this file format, less the heading.
SHEET_ROWS = 1_048_000
#: Digits a spreadsheet's numbers hold; longer ones are text.
_EXACT_DIGITS = 15
_PLAIN, _BOLD, _HEADER, _NUMBER, _DAY, _INSTANT = range(6)

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = f"""{_XML}
<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>
<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>
<fonts count="2"><font><sz val="11"/><name val="宋体"/></font>
<font><b/><sz val="11"/><name val="宋体"/></font></fonts>
<fills count="3"><fill><patternFill patternType="none"/></fill>
<fill><patternFill patternType="gray125"/></fill>
<fill><patternFill patternType="solid"><fgColor rgb="FFDDE7F0"/></patternFill></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="6"><xf/><xf fontId="1" applyFont="1"/>
<xf fontId="1" fillId="2" applyFont="1" applyFill="1"/><xf numFmtId="4" applyNumberFormat="1"/>
<xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
</styleSheet>"""


@dataclass(frozen=True)
class Column:
    """A column's title and the attribute of a row that fills it."""

    title: str
    attribute: str

    def of(self, row: object) -> object:
        """The row's value; percentages travel as text and are numbers here."""
        value: object = getattr(row, self.attribute)
        return Decimal(value) if self.title.endswith("%）") and isinstance(value, str) else value


class Table:
    """The table in a file: `add` as often as there are rows, then `end`."""

    def __init__(
        self, file: IO[bytes], name: str, heading: Sequence[str], columns: Sequence[Column], *,
        sheet_rows: int = SHEET_ROWS,
    ) -> None:  # fmt: skip
        self._name, self._heading, self._columns = name, heading, columns
        self._letters = [get_column_letter(n) for n in range(1, len(columns) + 1)]
        self._full = sheet_rows + len(heading) + 1
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3)
        self._sheets = self._count = 0
        self._sheet = self._begin_sheet()

    def add(self, rows: Iterable[Any]) -> None:
        """Write these rows below the others."""
        for row in rows:
            if self._number >= self._full:
                self._end_sheet()
                self._sheet = self._begin_sheet()
            self._write([column.of(row) for column in self._columns])
            self._count += 1

    def end(self) -> None:
        """Write what makes it a workbook."""
        self._write([f"共 {self._count} 行"])
        self._end_sheet()
        for name, part in self._other_parts():
            self._zip.writestr(name, part)
        self._zip.close()

    def _begin_sheet(self) -> IO[bytes]:
        self._sheets, self._number = self._sheets + 1, 0
        self._sheet = self._zip.open(f"xl/worksheets/sheet{self._sheets}.xml", "w")
        top = len(self._heading) + 1
        widths = "".join(
            f'<col min="{n}" max="{n}" width="{max(12, 2 * len(column.title) + 4)}" customWidth="1"/>'
            for n, column in enumerate(self._columns, start=1)
        )
        pane = f'<pane ySplit="{top}" topLeftCell="A{top + 1}" state="frozen"/>'
        self._sheet.write(
            f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">{pane}'
            f"</sheetView></sheetViews><cols>{widths}</cols><sheetData>".encode()
        )
        for n, line in enumerate(self._heading):
            self._write([line], _BOLD if n == 0 else _PLAIN)
        self._write([column.title for column in self._columns], _HEADER)
        return self._sheet

    def _end_sheet(self) -> None:
        self._sheet.write(b"</sheetData></worksheet>")
        self._sheet.close()

    def _write(self, values: Sequence[object], style: int = _PLAIN) -> None:
        self._number += 1
        cells = "".join(
            _cell(f"{letter}{self._number}", value, style)
            for letter, value in zip(self._letters, values, strict=False)
        )
        self._sheet.write(f'<row r="{self._number}">{cells}</row>'.encode())

    def _other_parts(self) -> Iterator[tuple[str, str]]:
        numbers = range(1, self._sheets + 1)
        overrides = "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KIND}.worksheet+xml"/>'
            for n in numbers
        )
        yield (
            "[Content_Types].xml",
            (
                f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
                f'"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/'
                f'workbook.xml" ContentType="{_KIND}.sheet.main+xml"/><Override PartName="/xl/styles.xml"'
                f' ContentType="{_KIND}.styles+xml"/>{overrides}</Types>'
            ),
        )
        yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
        sheets = "".join(
            f'<sheet name="{escape(self._sheet_name(n))}" sheetId="{n}" r:id="rId{n}"/>'
            for n in numbers
        )
        yield (
            "xl/workbook.xml",
            (
                f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}"><sheets>{sheets}</sheets></workbook>'
            ),
        )
        parts = [("worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
        yield "xl/_rels/workbook.xml.rels", _relations([*parts, ("styles", "styles.xml")])
        yield "xl/styles.xml", _STYLES

    def _sheet_name(self, number: int) -> str:
        return self._name[:25] if number == 1 else f"{self._name[:25]} {number}"


def _cell(address: str, value: object, style: int) -> str:
    match value:
        case None:
            return ""
        case bool():
            return text_cell(address, style, "是" if value else "否")
        case int() if len(str(value)) <= _EXACT_DIGITS:
            return number_cell(address, style, str(value))
        case Decimal() if len(value.as_tuple().digits) <= _EXACT_DIGITS:
            return number_cell(address, _NUMBER, f"{value:f}")
        case datetime():
            local = value.astimezone(clock.SHANGHAI)
            seconds = local.hour * 3600 + local.minute * 60 + local.second
            return number_cell(address, _INSTANT, repr(serial_day(local) + seconds / 86400))
        case date():
            return number_cell(address, _DAY, str(serial_day(value)))
        case list() | tuple():
            return text_cell(address, style, "、".join(map(str, value)))
        case _:
            return text_cell(address, style, str(value))


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATION}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'
