"""绩效目标: the form being filled in, and what was kept of it at each step."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, Index, Numeric
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.goals.tables.base import Table

_INSTANT = DateTime(timezone=True)


def _of_goal() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["region_code", "goal_id"], ["goal.region_code", "goal.id"])


class Goal(Table):
    """A project's, or a whole department's, goal of one year: the form as it stands now.

    What was approved is kept in `goal_version`; while an adjustment is under way this form differs
    from it.
    """

    __tablename__ = "goal"
    __table_args__ = (
        ForeignKeyConstraint(["region_code", "unit_code"], ["unit.region_code", "unit.code"]),
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
        CheckConstraint(
            "status in ('draft','submitted','returned','improving','reviewed','rejected',"
            "'approved')",
            "status",
        ),
        CheckConstraint("(kind = 'project') = (project_code is not null)", "project_of_kind"),
        CheckConstraint("kind in ('project', 'department')", "kind"),
        CheckConstraint("submitted_by <> drafted_by", "submitter_is_not_drafter"),
        # During an adjustment the approver is the last round's, the reviewer this one's.
        CheckConstraint(
            "status <> 'approved' or approved_by <> reviewed_by", "approver_is_not_reviewer"
        ),
        CheckConstraint(
            "(approved_version is null) = (batch_id is null)"
            " and (approved_version is null) = (approved_by is null)"
            " and (status <> 'approved' or approved_version is not null)",
            "approved_in_a_batch",
        ),
        CheckConstraint("disclosed_version <= approved_version", "disclosed_what_was_approved"),
        CheckConstraint(
            "budget_change_id is null or approved_version is not null", "adjusts_what_was_approved"
        ),
        Index(
            "ix_goal_region_code_project_code",
            "region_code",
            "project_code",
            "fiscal_year",
            unique=True,
            postgresql_where="kind = 'project'",
        ),
        Index(
            "ix_goal_region_code_department",
            "region_code",
            "unit_code",
            "fiscal_year",
            unique=True,
            postgresql_where="kind = 'department'",
        ),
        Index(
            "ix_goal_region_code_budget_change_id",
            "region_code",
            "budget_change_id",
            postgresql_where="budget_change_id is not null",
        ),
        Index("ix_goal_region_code_unit_code_id", "region_code", "unit_code", "id"),
        Index("ix_goal_region_code_fiscal_year_id", "region_code", "fiscal_year", "id"),
        Index("ix_goal_region_code_status_id", "region_code", "status", "id"),
        Index(
            "ix_goal_region_code_review_queue",
            "region_code",
            "attention",
            "id",
            postgresql_where="status = 'submitted'",
        ),
        Index(
            "ix_goal_region_code_to_disclose",
            "region_code",
            "id",
            postgresql_where="approved_version is not null"
            " and disclosed_version is distinct from approved_version"
            " and disclosure_exemption is null",
        ),
        Index(
            "ix_goal_region_code_disclosed",
            "region_code",
            "id",
            postgresql_where="disclosed_version >= approved_version",
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    project_code: Mapped[str | None]
    unit_code: Mapped[str]
    fiscal_year: Mapped[int]
    status: Mapped[str]
    annual_goal: Mapped[str | None]
    midterm_goal: Mapped[str | None]
    #: 年度主要任务 of a whole department: `[{name, content, fiscal_amount, other_amount}]`
    tasks: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    #: How often it was submitted; `goal_submission` has each.
    submission_count: Mapped[int]
    #: The version in force, if any; `goal_version` has each.
    approved_version: Mapped[int | None]
    disclosed_version: Mapped[int | None]
    #: 涉密: why it is not published.
    disclosure_exemption: Mapped[str | None]
    #: The budget change an adjustment under way is tied to.
    budget_change_id: Mapped[UUID | None]
    #: 0 first: what last year's results make worth looking at before the rest.
    attention: Mapped[int]
    drafted_by: Mapped[str]
    submitted_by: Mapped[str | None]
    reviewed_by: Mapped[str | None]
    approved_by: Mapped[str | None]
    batch_id: Mapped[UUID | None]
    disclosure_id: Mapped[UUID | None]
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)


class GoalIndicator(Table):
    """绩效指标: one row of the form as it stands now; nothing is compulsory in a draft."""

    __tablename__ = "goal_indicator"
    __table_args__ = (
        _of_goal(),
        CheckConstraint("weight >= 0 and weight <= 100", "weight"),
        CheckConstraint("scope in ('annual', 'midterm')", "scope"),
        Index(
            "ix_goal_indicator_region_code_library_id",
            "region_code",
            "library_id",
            postgresql_where="library_id is not null",
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    goal_id: Mapped[UUID] = mapped_column(primary_key=True)
    row_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int]
    scope: Mapped[str]
    level1: Mapped[str | None]
    level2: Mapped[str | None]
    name: Mapped[str | None]
    operator: Mapped[str | None]
    target_value: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    target_text: Mapped[str | None]
    unit_of_measure: Mapped[str | None]
    weight: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    #: 佐证资料
    evidence: Mapped[str | None]
    #: 评（扣）分标准
    scoring_rule: Mapped[str | None]
    library_id: Mapped[UUID | None]


class GoalSubmission(Table):
    """The whole form as it was submitted. Never changed."""

    __tablename__ = "goal_submission"
    __table_args__ = (
        _of_goal(),
        Index(
            "ix_goal_submission_region_code_first",
            "region_code",
            "submitted_at",
            postgresql_where="submission_no = 1",
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    goal_id: Mapped[UUID] = mapped_column(primary_key=True)
    submission_no: Mapped[int] = mapped_column(primary_key=True)
    #: `{annual_goal, midterm_goal, tasks, indicators}`
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    submitted_by: Mapped[str]
    submitted_at: Mapped[datetime] = mapped_column(_INSTANT)


class GoalReview(Table):
    """审核: what the business office found in one submission. Never changed."""

    __tablename__ = "goal_review"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "goal_id", "submission_no"],
            [
                "goal_submission.region_code",
                "goal_submission.goal_id",
                "goal_submission.submission_no",
            ],
            name="fk_goal_review_goal_submission",
        ),
        CheckConstraint("grade in ('excellent', 'good', 'fair', 'poor')", "grade"),
        CheckConstraint("mode in ('quantitative', 'qualitative')", "mode"),
        CheckConstraint("(mode = 'quantitative') = (total is not null)", "total"),
        Index("ix_goal_review_region_code_goal_id", "region_code", "goal_id", "submission_no"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    goal_id: Mapped[UUID]
    submission_no: Mapped[int]
    mode: Mapped[str]
    grade: Mapped[str]
    #: Σ of the quantitative table, 0–100.
    total: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    #: `[{code, label, weight, score, opinion}]`: the table's items, or the four contents.
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    #: `[{row_id, field, text}]`: remarks on single rows.
    remarks: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    reason: Mapped[str | None]
    rule: Mapped[str]
    reviewed_by: Mapped[str]
    reviewed_at: Mapped[datetime] = mapped_column(_INSTANT)


class GoalVersion(Table):
    """批复的目标: a version as approved, with the budget it was approved with. Never changed."""

    __tablename__ = "goal_version"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "goal_id", "submission_no"],
            [
                "goal_submission.region_code",
                "goal_submission.goal_id",
                "goal_submission.submission_no",
            ],
            name="fk_goal_version_goal_submission",
        ),
        ForeignKeyConstraint(
            ["region_code", "batch_id"], ["approval_batch.region_code", "approval_batch.id"]
        ),
        ForeignKeyConstraint(
            ["region_code", "budget_change_id"], ["budget_change.region_code", "budget_change.id"]
        ),
        CheckConstraint("(version_no = 1) = (budget_change_id is null)", "later_ones_adjust"),
        Index("ix_goal_version_region_code_batch_id", "region_code", "batch_id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    goal_id: Mapped[UUID] = mapped_column(primary_key=True)
    version_no: Mapped[int] = mapped_column(primary_key=True)
    submission_no: Mapped[int]
    batch_id: Mapped[UUID]
    budget_change_id: Mapped[UUID | None]
    #: `[{fund_level, source, amount}]` in force with it, in yuan.
    funds: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    approved_by: Mapped[str]
    approved_at: Mapped[datetime] = mapped_column(_INSTANT)


class GoalStep(Table):
    """Who did what to a goal, when and why. Never changed."""

    __tablename__ = "goal_step"
    __table_args__ = (
        _of_goal(),
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
    submission_no: Mapped[int | None]
    version_no: Mapped[int | None]
