"""The annual summary as a Word document, from the very data the API answers."""

from collections.abc import Sequence
from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from services.evaluation.schemas.summaries import AnnualSummaryOut, FigureOut

_FONT = "宋体"
_PROJECT_HEADS = ("序号", "项目实施单位", "项目名称", "得分", "评价等级")
_DEPARTMENT_HEADS = ("序号", "单位名称", "得分", "评价等级")

_Cells = Sequence[str | None]


def as_docx(summary: AnnualSummaryOut) -> bytes:
    """The .docx file; figures, tables, notes and traces are those of `summary`."""
    document = Document()
    _use_chinese_font(document)
    document.core_properties.title = summary.title
    document.core_properties.author = ""
    document.core_properties.created = summary.generated_at.replace(tzinfo=None)
    document.add_heading(summary.title, level=0).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for section in summary.sections:
        document.add_heading(section.title, level=1)
        for paragraph in section.paragraphs:
            document.add_paragraph(paragraph).paragraph_format.first_line_indent = Pt(24)
    _add_tables(document, summary)
    _add_notes(document, summary)
    _add_traces(document, summary.figures)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _use_chinese_font(document: WordDocument) -> None:
    for name in ("Normal", "Title", "Heading 1"):
        style = document.styles[name]
        style.font.name = _FONT
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _FONT)
    document.styles["Normal"].font.size = Pt(12)


def _add_tables(document: WordDocument, summary: AnnualSummaryOut) -> None:
    document.add_heading("附表一 财政重点项目绩效评价情况", level=1)
    _add_table(
        document,
        _PROJECT_HEADS,
        [
            (_text(row.no), row.unit_name, row.project_name, row.score, row.grade_label)
            for row in summary.tables.key_projects
        ],
    )
    document.add_heading("附表二 部门整体绩效评价情况", level=1)
    _add_table(
        document,
        _DEPARTMENT_HEADS,
        [
            (_text(row.no), row.unit_name, row.score, row.grade_label)
            for row in summary.tables.departments
        ],
    )


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _add_table(document: WordDocument, heads: Sequence[str], rows: Sequence[_Cells]) -> None:
    """A table in which an empty cell is one with the cell above it."""
    table = document.add_table(rows=1 + len(rows), cols=len(heads), style="Table Grid")
    for column, head in enumerate(heads):
        table.cell(0, column).text = head
        for first, last, text in _runs([row[column] for row in rows]):
            cell = table.cell(first + 1, column)
            if last > first:
                cell = cell.merge(table.cell(last + 1, column))
            cell.text = text


def _runs(column: _Cells) -> list[tuple[int, int, str]]:
    """First row, last row and text of each printed cell of a column."""
    starts = [index for index, text in enumerate(column) if text is not None]
    ends = [start - 1 for start in starts[1:]] + [len(column) - 1]
    return [(start, end, column[start] or "") for start, end in zip(starts, ends, strict=False)]


def _add_notes(document: WordDocument, summary: AnnualSummaryOut) -> None:
    if not summary.notes:
        return
    document.add_heading("口径说明", level=1)
    for note in summary.notes:
        document.add_paragraph(note.text, style="List Number")


def _add_traces(document: WordDocument, figures: Sequence[FigureOut]) -> None:
    document.add_heading("数据来源", level=1)
    for number, figure in enumerate(figures, start=1):
        trace = figure.trace
        paragraph = document.add_paragraph()
        run = paragraph.add_run(
            f"[{number}] {figure.label}：{figure.value or '无数据'}{figure.unit}；"
            f"口径：{figure.scope}；{trace.how}（{trace.count} 行）：{trace.href}"
        )
        run.font.size = Pt(9)
