"""Reads one sheet: finds its lines, columns and blocks by their hidden marks, then its values."""

from collections import Counter
from collections.abc import Iterator, Mapping
from uuid import UUID

from shared.workbooks.cells import BadCell, Raw, invisible_characters, parsed
from shared.workbooks.layout import Block, Field, Layout, Line
from shared.workbooks.scan import Marks, letters, number
from shared.workbooks.sheet import BEGIN_TAG, END_TAG, LINE_TAG
from shared.workbooks.values import CellError, FormRead, RowRead, Value

_AGAIN = "请重新从系统导出表格，把填好的内容复制过去后再导入"


class SheetDamaged(Exception):
    """The sheet can't be read as a form."""

    def __init__(self, code: str, message: str, mend: str = _AGAIN) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.mend = mend


def read_sheet(
    layout: Layout, name: str, form_id: UUID, version: int, grid: list[list[Raw]], marks: Marks
) -> FormRead:
    """The form on the sheet. Raises SheetDamaged when its hidden marks are gone."""
    reader = _SheetReader(layout, name, grid, marks)
    fixed = dict(reader.fixed_values())
    rows = {block.code: list(reader.rows(block)) for block in layout.blocks()}
    return FormRead(
        sheet=name,
        form_id=form_id,
        version=version,
        values={code: value for code, (value, _) in fixed.items()},
        cells={code: cell for code, (_, cell) in fixed.items()},
        rows=rows,
        errors=reader.errors,
        notes=reader.notes,
    )


class _SheetReader:
    def __init__(self, layout: Layout, name: str, grid: list[list[Raw]], marks: Marks) -> None:
        self.errors: list[CellError] = []
        self.notes: list[CellError] = []
        self._layout = layout
        self._name = name
        self._grid = grid
        self._marks = marks
        self._columns = self._find_columns()
        self._tags = {str(row[0]): at for at, row in enumerate(grid, 1) if row and row[0] != ""}

    def fixed_values(self) -> Iterator[tuple[str, tuple[Value, str]]]:
        """Each field that is on the sheet, with its value and address."""
        for position, part in enumerate(self._layout.parts):
            if not isinstance(part, Line):
                continue
            row = self._tags.get(f"{LINE_TAG}{position}")
            for cell in part.cells:
                if cell.kind != "field":
                    continue
                field = self._layout.fields[cell.content]
                if row is not None:
                    address = f"{self._columns[cell.first]}{row}"
                    yield field.code, (self._value(field, address, f"/{field.code}"), address)
                elif field.editable:
                    raise SheetDamaged("line_lost", f"“{field.label}”所在的行被删除")

    def rows(self, block: Block) -> Iterator[RowRead]:
        """The rows of a block that hold anything."""
        begin = self._tags.get(f"{BEGIN_TAG}{block.code}")
        end = self._tags.get(f"{END_TAG}{block.code}")
        if begin is None or end is None or begin > end:
            raise SheetDamaged("block_lost", "表格的表头行或合计行被删除或移动")
        columns = {
            code: field
            for code, field in self._layout.rows[block.kind].items()
            if not field.formula
        }
        seen: Counter[UUID] = Counter()
        filled = [row for row in range(begin + 1, end) if self._holds_anything(row, columns)]
        for position, row in enumerate(filled):
            yield self._row(block, columns, row, position, seen)

    def _row(
        self,
        block: Block,
        columns: Mapping[str, Field],
        row: int,
        position: int,
        seen: Counter[UUID],
    ) -> RowRead:
        pointer = f"/{block.code}/{position}"
        cells = {code: f"{self._columns[field.column]}{row}" for code, field in columns.items()}
        values = {
            code: self._value(field, cells[code], f"{pointer}/{code}")
            for code, field in columns.items()
        }
        return RowRead(self._row_id(row, pointer, seen), values, cells)

    def _row_id(self, row: int, pointer: str, seen: Counter[UUID]) -> UUID | None:
        address = f"{self._columns[self._layout.row_id_column]}{row}"
        written = str(self._raw(address)).strip()
        if not written:
            return None
        try:
            row_id = UUID(written)
        except ValueError:
            self._note(address, pointer, "row_id_damaged", "这一行的隐藏编号被改动，按新增行处理")
            return None
        seen[row_id] += 1
        if seen[row_id] > 1:
            self._note(address, pointer, "row_copied", "这一行复制自上面的行，按新增行处理")
            return None
        return row_id

    def _holds_anything(self, row: int, columns: Mapping[str, Field]) -> bool:
        return any(
            str(self._raw(f"{self._columns[field.column]}{row}")).strip()
            or f"{self._columns[field.column]}{row}" in self._marks.formulas
            for field in columns.values()
            if not field.hidden
        )

    def _value(self, field: Field, address: str, pointer: str) -> Value:
        raw = self._raw(address)
        if field.editable or field.column:
            self._remark_on(raw, address, pointer)
        try:
            if address in self._marks.errors:
                raise BadCell("formula_fails", "公式出错，没有结果", "请改正公式，或直接填写结果")
            if raw == "" and address in self._marks.formulas:
                raise BadCell(
                    "formula_without_result",
                    "公式还没有算出结果",
                    "请在 Excel 或 WPS 中打开、保存一次，或直接填写结果",
                )
            return parsed(field, raw, percent=address in self._marks.percents)
        except BadCell as bad:
            self.errors.append(
                CellError(self._name, address, pointer, bad.code, bad.message, bad.mend)
            )
            return None

    def _remark_on(self, raw: Raw, address: str, pointer: str) -> None:
        if address in self._marks.formulas and address not in self._marks.errors and raw != "":
            self._note(address, pointer, "formula_result_taken", f"单元格里是公式，取其结果“{raw}”")
        if invisible_characters(raw):
            self._note(address, pointer, "invisible_removed", "去掉了不可见的控制字符")

    def _note(self, address: str, pointer: str, code: str, message: str) -> None:
        self.notes.append(
            CellError(self._name, address, pointer, code, message, "无需处理，请核对结果")
        )

    def _raw(self, address: str) -> Raw:
        column = address.rstrip("0123456789")
        row, position = int(address[len(column) :]), number(column)
        cells = self._grid[row - 1] if row <= len(self._grid) else []
        return cells[position - 1] if position <= len(cells) else ""

    def _find_columns(self) -> dict[str, str]:
        """The letter a column was exported under → where it stands now."""
        found = [(str(mark), at) for at, mark in enumerate(self._grid[0], 1) if at > 1 and mark]
        count = Counter(mark for mark, _ in found)
        for column in self._layout.columns:
            if count[column] == 0:
                raise SheetDamaged("column_lost", f"原来的 {column} 列被删除")
            if count[column] > 1:
                raise SheetDamaged("column_twice", f"原来的 {column} 列在表中出现了两次")
        return {mark: letters(at) for mark, at in found}
