"""通报: a circular as issued, and every unit it named or passed over. Nothing in it ever changes."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.evaluation.tables.base import Table


class Circular(Table):
    """通报表扬 or 通报批评 of a year; `rule` is the version whose criteria proposed its units."""

    __tablename__ = "circular"
    __table_args__ = (
        UniqueConstraint("region_code", "document_no"),
        CheckConstraint("kind in ('commendation', 'criticism')", "kind"),
        Index("ix_circular_region_code_fiscal_year_id", "region_code", "fiscal_year", "id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int]
    kind: Mapped[str]
    document_no: Mapped[str]
    title: Mapped[str]
    issued_on: Mapped[date]
    rule: Mapped[dict[str, Any]] = mapped_column(JSONB)
    issued_by: Mapped[str]
    issued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class CircularUnit(Table):
    """A unit as proposed and named, named beside the proposal, or proposed and left out.

    `grounds` are the reasons the criteria found; `reason` is the officer's own.
    """

    __tablename__ = "circular_unit"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "circular_id"], ["circular.region_code", "circular.id"]
        ),
        CheckConstraint("standing in ('proposed', 'added', 'left_out')", "standing"),
        CheckConstraint("standing = 'proposed' or reason is not null", "departure_has_reason"),
        Index("ix_circular_unit_region_code_unit_code", "region_code", "unit_code"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    circular_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(primary_key=True)
    unit_name: Mapped[str]
    standing: Mapped[str]
    grounds: Mapped[list[str]] = mapped_column(JSONB)
    reason: Mapped[str | None]
