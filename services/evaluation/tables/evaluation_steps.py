"""评价程序: steps with their due days, what was done when, the framework, the exchange of views."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, Index, Numeric
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.evaluation.tables.base import Table

_INSTANT = DateTime(timezone=True)


def of_evaluation(table: str) -> ForeignKeyConstraint:
    """The foreign key to the evaluation."""
    return ForeignKeyConstraint(
        ["region_code", "evaluation_id"],
        ["evaluation.region_code", "evaluation.id"],
        name=f"fk_{table}_evaluation",
    )


class EvaluationStep(Table):
    """A step with the day it is due; `done_at` is taken back when the step is sent back."""

    __tablename__ = "evaluation_step"
    __table_args__ = (of_evaluation("evaluation_step"),)

    region_code: Mapped[str] = mapped_column(primary_key=True)
    evaluation_id: Mapped[UUID] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    due_on: Mapped[date]
    done_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    done_by: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")


class EvaluationEvent(Table):
    """What was done with an evaluation, by whom and why; rows are only ever added."""

    __tablename__ = "evaluation_event"
    __table_args__ = (
        of_evaluation("evaluation_event"),
        Index(
            "ix_evaluation_event_region_code_evaluation_id", "region_code", "evaluation_id", "id"
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    evaluation_id: Mapped[UUID]
    action: Mapped[str]
    from_status: Mapped[str]
    to_status: Mapped[str]
    reason: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    done_by: Mapped[str]
    done_at: Mapped[datetime] = mapped_column(_INSTANT)


class FrameworkRow(Table):
    """指标体系: one indicator a group is scored by, fixed before fieldwork begins."""

    __tablename__ = "framework_row"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "evaluation_id", "group_no"],
            [
                "evaluation_group.region_code",
                "evaluation_group.evaluation_id",
                "evaluation_group.group_no",
            ],
            name="fk_framework_row_evaluation_group",
        ),
        CheckConstraint("method in ('ratio', 'checklist', 'band')", "method"),
        CheckConstraint("ratio_code is null or method = 'ratio'", "computed_by_ratio"),
        CheckConstraint("standard in ('plan', 'industry', 'history')", "standard"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    evaluation_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_no: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    level1: Mapped[str]
    level2: Mapped[str]
    name: Mapped[str]
    weight: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    method: Mapped[str]
    operator: Mapped[str | None]
    target_value: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    points_total: Mapped[int | None]
    points: Mapped[list[str]] = mapped_column(JSONB)
    formula: Mapped[str | None]
    ratio_code: Mapped[str | None]
    evidence_method: Mapped[str | None]
    standard: Mapped[str | None]


class ViewExchange(Table):
    """交换意见: what one evaluated unit was asked and said, and what the agency replied."""

    __tablename__ = "view_exchange"
    __table_args__ = (
        of_evaluation("view_exchange"),
        CheckConstraint("(opinion is null) = (opined_by is null)", "opined"),
        CheckConstraint("(accepted is null) = (replied_by is null)", "replied"),
        CheckConstraint("replied_by is null or opined_by is not null", "reply_to_something"),
        Index("ix_view_exchange_region_code_unit_code", "region_code", "unit_code"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    evaluation_id: Mapped[UUID] = mapped_column(primary_key=True)
    round_no: Mapped[int] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(primary_key=True)
    due_on: Mapped[date]
    agrees: Mapped[bool | None]
    opinion: Mapped[str | None]
    opined_by: Mapped[str | None]
    opined_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    accepted: Mapped[bool | None]
    reply: Mapped[str | None]
    replied_by: Mapped[str | None]
    replied_at: Mapped[datetime | None] = mapped_column(_INSTANT)
