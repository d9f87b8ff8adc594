"""事前绩效评估: the conclusion on a new project before it has a goal or a budget."""

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

from services.evaluation.tables.base import Table

_INSTANT = DateTime(timezone=True)
_PROJECT_YEAR = ("region_code", "project_code", "fiscal_year")


def _one_at_a_time(status: str) -> Index:
    """A project's year has at most one record in this state."""
    return Index(
        f"ix_ex_ante_result_one_{status}",
        *_PROJECT_YEAR,
        unique=True,
        postgresql_where=f"status = '{status}'",
    )


class ExAnteResult(Table):
    """事前评估结论 as recorded; a correction is a new record with the next `revision`.

    The project is written down as the report names it: no budget system may know it yet.
    """

    __tablename__ = "ex_ante_result"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "engagement_id"], ["engagement.region_code", "engagement.id"]
        ),
        UniqueConstraint(*_PROJECT_YEAR, "revision"),
        CheckConstraint(
            "conclusion in ('support', 'partial_support', 'not_support')", "conclusion"
        ),
        CheckConstraint("status in ('recorded', 'confirmed', 'superseded')", "status"),
        CheckConstraint("confirmed_by <> recorded_by", "confirmer_is_not_recorder"),
        CheckConstraint(
            "status = 'superseded' or (status = 'confirmed') = (confirmed_by is not null)",
            "confirmed_by_someone",
        ),
        CheckConstraint("(confirmed_by is null) = (confirmed_at is null)", "confirmed_when"),
        _one_at_a_time("recorded"),
        _one_at_a_time("confirmed"),
        Index("ix_ex_ante_result_region_code_unit_code", "region_code", "unit_code", "id"),
        Index("ix_ex_ante_result_region_code_fiscal_year_id", "region_code", "fiscal_year", "id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_code: Mapped[str]
    project_name: Mapped[str]
    unit_code: Mapped[str]
    unit_name: Mapped[str]
    fiscal_year: Mapped[int]
    #: Counts the records of the project's year; the published fact's `version`.
    revision: Mapped[int]
    conclusion: Mapped[str]
    report_no: Mapped[str]
    concluded_on: Mapped[date]
    engagement_id: Mapped[UUID | None]
    status: Mapped[str]
    recorded_by: Mapped[str]
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)


class ExAnteOpinion(Table):
    """What the report says on one dimension (评估维度); which there are stands in the rule."""

    __tablename__ = "ex_ante_opinion"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "ex_ante_result_id"],
            ["ex_ante_result.region_code", "ex_ante_result.id"],
        ),
        CheckConstraint("score between 0 and 100", "score"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    ex_ante_result_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    dimension: Mapped[str]
    opinion: Mapped[str]
    score: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
