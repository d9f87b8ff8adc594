"""单位自评, and the rectification asked for after its re-review."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Numeric,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.evaluation.tables.base import Table

_INSTANT = DateTime(timezone=True)
_MONEY = Numeric(18, 2)
_QUANTITY = Numeric(18, 4)
_SCORE = Numeric(7, 2)
_GRADE = "grade in ('excellent', 'good', 'fair', 'poor')"


def _of_self_evaluation(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["region_code", "self_evaluation_id"],
        ["self_evaluation.region_code", "self_evaluation.id"],
        name=f"fk_{table}_self_evaluation",  # the usual name is longer than Postgres takes
    )


class SelfEvaluationBatch(Table):
    """自评布置: a year's self-evaluations opened together, with the day they are due."""

    __tablename__ = "self_evaluation_batch"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int]
    due_on: Mapped[date]
    created: Mapped[int]
    opened_by: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(_INSTANT)


class SelfEvaluation(Table):
    """项目支出绩效自评表 of one project and year. Money and scores are set when it is submitted.

    `budget_full_year` and `executed` are of all fund levels, as the execution rate wants them;
    `amount` is the county's own (本级) share of the budget, the scope the annual summary counts.
    """

    __tablename__ = "self_evaluation"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "batch_id"],
            ["self_evaluation_batch.region_code", "self_evaluation_batch.id"],
        ),
        UniqueConstraint("region_code", "project_code", "fiscal_year"),
        CheckConstraint("status in ('open', 'submitted', 'rechecked')", "status"),
        CheckConstraint(_GRADE, "grade"),
        CheckConstraint("submitted_by <> filled_by", "submitter_is_not_filler"),
        CheckConstraint(
            "(status = 'open') = (submitted_by is null) and (status = 'open') = (total is null)",
            "scored_when_submitted",
        ),
        Index("ix_self_evaluation_region_code_unit_code", "region_code", "unit_code"),
        Index("ix_self_evaluation_region_code_fiscal_year_id", "region_code", "fiscal_year", "id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID]
    goal_id: Mapped[UUID]
    goal_version: Mapped[int]
    project_code: Mapped[str]
    project_name: Mapped[str]
    unit_code: Mapped[str]
    unit_name: Mapped[str]
    fiscal_year: Mapped[int]
    due_on: Mapped[date]
    status: Mapped[str]
    annual_goal: Mapped[str]
    goal_actual: Mapped[str | None]
    exec_reason: Mapped[str | None]
    #: 分值与统一设置不同的说明.
    weights_reason: Mapped[str | None]
    #: 评价结论、存在问题、改进措施: optional parts some places print below the indicators.
    conclusion: Mapped[str | None]
    problems: Mapped[str | None]
    measures: Mapped[str | None]
    project_lead: Mapped[str | None]
    finance_lead: Mapped[str | None]
    other_notes: Mapped[str | None]
    budget_initial: Mapped[Decimal | None] = mapped_column(_MONEY)
    budget_full_year: Mapped[Decimal | None] = mapped_column(_MONEY)
    executed: Mapped[Decimal | None] = mapped_column(_MONEY)
    amount: Mapped[Decimal | None] = mapped_column(_MONEY)
    exec_weight: Mapped[Decimal | None] = mapped_column(_SCORE)
    exec_score: Mapped[Decimal | None] = mapped_column(_SCORE)
    exec_receipt: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    total: Mapped[Decimal | None] = mapped_column(_SCORE)
    total_arithmetic: Mapped[str | None]
    grade: Mapped[str | None]
    grade_receipt: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    filled_by: Mapped[str | None]
    submitted_by: Mapped[str | None]
    submitted_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)


