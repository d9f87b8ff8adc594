"""What is known of a project from earlier years, on the wire."""

from datetime import date
from uuid import UUID

from pydantic import Field

from shared.fields import Exact, Out


class KnownResult(Out):
    """评价结果 of the project, or of one unit's part of it."""

    fiscal_year: int
    unit_code: str
    evaluation_id: UUID
    group_no: int
    score: Exact
    grade: str
    grade_label: str


class KnownRow(Out):
    """An indicator of the self-evaluation: target beside actual value."""

    name: str
    level1: str
    level1_label: str
    level2: str
    level2_label: str
    operator: str
    target_value: Exact | None
    actual_value: Exact | None
    unit_of_measure: str | None


class KnownSelfEvaluation(Out):
    """单位自评 of a year."""

    fiscal_year: int
    total: Exact
    grade: str | None
    grade_label: str | None
    rows: list[KnownRow]


class KnownRectification(Out):
    """整改 of the project or of its whole unit."""

    rectification_id: UUID
    letter_no: str
    fiscal_year: int
    origin: str
    origin_label: str
    status: str
    status_label: str
    due_on: date
    overdue: bool
    whole_unit: bool


class KnownExAnte(Out):
    """事前评估结论 in force for the year."""

    conclusion: str
    conclusion_label: str
    concluded_on: date
    report_no: str


class KnownDecision(Out):
    """结果应用决定 for the year, of the project or of its whole unit."""

    proposal_id: UUID
    result_year: int
    grade: str
    grade_label: str
    action: str
    action_label: str
    pct: Exact | None
    amount: Exact | None
    fund_level: str | None
    reason: str
    decided_on: date
    whole_unit: bool


class AttentionOut(Out):
    """Why the goal is looked at earlier than others."""

    level: int = Field(
        description="0 最先：结果为差或整改逾期；1 结果为中或整改未完；2 重点项目；3 其他"
    )
    reasons: list[str]


class BackgroundOut(Out):
    """结果应用: what drafting and reviewing the goal of a year start from, newest first."""

    project_code: str
    project_name: str
    unit_code: str
    unit_name: str
    is_key: bool
    fiscal_year: int
    results: list[KnownResult]
    self_evaluations: list[KnownSelfEvaluation]
    rectifications: list[KnownRectification]
    ex_ante: KnownExAnte | None
    applied: list[KnownDecision] = Field(description="上年结果怎样用于本年预算，最近决定的在前")
    attention: AttentionOut
