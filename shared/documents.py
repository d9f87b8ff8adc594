"""Word documents made from templates that a bureau can replace.

`{{ field }}` stands in paragraphs and tables. A table row with fields of a row list is repeated for
each of its items, a paragraph with fields of a paragraph list likewise. Values are put in as text,
once: what they contain is never read as a field. A template with an unknown field is refused when
it is loaded.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote
from zipfile import BadZipFile

from docx import Document
from docx.blkcntnr import BlockItemContainer
from docx.document import Document as WordDocument
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph
from starlette.responses import Response

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_REGION = re.compile(r"\d{9}")
_FIELD = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_Part: TypeAlias = WordDocument | BlockItemContainer
_Lists: TypeAlias = Mapping[str, frozenset[str]]

#: What a route answers with a document declares.
DOCX_RESPONSE: dict[int | str, dict[str, Any]] = {
    200: {"content": {_DOCX: {"schema": {"type": "string", "format": "binary"}}}}
}


class UnsoundTemplate(ValueError):
    """The template can't be used; the message names the file and the field."""


@dataclass(frozen=True)
class Layout:
    """The fields a template may name, as they are written there; no two lists share one."""

    fields: frozenset[str]
    rows: _Lists = field(default_factory=dict)
    paragraphs: _Lists = field(default_factory=dict)


@dataclass(frozen=True)
class Content:
    """What goes into a template: a value for each field, the items of each list.

    `merged` names columns of row lists and the item's entry that holds them together: cells of the
    column become one down the rows while that entry stays equal, and show the first one's value.
    """

    values: Mapping[str, str]
    items: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Templates:
    """A bureau's templates of one document by region, and the one for all others."""

    layout: Layout
    usual: bytes
    by_region: Mapping[str, bytes]

    def filled(self, region_code: str, content: Content) -> bytes:
        """The document of a region."""
        return filled(self.by_region.get(region_code, self.usual), self.layout, content)


def load_templates(shipped: Path, layout: Layout, folder: Path | None) -> Templates:
    """The shipped template, or those of the bureau's folder: one for all, one per region beneath.

    Raises UnsoundTemplate.
    """
    usual, name = shipped, shipped.name
    if folder is not None and (folder / name).is_file():
        usual = folder / name
    regions = [] if folder is None else sorted(folder.glob(f"*/{name}"))
    return Templates(
        layout=layout,
        usual=_checked(usual, layout),
        by_region={
            path.parent.name: _checked(path, layout)
            for path in regions
            if _REGION.fullmatch(path.parent.name)
        },
    )


def filled(template: bytes, layout: Layout, content: Content) -> bytes:
    """The .docx file made from a checked template."""
    document = Document(BytesIO(template))
    for part in _parts(document):
        rows = [(table, row) for table in _tables(part) for row in table.rows]
        _fill_paragraphs(part, layout, content)
        for table, row in rows:
            name = _list_of(_fields_of(_of_row(row)), layout.rows)
            if name is None:
                _fill_all(_of_row(row), content.values)
            else:
                _repeat_row(table, row, content, content.items[name])
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def written_day(day: date) -> str:
    """`2023年8月31日`, as letters and reports print it."""
    return f"{day.year}年{day.month}月{day.day}日"


def docx_response(content: bytes, name: str) -> Response:
    """A document for download under a name that may be Chinese."""
    quoted = quote(f"{name}.docx", safe="")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quoted}"}
    return Response(content, media_type=_DOCX, headers=headers)


def _checked(path: Path, layout: Layout) -> bytes:
    content = path.read_bytes()
    try:
        document = Document(BytesIO(content))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError) as error:
        raise UnsoundTemplate(f"{path.name}：不是 Word 文档（.docx）") from error
    for part in _parts(document):
        for paragraph in part.paragraphs:
            _require_known(path, _FIELD.findall(paragraph.text), layout.fields, layout.paragraphs)
        for table in _tables(part):
            for row in table.rows:
                _check_row(path, row, layout)
    return content


def _check_row(path: Path, row: _Row, layout: Layout) -> None:
    found = _fields_of(_of_row(row))
    _require_known(path, found, layout.fields, layout.rows)
    if _list_of(found, layout.rows) and any(cell.tables for cell in _cells(row)):
        raise UnsoundTemplate(f"{path.name}：逐条重复的表格行里不能再放表格，请把它移到行外")


