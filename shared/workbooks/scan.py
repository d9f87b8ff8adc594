"""What a fast reader of values does not say about a sheet: percent cells, formulas, errors, extent.

It also stands before that reader, which builds a dense table up to the last cell and copies a shared
text into every cell that names it: one value in the last corner of a sheet, or one long text named
by every cell, would take more memory than the machine has.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.parsers import expat

from shared.workbooks.guard import refusal
from shared.workbooks.values import WorkbookRefused

_ROWS = 5_000
_COLUMNS = 100
#: Of the texts of one sheet, each counted as often as it stands in a cell and as long as the longest.
_CHARACTERS = 100_000_000
#: Of a part that describes the workbook; the largest in use are some megabytes of styles.
_DESCRIPTION_BYTES = 20_000_000
_SHARED_STRINGS = "xl/sharedStrings.xml"
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ROW_NUMBER = re.compile(r"[1-9][0-9]{0,6}")
_PERCENT_BUILT_IN = {9, 10}
_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass
class Marks:
    """Cells by address, and how many of them name a shared text."""

    percents: set[str] = field(default_factory=set)
    formulas: set[str] = field(default_factory=set)
    errors: set[str] = field(default_factory=set)
    shared_texts: int = 0


def marks_by_sheet(parts: Mapping[str, bytes]) -> dict[str, Marks]:
    """The marks of every sheet by its name. Raises WorkbookRefused when one reaches too far."""
    try:
        percent_styles = _percent_styles(parts)
        longest = _longest_shared_text(parts)
        scanned = {
            name: _scan(part, percent_styles)
            for name, part in parts.items()
            if b"sheetData" in part
        }
        if any(marks.shared_texts * longest > _CHARACTERS for marks in scanned.values()):
            raise refusal("bomb")
        return {name: scanned[path] for name, path in part_names(parts).items() if path in scanned}
    except (expat.ExpatError, ElementTree.ParseError, KeyError, ValueError) as error:
        raise refusal("damaged") from error


def part_names(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Sheet name → the part of the file it stands in."""
    targets = {
        one.get("Id"): one.get("Target", "").removeprefix("/xl/").removeprefix("/")
        for one in _described(parts, "xl/_rels/workbook.xml.rels")
    }
    return {
        one.get("name", ""): f"xl/{targets[one.get(_RELATION_ID)]}"
        for one in _described(parts, "xl/workbook.xml").iter()
        if _local(one) == "sheet"
    }


def letters(column: int) -> str:
    """A column number (from 1) in letters."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def number(column: str) -> int:
    """A column's letters as its number (from 1)."""
    result = 0
    for char in column:
        result = 26 * result + ord(char) - 64
    return result


class _Scanner:
    """Follows the cells of one sheet; positions may be left out of the file and are then counted."""

    def __init__(self, percent_styles: set[str]) -> None:
        self.marks = Marks()
        self._percent_styles = percent_styles
        self._row = 0
        self._column = 0
        self._address = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        element = name.rpartition(":")[2]
        if element == "c":
            self._cell(attributes)
        elif element == "row":
            self._enter_row(attributes.get("r"))
        elif element == "f":
            self.marks.formulas.add(self._address)

    def _enter_row(self, written: str | None) -> None:
        if written is not None and not _ROW_NUMBER.fullmatch(written):
            raise refusal("damaged")
        self._row = self._row + 1 if written is None else int(written)
        self._column = 0
        self._reach(self._row, 0)

    def _cell(self, attributes: dict[str, str]) -> None:
        written = attributes.get("r")
        if written is None:
            row, self._column = self._row, self._column + 1
            written = f"{letters(self._column)}{row}"
        else:
            found = _REFERENCE.fullmatch(written)
            if found is None:
                raise refusal("damaged")
            row, self._column = int(found[2]), number(found[1])
        self._reach(row, self._column)
        self._address = written
        if attributes.get("s") in self._percent_styles:
            self.marks.percents.add(written)
        if attributes.get("t") == "e":
            self.marks.errors.add(written)
        elif attributes.get("t") == "s":
            self.marks.shared_texts += 1

    def _reach(self, row: int, column: int) -> None:
        if row > _ROWS or column > _COLUMNS:
            raise WorkbookRefused(
                "sheet_too_wide",
                f"工作表中有内容或格式超出第 {_ROWS} 行或第 {_COLUMNS} 列",
                "请删去表格以外的行和列（连同格式）后再导入",
            )


def _scan(part: bytes, percent_styles: set[str]) -> Marks:
    scanner = _Scanner(percent_styles)
    parser = expat.ParserCreate()
    parser.StartElementHandler = scanner.start
    parser.Parse(part, True)
    return scanner.marks


def _longest_shared_text(parts: Mapping[str, bytes]) -> int:
    """In characters, with all its runs."""
    lengths = [0]

    def begin(name: str, _: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "si":
            lengths.append(0)

    def more(text: str) -> None:
        lengths[-1] += len(text)

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    parser.CharacterDataHandler = more
    # Part names are told apart without case by the readers behind.
    for name, part in parts.items():
        if name.casefold() == _SHARED_STRINGS.casefold():
            parser.Parse(part, True)
    return max(lengths)


def _described(parts: Mapping[str, bytes], name: str) -> ElementTree.Element:
    if len(parts[name]) > _DESCRIPTION_BYTES:
        raise refusal("bomb")
    return ElementTree.fromstring(parts[name])


def _percent_styles(parts: Mapping[str, bytes]) -> set[str]:
    """The cell styles, by their number in the file, that show a percentage."""
    if "xl/styles.xml" not in parts:
        return set()
    root = _described(parts, "xl/styles.xml")
    percent = {
        int(one.get("numFmtId", "0"))
        for one in root.iter()
        if _local(one) == "numFmt" and "%" in one.get("formatCode", "")
    } | _PERCENT_BUILT_IN
    formats = next((one for one in root if _local(one) == "cellXfs"), ())
    return {
        str(position)
        for position, one in enumerate(formats)
        if int(one.get("numFmtId", "0")) in percent
    }


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
