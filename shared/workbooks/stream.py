"""A workbook of one long table, written row by row in pieces that are never held together.

A full sheet is followed by another.
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
from shared.workbooks.text import written

#: Rows of a sheet in this file format, less the heading.
SHEET_ROWS = 1_048_000
#: Digits a spreadsheet's numbers hold; longer ones are text.
_EXACT_DIGITS = 15
_FIRST_SERIAL_DAY = date(1899, 12, 30).toordinal()
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


class SheetStream:
    """The file in pieces: `rows` as often as there are some, then `end`."""

    def __init__(
        self, name: str, heading: Sequence[str], columns: Sequence[Column], *,
        sheet_rows: int = SHEET_ROWS,
    ) -> None:  # fmt: skip
        self._name, self._heading, self._columns = name, heading, columns
        self._letters = [get_column_letter(n) for n in range(1, len(columns) + 1)]
        self._sheet_rows = sheet_rows
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED, compresslevel=3)
        self._sheets = self._number = self._count = 0
        self._sheet: IO[bytes] | None = None

    def rows(self, rows: Iterable[Any]) -> bytes:
        """What these rows add to the file."""
        written_rows: list[str] = []
        for row in rows:
            if self._sheet is None or self._number >= self._sheet_rows + len(self._heading) + 1:
                self._flush(written_rows)
                self._begin_sheet()
            written_rows.append(self._row([column.of(row) for column in self._columns]))
            self._count += 1
        self._flush(written_rows)
        return self._sink.taken()

    def end(self) -> bytes:
        """The rest of the file."""
        if self._sheet is None:
            self._begin_sheet()
        self._flush([self._row([f"共 {self._count} 行"])])
        self._end_sheet()
        for name, part in self._other_parts():
            self._zip.writestr(name, part)
        self._zip.close()
        return self._sink.taken()

    def _begin_sheet(self) -> None:
        self._end_sheet()
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
        lines = [
            self._row([line], _BOLD if n == 0 else _PLAIN) for n, line in enumerate(self._heading)
        ]
        self._flush([*lines, self._row([column.title for column in self._columns], _HEADER)])

    def _end_sheet(self) -> None:
        if self._sheet is not None:
            self._sheet.write(b"</sheetData></worksheet>")
            self._sheet.close()

    def _flush(self, rows: list[str]) -> None:
        if self._sheet is not None and rows:
            self._sheet.write("".join(rows).encode())
        rows.clear()

    def _row(self, values: Sequence[object], style: int = _PLAIN) -> str:
        self._number += 1
        cells = "".join(
            _cell(f"{letter}{self._number}", value, style)
            for letter, value in zip(self._letters, values, strict=False)
        )
        return f'<row r="{self._number}">{cells}</row>'

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


class _Sink:
    """Where the archive writes to; it can't go back, and what was taken is gone."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """What was written can still be taken."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


def _cell(address: str, value: object, style: int) -> str:
    match value:
        case None:
            return ""
        case bool():
            return _text(address, "是" if value else "否", style)
        case int() if len(str(value)) <= _EXACT_DIGITS:
            return _number(address, str(value), style)
        case Decimal() if len(value.as_tuple().digits) <= _EXACT_DIGITS:
            return _number(address, f"{value:f}", _NUMBER)
        case datetime():
            local = value.astimezone(clock.SHANGHAI)
            seconds = local.hour * 3600 + local.minute * 60 + local.second
            return _number(address, repr(_serial(local) + seconds / 86400), _INSTANT)
        case date():
            return _number(address, str(_serial(value)), _DAY)
        case list() | tuple():
            return _text(address, "、".join(map(str, value)), style)
        case _:
            return _text(address, str(value), style)


def _serial(day: date) -> int:
    return day.toordinal() - _FIRST_SERIAL_DAY


def _number(address: str, number: str, style: int) -> str:
    return f'<c r="{address}" s="{style}"><v>{number}</v></c>'


def _text(address: str, text: str, style: int) -> str:
    content = escape(written(text))
    return f'<c r="{address}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{content}</t></is></c>'


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATION}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'
