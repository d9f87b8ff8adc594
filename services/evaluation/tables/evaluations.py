"""财政评价: an evaluation, the groups it scores, the subjects of each group, the sheets."""

from datetime import datetime
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
_SCORE = Numeric(7, 2)


def _of_group(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["region_code", "evaluation_id", "group_no"],
        [
            "evaluation_group.region_code",
            "evaluation_group.evaluation_id",
            "evaluation_group.group_no",
        ],
        name=f"fk_{table}_evaluation_group",  # the usual name is longer than Postgres takes
    )


class Evaluation(Table):
    """重点项目评价, 部门整体评价 or 政策评价 that an agency carries out under one engagement.

    `merge` is set when several evaluators score blind; `scoring_round` counts how often they began.
    """

    __tablename__ = "evaluation"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "engagement_id"], ["engagement.region_code", "engagement.id"]
        ),
        CheckConstraint("kind in ('project', 'department', 'policy')", "kind"),
        CheckConstraint(
            "status in ('planned', 'notified', 'scheme', 'fieldwork', 'draft',"
            " 'exchange_of_views', 'final', 'fed_back', 'disclosed', 'archived')",
            "status",
        ),
        CheckConstraint(
            "(status in ('final', 'fed_back', 'disclosed', 'archived'))"
            " = (finalized_by is not null)",
            "finalized",
        ),
        CheckConstraint("mode in ('finance', 'department')", "mode"),
        CheckConstraint("merge in ('average', 'median', 'drop_extremes_average', 'lead')", "merge"),
        CheckConstraint("finalized_by <> planned_by", "finalizer_is_not_planner"),
        Index("ix_evaluation_region_code_fiscal_year_id", "region_code", "fiscal_year", "id"),
        Index("ix_evaluation_region_code_engagement_id", "region_code", "engagement_id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    engagement_id: Mapped[UUID]
    kind: Mapped[str]
    fiscal_year: Mapped[int]
    title: Mapped[str]
    status: Mapped[str]
    mode: Mapped[str] = mapped_column(server_default="finance")
    merge: Mapped[str | None]
    scoring_round: Mapped[int] = mapped_column(server_default="1")
    planned_by: Mapped[str]
    framework_approved_by: Mapped[str | None]
    finalized_by: Mapped[str | None]
    finalized_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)


class EvaluationGroup(Table):
    """What gets one score: one project, several together, one unit's part of a project, a policy."""

    __tablename__ = "evaluation_group"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "evaluation_id"], ["evaluation.region_code", "evaluation.id"]
        ),
        CheckConstraint("grade in ('excellent', 'good', 'fair', 'poor')", "grade"),
        CheckConstraint("(score is null) = (scored_by is null)", "scored"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    evaluation_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_no: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    policy_title: Mapped[str | None]
    score: Mapped[Decimal | None] = mapped_column(_SCORE)
    score_arithmetic: Mapped[str | None]
    grade: Mapped[str | None]
    grade_receipt: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    weight_reason: Mapped[str | None]
    scored_by: Mapped[str | None]
    scored_at: Mapped[datetime | None] = mapped_column(_INSTANT)


class EvaluationSubject(Table):
    """A project and the unit that carries it out; a whole department has no project."""

    __tablename__ = "evaluation_subject"
    __table_args__ = (
        _of_group("evaluation_subject"),
        UniqueConstraint(
            "region_code",
            "evaluation_id",
            "project_code",
            "unit_code",
            name="uq_evaluation_subject_region_code_subject",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_evaluation_subject_region_code_project_code", "region_code", "project_code"),
        Index("ix_evaluation_subject_region_code_unit_code", "region_code", "unit_code"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    evaluation_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_no: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    project_code: Mapped[str | None]
    project_name: Mapped[str | None]
    unit_code: Mapped[str]
    unit_name: Mapped[str]
    department_code: Mapped[str]


class SheetRow(Table):
    """One row of an agency's scoring sheet (评分表), with what the rule made of it."""

    __tablename__ = "sheet_row"
    __table_args__ = (
        _of_group("sheet_row"),
        CheckConstraint("method in ('ratio', 'checklist', 'band')", "method"),
        CheckConstraint("score between 0 and weight", "score"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    evaluation_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_no: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    level1: Mapped[str]
    level2: Mapped[str]
    name: Mapped[str]
    weight: Mapped[Decimal] = mapped_column(_SCORE)
    method: Mapped[str]
    operator: Mapped[str | None]
    target_value: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    actual_value: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    points_met: Mapped[int | None]
    points_total: Mapped[int | None]
    ratio_code: Mapped[str | None]
    band: Mapped[str | None]
    basis: Mapped[str]
    score: Mapped[Decimal] = mapped_column(_SCORE)
    receipt: Mapped[dict[str, Any]] = mapped_column(JSONB)
