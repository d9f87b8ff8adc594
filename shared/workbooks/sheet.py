"""Writes one sheet of a form: cells with their looks and values, merged areas, heights, drop-downs.

Column A and row 1 are hidden and say what stands where: `A1` the form's mark, row 1 the letter each
column was exported under, column A the part a line belongs to and where a block begins and ends.
"""

import math
from collections.abc import Mapping
from typing import Any

from shared.workbooks.cell_xml import Cells
from shared.workbooks.cells import printed
from shared.workbooks.layout import Block, Cell, Field, Layout, Line
from shared.workbooks.scan import letters, number
from shared.workbooks.styles import LOOKS, Styles
from shared.workbooks.text import display_width, starts_like_formula
from shared.workbooks.values import Form, Row, Value

FORM_MARK = "wenxiao-form"
LINE_TAG = "line:"
BEGIN_TAG = "begin:"
END_TAG = "end:"

#: Of a row with one line of text, in points: the sheet's default.
ROW_HEIGHT = 20.0

_LINE_HEIGHT = 14.0
_PADDING = 6.0
#: A row can't be higher than 409 points; longer texts go on in further rows, merged with it.
_HIGHEST = 392.0
_EMPTY_FORMATS = {"number": "General", "money": "#,##0.00####", "date": "yyyy-mm-dd"}
_ROW_SUM_FORMAT = "#,##0.00####;-#,##0.00####;"


def mark(layout: Layout, form: Form) -> str:
    """What the hidden cell A1 says: which form this is and which version was exported."""
    return "|".join(
        (FORM_MARK, layout.layout_id, str(layout.version), str(form.form_id), str(form.version))
    )