def _require_known(path: Path, found: Sequence[str], fields: frozenset[str], lists: _Lists) -> None:
    """One paragraph or row names fields of the document, and of one list at most."""
    name = _list_of(found, lists)
    known = fields | (lists[name] if name else frozenset())
    for one in found:
        if one not in known:
            raise UnsoundTemplate(
                f"{path.name}：不认识的占位符 {{{{ {one} }}}}，此处可用的有："
                f"{'、'.join(sorted(known if name else known.union(*lists.values())))}"
            )


def _list_of(found: Iterable[str], lists: _Lists) -> str | None:
    return next((name for one in found for name, fields in lists.items() if one in fields), None)


def _fill_paragraphs(part: _Part, layout: Layout, content: Content) -> None:
    for paragraph in list(part.paragraphs):
        name = _list_of(_FIELD.findall(paragraph.text), layout.paragraphs)
        if name is None:
            _fill(paragraph, content.values)
            continue
        for item in content.items[name]:
            copy = deepcopy(paragraph._p)
            paragraph._p.addprevious(copy)
            _fill(Paragraph(copy, paragraph._parent), {**content.values, **item})
        paragraph._p.getparent().remove(paragraph._p)


def _repeat_row(
    table: Table, row: _Row, content: Content, items: Sequence[Mapping[str, str]]
) -> None:
    keys = [_merge_key(cell, content.merged) for cell in _cells(row)]
    before: Mapping[str, str] | None = None
    for item in items:
        copy = _Row(deepcopy(row._tr), table)
        row._tr.addprevious(copy._tr)
        _fill_all(_of_row(copy), {**content.values, **item})
        for cell, key in zip(_cells(copy), keys, strict=True):
            if key is not None:
                _merge(cell, goes_on=before is not None and before[key] == item[key])
        before = item
    row._tr.getparent().remove(row._tr)


def _merge_key(cell: _Cell, merged: Mapping[str, str]) -> str | None:
    found = _fields_of(cell.paragraphs)
    return next((merged[one] for one in found if one in merged), None)


def _merge(cell: _Cell, *, goes_on: bool) -> None:
    cell._tc.vMerge = "continue" if goes_on else "restart"
    if goes_on:
        for run in (run for paragraph in cell.paragraphs for run in paragraph.runs):
            run.text = ""


def _fill_all(paragraphs: Iterable[Paragraph], values: Mapping[str, str]) -> None:
    for paragraph in paragraphs:
        _fill(paragraph, values)


def _fill(paragraph: Paragraph, values: Mapping[str, str]) -> None:
    """Put the values in, from the last field to the first, so that no value is looked at again.

    A field that Word split over several runs takes the first one's look.
    """
    runs = paragraph.runs
    ends = list(accumulate(len(run.text) for run in runs))
    for found in reversed(list(_FIELD.finditer("".join(run.text for run in runs)))):
        first = bisect_right(ends, found.start())
        last = bisect_left(ends, found.end())
        before = runs[first].text[: found.start() - (ends[first - 1] if first else 0)]
        after = runs[last].text[found.end() - (ends[last - 1] if last else 0) :]
        for run in runs[first + 1 : last + 1]:
            run.text = ""
        if last > first:
            runs[last].text = after
            after = ""
        runs[first].text = f"{before}{values[found[1]]}{after}"


def _parts(document: WordDocument) -> Iterator[_Part]:
    """The body, and each header and footer once: a linked one is its predecessor's."""
    yield document
    for section in document.sections:
        for part in (section.header, section.footer):
            if not part.is_linked_to_previous:
                yield part


def _tables(parent: _Part) -> Iterator[Table]:
    for table in parent.tables:
        yield table
        for row in table.rows:
            for cell in _cells(row):
                yield from _tables(cell)


def _cells(row: _Row) -> Iterator[_Cell]:
    """Each cell of the row once, however many columns or rows it spans."""
    return (_Cell(tc, row.table) for tc in row._tr.tc_lst)


def _of_row(row: _Row) -> Iterator[Paragraph]:
    for cell in _cells(row):
        yield from cell.paragraphs


def _fields_of(paragraphs: Iterable[Paragraph]) -> list[str]:
    return [one for paragraph in paragraphs for one in _FIELD.findall(paragraph.text)]
