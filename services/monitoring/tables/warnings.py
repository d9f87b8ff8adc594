"""系统监控: runs of the warning rules and the warnings (预警) they opened."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.monitoring.tables.base import INSTANT, Table


class RuleRun(Table):
    """One judgement of a round's projects: under which rules, and what came of it."""

    __tablename__ = "rule_run"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "round_id"], ["monitoring_round.region_code", "monitoring_round.id"]
        ),
        Index("ix_rule_run_region_code_round_id", "region_code", "round_id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    round_id: Mapped[UUID]
    as_of: Mapped[date]
    rule_pack: Mapped[str]
    evaluated: Mapped[int]
    opened: Mapped[int]
    updated: Mapped[int]
    unchanged: Mapped[int]
    closed: Mapped[int]
    red: Mapped[int]
    yellow: Mapped[int]
    green: Mapped[int]
    not_applicable: Mapped[int]
    run_by: Mapped[str]
    run_at: Mapped[datetime] = mapped_column(INSTANT)


class ProjectWarning(Table):
    """预警: what one rule says of a project or of one of its indicators (`position`, else 0)."""

    __tablename__ = "warning"
    __table_args__ = (
        ForeignKeyConstraint(["region_code", "run_id"], ["rule_run.region_code", "rule_run.id"]),
        UniqueConstraint("region_code", "round_id", "project_code", "rule_id", "position"),
        CheckConstraint("level in ('red', 'yellow')", "level"),
        CheckConstraint("status in ('open', 'closed')", "status"),
        CheckConstraint("(status = 'closed') = (closed_at is not null)", "closed_when"),
        Index("ix_warning_region_code_fiscal_year", "region_code", "fiscal_year", "id"),
        Index("ix_warning_region_code_unit_code", "region_code", "unit_code", "fiscal_year"),
        Index("ix_warning_region_code_project_code", "region_code", "project_code"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    round_id: Mapped[UUID]
    #: The run that last changed it.
    run_id: Mapped[UUID]
    project_code: Mapped[str]
    project_name: Mapped[str]
    unit_code: Mapped[str]
    unit_name: Mapped[str]
    fiscal_year: Mapped[int]
    rule_id: Mapped[str]
    position: Mapped[int]
    level: Mapped[str]
    status: Mapped[str]
    reason: Mapped[str]
    receipt: Mapped[dict[str, Any]] = mapped_column(JSONB)
    opened_at: Mapped[datetime] = mapped_column(INSTANT)
    closed_at: Mapped[datetime | None] = mapped_column(INSTANT)
    row_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(INSTANT)
