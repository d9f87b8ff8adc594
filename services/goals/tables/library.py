"""指标库: the shipped entries under the common region, a region's own under its code."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, Numeric, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.goals.tables.base import Table

#: 公共指标库: read by every region, written only from the shipped files.
COMMON_REGION = "000000000"
_LIVING = "status in ('proposed', 'confirmed')"


class IndicatorEntry(Table):
    """指标库条目, with the terms it is found by."""

    __tablename__ = "indicator_entry"
    __table_args__ = (
        UniqueConstraint("region_code", "code"),
        CheckConstraint("status in ('proposed', 'confirmed', 'refused', 'retired')", "status"),
        CheckConstraint("source_kind in ('own', 'gov')", "source_kind"),
        CheckConstraint("(source_kind = 'gov') = (source is not null)", "gov_names_its_source"),
        CheckConstraint("target_low <= target_high", "target_range"),
        CheckConstraint("operator = 'qualitative' or unit is not null", "unit"),
        CheckConstraint("decided_by <> proposed_by", "decider_is_not_proposer"),
        CheckConstraint(
            "status not in ('refused', 'retired') or reason is not null", "refused_with_a_reason"
        ),
        Index(
            "uq_indicator_entry_region_code_sector_name_key",
            "region_code",
            "sector",
            "name_key",
            unique=True,
            postgresql_where=_LIVING,
        ),
        Index(
            "ix_indicator_entry_region_code_sector_code",
            "region_code",
            "sector",
            "code",
            postgresql_include=["status"],
        ),
        # Reads never wait for a pending list to be searched; entries are written rarely.
        Index(
            "ix_indicator_entry_terms",
            "terms",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    sector: Mapped[str]
    name: Mapped[str]
    #: The name without width, case and spaces.
    name_key: Mapped[str]
    #: Its place in mof-2015.
    level1: Mapped[str]
    level2: Mapped[str]
    level1_2021: Mapped[str]
    level2_2021: Mapped[str]
    definition: Mapped[str]
    formula: Mapped[str]
    unit: Mapped[str | None]
    operator: Mapped[str]
    evidence_method: Mapped[str]
    evidence: Mapped[str]
    target_low: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    target_high: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    target_note: Mapped[str | None]
    scoring_rule: Mapped[str]
    source_kind: Mapped[str]
    source: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    good: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    bad: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    terms: Mapped[list[str]] = mapped_column(ARRAY(Text))
    status: Mapped[str]
    #: Nobody for what is shipped.
    proposed_by: Mapped[str | None]
    #: Who confirmed or refused it.
    decided_by: Mapped[str | None]
    retired_by: Mapped[str | None]
    reason: Mapped[str | None]
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class IndicatorTerm(Table):
    """In how many confirmed entries of a region a term stands: what makes a term rare."""

    __tablename__ = "indicator_term"
    __table_args__ = (CheckConstraint("entry_count >= 0", "entry_count"),)

    region_code: Mapped[str] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(primary_key=True)
    entry_count: Mapped[int]
