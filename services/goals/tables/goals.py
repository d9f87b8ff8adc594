"""绩效目标 and what is done to it."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Numeric,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.goals.tables.base import Table

_INSTANT = DateTime(timezone=True)


class Goal(Table):
    """A project's performance goal for one year. Once approved it is never edited."""

    __tablename__ = "goal"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "project_code"], ["project.region_code", "project.code"]
        ),
        ForeignKeyConstraint(
            ["region_code", "batch_id"], ["approval_batch.region_code", "approval_batch.id"]
        ),
        ForeignKeyConstraint(
            ["region_code", "disclosure_id"], ["disclosure.region_code", "disclosure.id"]
        ),
        ForeignKeyConstraint(
            ["region_code", "budget_change_id"], ["budget_change.region_code", "budget_change.id"]
        ),
        UniqueConstraint("region_code", "project_code", "fiscal_year"),
        CheckConstraint(
            "status in ('draft','submitted','returned','reviewed','rejected','approved')", "status"
        ),
        CheckConstraint("submitted_by <> drafted_by", "submitter_is_not_drafter"),
        CheckConstraint("approved_by <> reviewed_by", "approver_is_not_reviewer"),
        CheckConstraint(
            "(status = 'approved') = (batch_id is not null and approved_by is not null)",
            "approved_in_a_batch",
        ),
        Index("ix_goal_region_code_unit_code", "region_code", "unit_code", "fiscal_year"),
        Index("ix_goal_region_code_fiscal_year_id", "region_code", "fiscal_year", "id"),
        Index(
            "ix_goal_region_code_budget_change_id",
            "region_code",
            "budget_change_id",
            postgresql_where="budget_change_id is not null",
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_code: Mapped[str]
    unit_code: Mapped[str]
    fiscal_year: Mapped[int]
    status: Mapped[str]
    annual_goal: Mapped[str]
    row_version: Mapped[int]
    drafted_by: Mapped[str]
    submitted_by: Mapped[str | None]
    reviewed_by: Mapped[str | None]
    approved_by: Mapped[str | None]
    batch_id: Mapped[UUID | None]
    disclosure_id: Mapped[UUID | None]
    #: The budget change an adjustment under way is tied to.
    budget_change_id: Mapped[UUID | None]
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)


class GoalIndicator(Table):
    """绩效指标: one row of the goal form."""

    __tablename__ = "goal_indicator"
    __table_args__ = (
        ForeignKeyConstraint(["region_code", "goal_id"], ["goal.region_code", "goal.id"]),
        CheckConstraint("weight >= 0 and weight <= 100", "weight"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    goal_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    level1: Mapped[str]
    level2: Mapped[str]
    name: Mapped[str]
    operator: Mapped[str]
    target_value: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    target_text: Mapped[str | None]
    unit_of_measure: Mapped[str | None]
    weight: Mapped[Decimal] = mapped_column(Numeric(5, 2))


class GoalStep(Table):
    """Who did what to a goal, when and why."""

    __tablename__ = "goal_step"
    __table_args__ = (
        ForeignKeyConstraint(["region_code", "goal_id"], ["goal.region_code", "goal.id"]),
        Index("ix_goal_step_region_code_goal_id", "region_code", "goal_id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    goal_id: Mapped[UUID]
    step: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(_INSTANT)
    grade: Mapped[str | None]
    reason: Mapped[str | None]


class ApprovalBatch(Table):
    """批复: goals approved together with their budget under one document number."""

    __tablename__ = "approval_batch"
    __table_args__ = (UniqueConstraint("region_code", "document_no"),)

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    document_no: Mapped[str]
    fiscal_year: Mapped[int]
    approved_on: Mapped[date]
    approved_by: Mapped[str]
    goal_count: Mapped[int]
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    created_at: Mapped[datetime] = mapped_column(_INSTANT)


class Disclosure(Table):
    """公开: where and when a unit published its approved goals."""

    __tablename__ = "disclosure"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_code: Mapped[str]
    fiscal_year: Mapped[int]
    url: Mapped[str]
    disclosed_on: Mapped[date]
    disclosed_by: Mapped[str]
    goal_count: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(_INSTANT)


class ProjectResult(Table):
    """评价结果 as evaluation published it: what the next budget is drawn up with."""

    __tablename__ = "project_result"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    project_code: Mapped[str] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(primary_key=True)
    evaluation_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_no: Mapped[int] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int]
    score: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    grade: Mapped[str]
    version: Mapped[int]
