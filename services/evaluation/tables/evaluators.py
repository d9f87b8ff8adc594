"""评价人员: who scores an evaluation, their recusals, the sheets each filled in, their dissents."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, Index, Numeric
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.evaluation.tables.base import Table
from services.evaluation.tables.evaluation_steps import of_evaluation

_INSTANT = DateTime(timezone=True)


def _of_evaluator(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["region_code", "evaluation_id", "subject"],
        ["evaluator.region_code", "evaluator.evaluation_id", "evaluator.subject"],
        name=f"fk_{table}_evaluator",
    )


class Evaluator(Table):
    """Someone who scores, known by login; `has_interest` is null until it is declared."""

    __tablename__ = "evaluator"
    __table_args__ = (
        of_evaluation("evaluator"),
        CheckConstraint("kind in ('agency', 'expert')", "kind"),
        CheckConstraint("(has_interest is null) = (declared_at is null)", "declared"),
        CheckConstraint("not has_interest or interest is not null", "interest_said"),
        Index("ix_evaluator_region_code_subject", "region_code", "subject"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    evaluation_id: Mapped[UUID] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    person_id: Mapped[UUID | None]
    is_lead: Mapped[bool]
    has_interest: Mapped[bool | None]
    interest: Mapped[str | None]
    declared_at: Mapped[datetime | None] = mapped_column(_INSTANT)


class EvaluatorSheet(Table):
    """评分表 of one evaluator for one group and round; never changed, hidden until closing."""

    __tablename__ = "evaluator_sheet"
    __table_args__ = (_of_evaluator("evaluator_sheet"),)

    region_code: Mapped[str] = mapped_column(primary_key=True)
    evaluation_id: Mapped[UUID] = mapped_column(primary_key=True)
    scoring_round: Mapped[int] = mapped_column(primary_key=True)
    group_no: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    total: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    submitted_at: Mapped[datetime] = mapped_column(_INSTANT)


class Dissent(Table):
    """保留意见: where an evaluator stands apart from the merged score; rows are only ever added."""

    __tablename__ = "dissent"
    __table_args__ = (
        _of_evaluator("dissent"),
        Index("ix_dissent_region_code_evaluation_id", "region_code", "evaluation_id", "group_no"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    evaluation_id: Mapped[UUID]
    scoring_round: Mapped[int]
    group_no: Mapped[int]
    subject: Mapped[str]
    text: Mapped[str]
    said_at: Mapped[datetime] = mapped_column(_INSTANT)
