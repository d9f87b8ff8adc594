"""第三方机构与委托: who works for the bureau, on what, under which contract."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.evaluation.tables.base import Table

_INSTANT = DateTime(timezone=True)


class Agency(Table):
    """第三方机构, known by its unified social credit code (统一社会信用代码)."""

    __tablename__ = "agency"
    __table_args__ = (UniqueConstraint("region_code", "uscc"),)

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    uscc: Mapped[str]
    name: Mapped[str]
    synthetic: Mapped[bool]
    registered_by: Mapped[str]
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)


class Engagement(Table):
    """委托: a contract with an agency for one kind of work in one year."""

    __tablename__ = "engagement"
    __table_args__ = (
        ForeignKeyConstraint(["region_code", "agency_id"], ["agency.region_code", "agency.id"]),
        UniqueConstraint("region_code", "contract_no"),
        CheckConstraint(
            "scope in ('ex_ante', 'goal_review', 'evaluation', 'result_recheck',"
            " 'indicator_system', 'research')",
            "scope",
        ),
        CheckConstraint("starts_on <= ends_on", "period"),
        Index(
            "ix_engagement_region_code_agency_id",
            "region_code",
            "agency_id",
            "scope",
            "fiscal_year",
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID]
    scope: Mapped[str]
    fiscal_year: Mapped[int]
    contract_no: Mapped[str]
    title: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    engaged_by: Mapped[str]
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)
