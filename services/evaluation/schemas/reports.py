"""Evaluation reports, their overlaps, and how often everything got full marks, on the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.fields import Chapter, Code, Exact, FromJson, In, Out, Text


class ChapterIn(In):
    """A chapter by the code of the outline; paragraphs are lines."""

    code: Code
    text: Chapter


class ReportIn(In):
    """绩效评价报告, signed by the lead evaluator (主评人) and sealed by the agency."""

    report_no: Text
    signed_by: Text = Field(description="签字的主评人")
    sealed_on: date = Field(description="盖章日期")
    chapters: Annotated[list[ChapterIn], Field(min_length=1, max_length=20)]


class ChapterOut(Out):
    """A chapter as sent in."""

    code: str
    label: str
    text: str


class ReportOut(Out):
    """报告, the version that was sent in last."""

    evaluation_id: UUID
    version: int
    scoring_round: int
    report_no: str
    signed_by: str
    sealed_on: date
    chapters: Annotated[list[ChapterOut], FromJson]
    sent_by: str
    sent_at: datetime


class OutlineChapterOut(Out):
    """A chapter the outline asks for."""

    code: str
    label: str
    required: bool


class OutlineOut(Out):
    """报告提纲."""

    rule: str
    source: str
    verified: bool
    chapters: list[OutlineChapterOut]


class PassageOut(Out):
    """段落 of a report."""

    chapter: str
    chapter_label: str
    position: int
    text: str


class OtherPassageOut(PassageOut):
    """段落 of another evaluation's report."""

    evaluation_id: UUID
    evaluation_title: str
    fiscal_year: int
    agency_name: str
    is_same_agency: bool


class OverlapOut(Out):
    """Two passages side by side; `likeness` is the share of common pieces, figures left aside."""

    likeness: Exact
    passage: PassageOut
    other: OtherPassageOut


class OverlapsOut(Out):
    """相近段落: shown for people to read; nothing follows from them by itself."""

    evaluation_id: UUID
    version: int
    rule: str
    shown_from: Exact
    compared_report_count: int
    passage_count: int
    note: str
    items: list[OverlapOut]


class ScorePatternOut(Out):
    """满分情况 of an agency's scoring sheets or a unit's self-evaluations, in counts."""

    key: str
    name: str
    form_count: int
    full_form_count: int
    row_count: int
    full_row_count: int
    full_form_hrefs: list[str]
