"""The annual summary as a Word document from a template the bureau can replace, and as Markdown.

Both are made of the very data the API answers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from services.evaluation.schemas.summaries import (
    AnnualSummaryOut,
    DepartmentRow,
    FigureOut,
    KeyProjectRow,
    SectionOut,
)
from shared.documents import Content, Layout

TEMPLATE = Path(__file__).parent.parent / "templates" / "annual-summary.docx"
_CODES = (
    "foundation", "key_work", "goals", "monitoring", "evaluation", "self_evaluation",
    "key_projects", "departments", "highlights", "problems", "next_steps",
)  # fmt: skip
LAYOUT = Layout(
    fields=frozenset({"title", "fiscal_year", "issued", *(f"{code}.title" for code in _CODES)}),
    rows={
        "key": frozenset({"key.no", "key.unit", "key.project", "key.score", "key.grade"}),
        "dept": frozenset({"dept.no", "dept.unit", "dept.score", "dept.grade"}),
    },
    paragraphs={
        **{code: frozenset({f"{code}.text"}) for code in _CODES},
        "notes": frozenset({"note.no", "note.text"}),
        "traces": frozenset({"trace.no", "trace.text"}),
    },
)
#: A column's cells are one cell as long as the run it belongs to goes on.
_MERGED = {
    f"{table}.{column}": f"{table}.{column}_run"
    for table, columns in (
        ("key", ("no", "unit", "project", "score", "grade")),
        ("dept", ("score", "grade")),
    )
    for column in columns
}


def summary_content(summary: AnnualSummaryOut) -> Content:
    """What goes into the template."""
    return Content(
        values={
            "title": summary.title,
            "fiscal_year": str(summary.fiscal_year),
            "issued": _issued(summary),
            **{f"{section.code}.title": section.title for section in summary.sections},
        },
        items={
            **{
                section.code: [{f"{section.code}.text": text} for text in _paragraphs(section)]
                for section in summary.sections
            },
            "key": list(_merging("key", map(_key_cells, summary.tables.key_projects))),
            "dept": list(_merging("dept", map(_department_cells, summary.tables.departments))),
            "notes": _numbered("note", (note.text for note in summary.notes)),
            "traces": _numbered("trace", (_trace(figure) for figure in summary.figures)),
        },
        merged=_MERGED,
    )


def as_markdown(summary: AnnualSummaryOut) -> str:
    """The same text and tables as Markdown."""
    return "\n\n".join(_markdown(summary)) + "\n"


def _markdown(summary: AnnualSummaryOut) -> Iterator[str]:
    yield f"# {summary.title}"
    yield _issued(summary)
    for section in summary.sections:
        yield f"{'#' * (section.level + 1)} {section.title}"
        yield from (_escaped(text) for text in _paragraphs(section))
        if section.table == "key_projects":
            yield _table(
                ("序号", "项目实施单位", "项目名称", "得分", "评价等级"),
                [
                    (row.no, row.unit_name, row.project_name, row.score, row.grade_label)
                    for row in summary.tables.key_projects
                ],
            )
        if section.table == "departments":
            yield _table(
                ("序号", "单位名称", "得分", "评价等级"),
                [
                    (row.no, row.unit_name, row.score, row.grade_label)
                    for row in summary.tables.departments
                ],
            )
    if summary.notes:
        yield "## 口径说明"
        yield "\n".join(f"{n}. {_escaped(note.text)}" for n, note in enumerate(summary.notes, 1))
    yield "## 数据来源"
    yield "\n".join(f"{n}. {_escaped(_trace(f))}" for n, f in enumerate(summary.figures, 1))


def _table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Markdown has no merged cells: what reaches down from above stays empty."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(
        f"| {' | '.join('' if cell is None else _escaped(str(cell)) for cell in line)} |"
        for line in lines
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _paragraphs(section: SectionOut) -> list[str]:
    own = section.narrative.text.splitlines() if section.narrative else []
    return [*section.paragraphs, *(line.strip() for line in own if line.strip())]


def _issued(summary: AnnualSummaryOut) -> str:
    if summary.issued is None:
        return "（未印发，随数据变动）"
    day = summary.issued.issued_at
    return f"（第 {summary.issued.number} 次印发，{day.year}年{day.month}月{day.day}日）"


def _key_cells(row: KeyProjectRow) -> dict[str, str | None]:
    return {
        "no": None if row.no is None else str(row.no),
        "unit": row.unit_name,
        "project": row.project_name,
        "score": row.score,
        "grade": row.grade_label,
    }


def _department_cells(row: DepartmentRow) -> dict[str, str | None]:
    return {
        "no": str(row.no),
        "unit": row.unit_name,
        "score": row.score,
        "grade": row.grade_label,
    }


def _merging(table: str, rows: Iterable[Mapping[str, str | None]]) -> Iterator[dict[str, str]]:
    """Rows for the template: a cell without text belongs to the run of the one above it."""
    texts: dict[str, str] = {}
    runs: dict[str, int] = {}
    for number, row in enumerate(rows):
        for column, text in row.items():
            if text is not None or column not in runs:
                texts[column], runs[column] = text or "", number
        yield {
            **{f"{table}.{column}": text for column, text in texts.items()},
            **{f"{table}.{column}_run": str(run) for column, run in runs.items()},
        }


def _numbered(prefix: str, texts: Iterable[str]) -> list[dict[str, str]]:
    return [
        {f"{prefix}.no": str(number), f"{prefix}.text": text}
        for number, text in enumerate(texts, start=1)
    ]


def _trace(figure: FigureOut) -> str:
    trace = figure.trace
    return (
        f"{figure.label}：{figure.value or '无数据'}{figure.unit}；口径：{figure.scope}；"
        f"{trace.how}（{trace.count} 行）：{trace.href}"
    )
