"""The annual summary, what stands behind its figures, and the views other pages need."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.evaluation.schemas.evaluations import ResultOut
from services.evaluation.schemas.self_evaluations import SelfEvaluationSummary
from shared.fields import Code, Exact, In, LongText, Out


class TraceOut(Out):
    """Where a figure comes from: the list at `href` has `count` rows, `how` they make it up."""

    service: str
    href: str
    count: int
    how: str


class FigureOut(Out):
    """One figure of the summary; money is in 万元, with the exact yuan beside it."""

    code: str
    label: str
    value: str | None
    unit: str
    amount_yuan: Exact | None
    scope: str
    trace: TraceOut


class NarrativeOut(Out):
    """The bureau's own words in a section, with their author."""

    section: str
    text: str
    version: int
    written_by: str
    written_at: datetime


class NarrativeIn(In):
    """The bureau's own words; an empty text takes them back. A line is a paragraph."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=8000)]


class SectionOut(Out):
    """A section: sentences made of figures, then the bureau's own words."""

    code: str
    title: str
    level: int
    paragraphs: list[str]
    narrative: NarrativeOut | None
    table: Literal["key_projects", "departments"] | None


class KeyProjectRow(Out):
    """A row of the printed table; null means that the cell above reaches down to here."""

    no: int | None
    unit_name: str | None
    project_name: str | None
    score: str | None
    grade_label: str | None
    unit_code: str
    project_code: str
    evaluation_id: UUID
    group_no: int
    receipt_href: str


class DepartmentRow(Out):
    """A row of the table of whole departments; null reaches down as above."""

    no: int
    unit_name: str
    score: str | None
    grade_label: str | None
    unit_code: str
    evaluation_id: UUID
    group_no: int
    receipt_href: str


class TablesOut(Out):
    """重点项目评价情况表、部门整体评价情况表."""

    key_projects: list[KeyProjectRow]
    departments: list[DepartmentRow]


class NoteOut(Out):
    """What a reader of the figures would stumble over, explained."""

    code: str
    text: str


class IssuedOut(Out):
    """印发: which issue this is, and which contradictions its issuer had seen."""

    number: int
    acknowledged: list[str]
    remark: str | None
    issued_by: str
    issued_at: datetime


class IssueIn(In):
    """印发: `acknowledged` names every contradiction the summary has, so that none goes unseen."""

    acknowledged: Annotated[list[Code], Field(max_length=20)] = Field(default=[])
    remark: LongText | None = None


class IssueList(Out):
    """All issues of a year, the newest first."""

    items: list[IssuedOut]


class AnnualSummaryOut(Out):
    """年度预算绩效管理工作总结, every figure with its trace."""

    fiscal_year: int
    region_code: str
    title: str
    generated_at: datetime
    sections: list[SectionOut]
    figures: list[FigureOut]
    tables: TablesOut
    notes: list[NoteOut]
    issued: IssuedOut | None = Field(description="印发的总结才有；未印发的随数据变动")
    document_href: str


class EvaluatedProjectOut(Out):
    """A project with a final evaluation; `amount` is its approved budget of all fund levels."""

    project_code: str
    project_name: str
    amount: Exact
    county_amount: Exact
    score_count: int


class EvaluatedUnitOut(Out):
    """A unit with a final evaluation of the whole department."""

    unit_code: str
    unit_name: str
    score_count: int


class SelfEvaluatedUnitOut(Out):
    """A unit with its submitted self-evaluations; `amount` is the county's own (本级) share."""

    unit_code: str
    unit_name: str
    project_count: int
    amount: Exact


class ProjectResultsOut(Out):
    """What evaluation knows of a project's year."""

    project_code: str
    fiscal_year: int
    self_evaluation: SelfEvaluationSummary | None
    results: list[ResultOut]


class RuleSourceOut(Out):
    """Where a rule stands written; `verified` is false until the official text was read."""

    title: str
    article: str | None
    url: str | None
    published_on: date | None
    verified: bool


class ScoreProfileOut(Out):
    """A version of a rule as the software applies it; numbers are strings.

    `chosen_for` names the forms that a region uses it for, when asked for a region and year.
    """

    rule_id: str
    title: str
    effective_from: date
    effective_until: date | None
    last_checked_on: date
    source: RuleSourceOut
    chosen_for: list[str]
    values: dict[str, Any] | None


class WorkItem(Out):
    """待办: something that waits for the caller."""

    kind: str
    title: str
    href: str
    due_on: date | None
    count: int
    action: str


class WorkItems(Out):
    """待办事项."""

    items: list[WorkItem]
