"""年度总结: figures, the sentences and tables made of them, and what needs an explanation."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from services.evaluation.domain import summary_text
from services.evaluation.domain.amounts import printed
from services.evaluation.domain.summary_tables import (
    PrintedRow,
    ScoredSubject,
    by_department,
    one_by_one,
)
from services.evaluation.domain.vocabulary import GRADES
from services.evaluation.queries.summary_figures import FIGURES, own_figures
from services.evaluation.schemas.summaries import (
    AnnualSummaryOut,
    DepartmentRow,
    FigureOut,
    KeyProjectRow,
    NoteOut,
    SectionOut,
    TablesOut,
)
from shared.auth import Caller
from shared.db import Reads


async def annual_summary(
    reads: Reads, caller: Caller, *, fiscal_year: int, learned: Sequence[FigureOut], at: datetime
) -> AnnualSummaryOut:
    """The summary of a year; `learned` are the figures other services own."""
    row = await reads.one(FIGURES, caller.region_code, fiscal_year)
    figures = [*learned, *own_figures(row, fiscal_year)]
    values = {figure.code: _in_words(figure) for figure in figures}
    return AnnualSummaryOut(
        fiscal_year=fiscal_year,
        region_code=caller.region_code,
        title=summary_text.title(fiscal_year),
        generated_at=at,
        sections=[
            SectionOut(title=title, paragraphs=paragraphs)
            for title, paragraphs in summary_text.sections(fiscal_year, values)
        ],
        figures=figures,
        tables=_tables(row),
        notes=_notes(row),
        document_href=f"/api/v1/evaluation/annual-summaries/{fiscal_year}/document",
    )


def _in_words(figure: FigureOut) -> str:
    if figure.value is None:
        return "（无数据）"
    if figure.amount_yuan is not None:
        return printed(Decimal(figure.value))
    return f"{figure.value}{figure.unit}" if figure.unit == "%" else f"{figure.value} {figure.unit}"


def _tables(row: Mapping[str, Any]) -> TablesOut:
    subjects: dict[str, list[ScoredSubject]] = {"project": [], "department": []}
    for entry in orjson.loads(row["subjects"]):
        subjects[entry.pop("kind")].append(ScoredSubject(**entry))
    return TablesOut(
        key_projects=[_project_row(each) for each in by_department(subjects["project"])],
        departments=[_department_row(each) for each in one_by_one(subjects["department"])],
    )


def _project_row(row: PrintedRow) -> KeyProjectRow:
    subject = row.subject
    return KeyProjectRow(
        no=row.number if row.begins_number else None,
        unit_name=subject.unit_name if row.begins_unit else None,
        project_name=subject.project_name if row.begins_project else None,
        project_code=subject.project_code or "",
        **_scored(row),
    )


def _department_row(row: PrintedRow) -> DepartmentRow:
    return DepartmentRow(no=row.number, unit_name=row.subject.unit_name, **_scored(row))


def _scored(row: PrintedRow) -> dict[str, Any]:
    subject = row.subject
    sheets = f"/api/v1/evaluation/evaluations/{subject.evaluation_id}/scoring-sheets"
    return {
        "score": subject.score if row.begins_score else None,
        "grade_label": GRADES[subject.grade] if row.begins_score else None,
        "unit_code": subject.unit_code,
        "evaluation_id": subject.evaluation_id,
        "group_no": subject.group_no,
        "receipt_href": f"{sheets}/{subject.group_no}",
    }


def _notes(row: Mapping[str, Any]) -> list[NoteOut]:
    notes = {
        "key_amount_exceeds_self_evaluated": summary_text.amount_note(
            row["key_amount"], row["key_county"], row["amount"]
        ),
        "scores_differ_from_projects": summary_text.score_note(
            row["key_projects"], row["key_scores"], row["shared"], row["divided"]
        ),
        "self_evaluations_open": summary_text.open_note(row["open_count"]),
        "evaluations_unfinished": summary_text.unfinished_note(row["unfinished"]),
    }
    return [NoteOut(code=code, text=text) for code, text in notes.items() if text is not None]