class SelfEvaluationRow(Table):
    """One indicator of the form: the goal's cells, the unit's, the rule's and the re-review's."""

    __tablename__ = "self_evaluation_row"
    __table_args__ = (
        _of_self_evaluation("self_evaluation_row"),
        CheckConstraint("review_score between 0 and weight", "review_score"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    self_evaluation_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    level1: Mapped[str]
    level2: Mapped[str]
    name: Mapped[str]
    operator: Mapped[str]
    target_value: Mapped[Decimal | None] = mapped_column(_QUANTITY)
    target_text: Mapped[str | None]
    unit_of_measure: Mapped[str | None]
    weight: Mapped[Decimal] = mapped_column(_SCORE)
    actual_value: Mapped[Decimal | None] = mapped_column(_QUANTITY)
    band: Mapped[str | None]
    self_score: Mapped[Decimal | None] = mapped_column(_SCORE)
    reason: Mapped[str | None]
    improvement: Mapped[str | None]
    rule_score: Mapped[Decimal | None] = mapped_column(_SCORE)
    score: Mapped[Decimal | None] = mapped_column(_SCORE)
    receipt: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    review_score: Mapped[Decimal | None] = mapped_column(_SCORE)
    review_note: Mapped[str | None]


class SelfEvaluationFund(Table):
    """Budget and execution of one fund level as they stood when the form was submitted."""

    __tablename__ = "self_evaluation_fund"
    __table_args__ = (
        _of_self_evaluation("self_evaluation_fund"),
        CheckConstraint(
            "fund_level in ('central', 'provincial', 'municipal', 'county')", "fund_level"
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    self_evaluation_id: Mapped[UUID] = mapped_column(primary_key=True)
    fund_level: Mapped[str] = mapped_column(primary_key=True)
    #: Null where the first approval is not known here.
    budget_initial: Mapped[Decimal | None] = mapped_column(_MONEY)
    budget_full_year: Mapped[Decimal] = mapped_column(_MONEY)
    executed: Mapped[Decimal] = mapped_column(_MONEY)


class SelfEvaluationFundKind(Table):
    """当年财政拨款、上年结转、其他资金: the unit says what was paid of each; budgets are frozen."""

    __tablename__ = "self_evaluation_fund_kind"
    __table_args__ = (
        _of_self_evaluation("self_evaluation_fund_kind"),
        CheckConstraint("kind in ('current_appropriation', 'carry_over', 'other')", "kind"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    self_evaluation_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    budget_initial: Mapped[Decimal | None] = mapped_column(_MONEY)
    budget_full_year: Mapped[Decimal | None] = mapped_column(_MONEY)
    executed: Mapped[Decimal | None] = mapped_column(_MONEY)


class SelfEvaluationReturn(Table):
    """退回: what a form sent in had come to, and why it was sent back; rows are only ever added."""

    __tablename__ = "self_evaluation_return"
    __table_args__ = (_of_self_evaluation("self_evaluation_return"),)

    region_code: Mapped[str] = mapped_column(primary_key=True)
    self_evaluation_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str]
    total: Mapped[Decimal] = mapped_column(_SCORE)
    grade: Mapped[str | None]
    scores: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    submitted_by: Mapped[str]
    submitted_at: Mapped[datetime] = mapped_column(_INSTANT)
    returned_by: Mapped[str]
    returned_at: Mapped[datetime] = mapped_column(_INSTANT)


class RectificationRequest(Table):
    """整改要求: what the bureau asks monitoring to send a letter (整改函) about."""

    __tablename__ = "rectification_request"
    __table_args__ = (
        UniqueConstraint("region_code", "letter_no"),
        CheckConstraint("origin in ('self_evaluation', 'evaluation')", "origin"),
        Index(
            "ix_rectification_request_region_code_fiscal_year_id",
            "region_code",
            "fiscal_year",
            "id",
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    origin: Mapped[str]
    letter_no: Mapped[str]
    unit_code: Mapped[str]
    fiscal_year: Mapped[int]
    due_on: Mapped[date]
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    requested_by: Mapped[str]
    requested_at: Mapped[datetime] = mapped_column(_INSTANT)


class RectificationSource(Table):
    """A re-reviewed self-evaluation that a rectification request rests on."""

    __tablename__ = "rectification_source"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "request_id"],
            ["rectification_request.region_code", "rectification_request.id"],
            name="fk_rectification_source_rectification_request",
        ),
        _of_self_evaluation("rectification_source"),
        Index(
            "ix_rectification_source_region_code_self_evaluation_id",
            "region_code",
            "self_evaluation_id",
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    self_evaluation_id: Mapped[UUID] = mapped_column(primary_key=True)
