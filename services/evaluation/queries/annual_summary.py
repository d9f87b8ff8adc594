"""年度总结: figures, the sentences and tables made of them, and what needs an explanation."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import chain
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
from services.evaluation.queries import summary_issues
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
    narratives = await summary_issues.narratives(reads, caller, fiscal_year)
    last = await summary_issues.last_issue(reads, caller, fiscal_year, at=at)
    figures = [*learned, *own_figures(row, fiscal_year)]
    values = {figure.code: _in_words(figure) for figure in figures}
    subjects = _subjects(row)
    return AnnualSummaryOut(
        fiscal_year=fiscal_year,
        region_code=caller.region_code,
        title=summary_text.title(fiscal_year),
        generated_at=at,
        sections=[
            SectionOut(
                code=section.code,
                title=section.title,
                level=section.level,
                paragraphs=list(section.sentences),
                narrative=narratives.get(section.code),
                table=section.table,
            )
            for section in summary_text.sections(fiscal_year, values)
        ],
        figures=figures,
        tables=_tables(subjects),
        notes=_notes(row, subjects, figures, last),
        issued=None,
        document_href=f"/api/v1/evaluation/annual-summaries/{fiscal_year}/document",
    )


def _in_words(figure: FigureOut) -> str:
    if figure.value is None:
        return "（无数据）"
    if figure.amount_yuan is not None:
        return printed(Decimal(figure.value))
    return f"{figure.value}{figure.unit}" if figure.unit == "%" else f"{figure.value} {figure.unit}"


def _subjects(row: Mapping[str, Any]) -> Mapping[str, list[ScoredSubject]]:
    subjects: dict[str, list[ScoredSubject]] = {"project": [], "department": []}
    for entry in orjson.loads(row["subjects"]):
        subjects[entry.pop("kind")].append(ScoredSubject(**entry))
    return subjects


def _tables(subjects: Mapping[str, list[ScoredSubject]]) -> TablesOut:
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


def _notes(
    row: Mapping[str, Any],
    subjects: Mapping[str, list[ScoredSubject]],
    figures: Sequence[FigureOut],
    last: AnnualSummaryOut | None,
) -> list[NoteOut]:
    notes = {
        "key_amount_exceeds_self_evaluated": summary_text.amount_note(
            row["key_amount"], row["key_county"], row["amount"]
        ),
        "scores_differ_from_projects": summary_text.score_note(
            row["key_projects"], row["key_scores"], row["shared"], row["divided"]
        ),
        "self_evaluations_open": summary_text.open_note(row["open_count"]),
        "evaluations_unfinished": summary_text.unfinished_note(row["unfinished"]),
        "unit_with_two_grades": summary_text.grades_note(chain(*subjects.values())),
        "figures_changed_since_issue": _changes(figures, last),
    }
    return [NoteOut(code=code, text=text) for code, text in notes.items() if text is not None]


def _changes(figures: Sequence[FigureOut], last: AnnualSummaryOut | None) -> str | None:
    if last is None or last.issued is None:
        return None
    before, now = (
        {figure.label: _in_words(figure) for figure in some} for some in (last.figures, figures)
    )
    return summary_text.changes_note(before, now, last.issued.number)
