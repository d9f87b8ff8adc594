"""整改函 as a Word document, from a template the bureau can replace.

`{{ field }}` stands in paragraphs and tables; a table row with fields of a problem is repeated for
each. Values are put in as text, once: what they contain is never read as a field. A template with
an unknown field keeps the service from starting.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from zipfile import BadZipFile

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from services.monitoring.schemas.letters import LetterOut, LetterProblem

NAME = "rectification-letter.docx"
_SHIPPED = Path(__file__).parent.parent / "templates"
_REGION = re.compile(r"\d{9}")
_FIELD = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")

LETTER_FIELDS = frozenset(
    {"letter_no", "unit", "fiscal_year", "origin", "issued_on", "due_on", "problem_count"}
)
PROBLEM_FIELDS = frozenset({"no", "project", "problem"})


class UnsoundTemplate(ValueError):
    """The template can't be used; the message names the file and the field."""


@dataclass(frozen=True)
class LetterTemplates:
    """The bureau's templates by region, and the one for all others."""

    usual: bytes
    by_region: Mapping[str, bytes]

    def of(self, region_code: str) -> bytes:
        """The template a region's letters are made from."""
        return self.by_region.get(region_code, self.usual)


def load_templates(folder: Path | None) -> LetterTemplates:
    """The shipped template, or those of the bureau's folder: one for all, one per region beneath.

    Raises UnsoundTemplate.
    """
    usual = _SHIPPED / NAME
    if folder is not None and (folder / NAME).is_file():
        usual = folder / NAME
    regions = [] if folder is None else sorted(folder.glob(f"*/{NAME}"))
    return LetterTemplates(
        usual=_checked(usual),
        by_region={
            path.parent.name: _checked(path)
            for path in regions
            if _REGION.fullmatch(path.parent.name)
        },
    )


def as_docx(letter: LetterOut, template: bytes) -> bytes:
    """The .docx file of one letter."""
    document = Document(BytesIO(template))
    values = _values(letter)
    repeated = []
    for paragraph in _outside_tables(document):
        _fill(paragraph, values)
    for table in _tables(document):
        for row in table.rows:
            if _fields_of_row(row) & PROBLEM_FIELDS:
                repeated.append((table, row))
                continue
            for paragraph in _of_row(row):
                _fill(paragraph, values)
    for table, row in repeated:
        _repeat(table, row, letter)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _checked(path: Path) -> bytes:
    content = path.read_bytes()
    try:
        document = Document(BytesIO(content))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError) as error:
        raise UnsoundTemplate(f"{path.name}：不是 Word 文档（.docx）") from error
    for paragraph in _outside_tables(document):
        _require_known(path, _FIELD.findall(paragraph.text), LETTER_FIELDS)
    for table in _tables(document):
        for row in table.rows:
            found = _fields_of_row(row)
            repeated = PROBLEM_FIELDS if found & PROBLEM_FIELDS else frozenset[str]()
            _require_known(path, found, LETTER_FIELDS | repeated)
    return content


def _require_known(path: Path, found: Iterable[str], known: frozenset[str]) -> None:
    for field in found:
        if field not in known:
            raise UnsoundTemplate(
                f"{path.name}：不认识的占位符 {{{{ {field} }}}}，"
                f"此处可用的有：{'、'.join(sorted(known))}"
            )


def _values(letter: LetterOut) -> dict[str, str]:
    return {
        "letter_no": letter.letter_no,
        "unit": letter.unit_name,
        "fiscal_year": str(letter.fiscal_year),
        "origin": letter.origin_label,
        "issued_on": _day(letter.issued_on),
        "due_on": _day(letter.due_on),
        "problem_count": str(len(letter.problems)),
    }


def _repeat(table: Table, row: _Row, letter: LetterOut) -> None:
    values = _values(letter)
    for problem in letter.problems:
        copy = deepcopy(row._tr)
        row._tr.addprevious(copy)
        for paragraph in _of_row(_Row(copy, table)):
            _fill(paragraph, values | _problem_values(problem))
    row._tr.getparent().remove(row._tr)


def _problem_values(problem: LetterProblem) -> dict[str, str]:
    project = problem.project_name or problem.project_code or "单位整体"
    return {"no": str(problem.no), "project": project, "problem": problem.text}


def _fill(paragraph: Paragraph, values: Mapping[str, str]) -> None:
    """Put the values in, from the last field to the first, so that no value is looked at again.

    A field that Word split over several runs takes the first one's look.
    """
    runs = paragraph.runs
    ends = list(accumulate(len(run.text) for run in runs))
    for field in reversed(list(_FIELD.finditer("".join(run.text for run in runs)))):
        first = bisect_right(ends, field.start())
        last = bisect_left(ends, field.end())
        before = runs[first].text[: field.start() - (ends[first - 1] if first else 0)]
        after = runs[last].text[field.end() - (ends[last - 1] if last else 0) :]
        for run in runs[first + 1 : last + 1]:
            run.text = ""
        if last > first:
            runs[last].text = after
            after = ""
        runs[first].text = f"{before}{values[field[1]]}{after}"


def _outside_tables(document: WordDocument) -> Iterator[Paragraph]:
    yield from document.paragraphs
    for section in document.sections:
        for part in (section.header, section.footer):
            yield from part.paragraphs


def _tables(parent: WordDocument | _Cell) -> Iterator[Table]:
    for table in parent.tables:
        yield table
        for row in table.rows:
            for cell in row.cells:
                yield from _tables(cell)


def _of_row(row: _Row) -> Iterator[Paragraph]:
    for cell in row.cells:
        yield from cell.paragraphs


def _fields_of_row(row: _Row) -> set[str]:
    return {field for paragraph in _of_row(row) for field in _FIELD.findall(paragraph.text)}


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