class SheetWriter:
    """Writes one form; what it leaves for the sheet as a whole is in its attributes."""

    def __init__(self, layout: Layout, form: Form, styles: Styles, sheet: Any) -> None:
        self.drop_downs: list[tuple[Field, str]] = []
        self._layout = layout
        self._form = form
        self._styles = styles
        self._sheet = sheet
        self.cells = Cells()
        self._next = 2
        self._numbers = {column: number(column) for column in layout.columns}
        self._shown = _Shown(form)

    def write(self) -> None:
        """Write every part, top to bottom."""
        self._text(1, "A", "plain", mark(self._layout, self._form))
        for column in self._layout.columns:
            self._text(1, column, "plain", column)
        for position, part in enumerate(self._layout.parts):
            if isinstance(part, Line):
                self._line(part, f"{LINE_TAG}{position}")
            else:
                self._block(part)

    @property
    def print_area(self) -> str:
        """The visible part of the sheet."""
        return f"{self._layout.columns[0]}2:{self._layout.columns[-1]}{self._next - 1}"

    def _line(self, line: Line, tag: str) -> None:
        first = self._next
        height = self._line_height(line)
        extra = math.ceil(height / _HIGHEST) - 1
        for row in range(first, first + extra + 1):
            self._set_height(row, height / (extra + 1))
        self._text(first, "A", "plain", tag)
        for cell in line.cells:
            self._cell(cell, first, cell.down + extra)
        self._next = first + extra + 1

    def _line_height(self, line: Line) -> float:
        needed = [
            _height(self._content(cell), self._width(cell.first, cell.last))
            for cell in line.cells
            if cell.down == 1 and cell.kind != "title"
        ]
        return max([line.height or 0, ROW_HEIGHT, *needed])

    def _content(self, cell: Cell) -> str:
        if cell.kind == "field":
            value = printed(self._layout.fields[cell.content], self._form.values.get(cell.content))
            return "" if value is None else str(value.value)
        return cell.content.format_map(self._shown)

    def _cell(self, cell: Cell, row: int, down: int) -> None:
        last = row + down - 1
        if cell.first != cell.last or down > 1:
            self._sheet.merged_cells.add(f"{cell.first}{row}:{cell.last}{last}")
        field = self._layout.fields[cell.content] if cell.kind == "field" else None
        look = _look(field) if field else cell.kind
        if LOOKS[look].border:
            self._frame(cell, row, last, self._styles.of(look))
        if field is None:
            self._text(row, cell.first, look, self._content(cell))
            return
        self._value(row, cell.first, field, self._form.values.get(field.code))
        if field.choices and field.editable:
            self.drop_downs.append((field, f"{cell.first}{row}"))

    def _frame(self, cell: Cell, row: int, last: int, style: int) -> None:
        """A merged area shows the borders of all its cells."""
        for column in self._visible(cell.first, cell.last):
            for each in range(row, last + 1):
                self.cells.blank(each, self._numbers[column], f"{column}{each}", style)

    def _block(self, block: Block) -> None:
        columns = self._layout.rows[block.kind]
        header = self._next
        self._text(header, "A", "plain", f"{BEGIN_TAG}{block.code}")
        for field in columns.values():
            self._text(header, field.column, "plain" if field.hidden else "label", field.label)
        rows = self._form.rows.get(block.code, ())
        spare = [Row(None, {})] * block.spare
        for row in (*rows, *spare):
            self._next += 1
            self._row(self._next, columns, row)
        first, last = header + 1, self._next
        self.drop_downs += [
            (field, f"{field.column}{first}:{field.column}{last}")
            for field in columns.values()
            if field.choices
        ]
        self._close(block, columns, header, last + 1)

    def _row(self, row: int, columns: Mapping[str, Field], values: Row) -> None:
        if values.row_id is not None:
            self._text(row, self._layout.row_id_column, "plain", str(values.row_id))
        height = ROW_HEIGHT
        for code, field in columns.items():
            value = values.values.get(code)
            if field.formula:
                self._formula(row, field, columns)
                continue
            if value is not None or not field.hidden:
                self._value(row, field.column, field, value)
            if isinstance(value, str) and not field.hidden:
                height = max(height, _height(value, self._layout.widths[field.column]))
        self._set_height(row, min(height, _HIGHEST))

    def _formula(self, row: int, field: Field, columns: Mapping[str, Field]) -> None:
        cells = {code: f"{one.column}{row}" for code, one in columns.items()}
        style = self._styles.of("centred", _ROW_SUM_FORMAT)
        self._formula_cell(row, field.column, style, field.formula.format(**cells))

    def _close(self, block: Block, columns: Mapping[str, Field], header: int, row: int) -> None:
        self._text(row, "A", "plain", f"{END_TAG}{block.code}")
        visible = [field for field in columns.values() if not field.hidden]
        for field in visible:
            place = (row, self._numbers[field.column], f"{field.column}{row}")
            self.cells.blank(*place, self._styles.of("total"))
        summed = [columns[code].column for code in block.totals]
        label_to = max(
            column
            for field in visible
            if (column := self._numbers[field.column]) < min(map(number, summed), default=10**6)
        )
        self._text(row, visible[0].column, "total", block.closing)
        self._sheet.merged_cells.add(f"{visible[0].column}{row}:{letters(label_to)}{row}")
        for code in block.totals:
            field = columns[code]
            number_format = "General" if field.type == "number" else _EMPTY_FORMATS["money"]
            style = self._styles.of("total", number_format)
            area = f"{field.column}{header}:{field.column}{row - 1}"
            self._formula_cell(row, field.column, style, f"SUM({area})")
        self._next = row + 1

    def _value(self, row: int, column: str, field: Field, value: Value) -> None:
        content = printed(field, value)
        number_format = content.number_format if content else _EMPTY_FORMATS.get(field.type, "@")
        look = _look(field)
        place = (row, self._numbers[column], f"{column}{row}")
        if content is None:
            self.cells.blank(*place, self._styles.of(look, number_format))
        elif isinstance(content.value, str):
            quoted = starts_like_formula(content.value)
            style = self._styles.of(look, number_format, quoted=quoted)
            self.cells.text(*place, style, content.value)
        else:
            self.cells.number(*place, self._styles.of(look, number_format), content.value)

    def _text(self, row: int, column: str, look: str, text: str) -> None:
        style = self._styles.of(look, quoted=starts_like_formula(text))
        self.cells.text(row, number(column), f"{column}{row}", style, text)

    def _formula_cell(self, row: int, column: str, style: int, formula: str) -> None:
        self.cells.formula(row, self._numbers[column], f"{column}{row}", style, formula)

    def _set_height(self, row: int, height: float) -> None:
        if height > ROW_HEIGHT:
            self.cells.set_height(row, height)

    def _width(self, first: str, last: str) -> float:
        return sum(self._layout.widths[column] for column in self._visible(first, last))

    def _visible(self, first: str, last: str) -> list[str]:
        between = self._layout.columns
        between = between[between.index(first) : between.index(last) + 1]
        return [column for column in between if column not in self._layout.hidden_columns]


class _Shown(dict[str, str]):
    """The form's values inside a line of text; what is not filled in shows as nothing."""

    def __init__(self, form: Form) -> None:
        super().__init__({code: str(v) for code, v in form.values.items() if v is not None})

    def __missing__(self, code: str) -> str:
        return ""


def _look(field: Field) -> str:
    if field.hidden:
        return "plain"
    if not field.editable:
        return "field"
    return "text" if field.type in ("text", "long_text") else "centred"


def _height(text: str, width: float) -> float:
    """Estimated: spreadsheet programs fit no height to merged cells, nor to rows written by others."""
    lines = sum(
        max(1, math.ceil(display_width(line) / max(width - 1.5, 1))) for line in text.split("\n")
    )
    return lines * _LINE_HEIGHT + _PADDING
