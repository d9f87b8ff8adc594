"""系统监控: runs of the warning rules and the warnings (预警) they opened."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.monitoring.tables.base import INSTANT, Table


class RuleRun(Table):
    """One judgement of a round's projects: under which rules, and what came of it."""

    __tablename__ = "rule_run"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "round_id"], ["monitoring_round.region_code", "monitoring_round.id"]
        ),
        CheckConstraint("state in ('queued', 'running', 'done', 'cancelled')", "state"),
        CheckConstraint("(state = 'cancelled') = (cancelled_by is not null)", "cancelled_by"),
        Index("ix_rule_run_region_code_round_id", "region_code", "round_id"),
        Index(
            "uq_rule_run_region_code_round_id_open",
            "region_code",
            "round_id",
            unique=True,
            postgresql_where=text("state in ('queued', 'running')"),
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    round_id: Mapped[UUID]
    as_of: Mapped[date]
    rule_pack: Mapped[str]
    #: The wordings it judges by, whatever packs are loaded while it lasts.
    rule_keys: Mapped[list[str]] = mapped_column(ARRAY(String))
    state: Mapped[str]
    project_count: Mapped[int]
    #: The last project judged; what comes after it is still to do.
    upto: Mapped[str]
    evaluated: Mapped[int]
    opened: Mapped[int]
    updated: Mapped[int]
    worsened: Mapped[int]
    unchanged: Mapped[int]
    closed: Mapped[int]
    red: Mapped[int]
    yellow: Mapped[int]
    green: Mapped[int]
    not_applicable: Mapped[int]
    run_by: Mapped[str]
    run_at: Mapped[datetime] = mapped_column(INSTANT)
    cancelled_by: Mapped[str | None]
    finished_at: Mapped[datetime | None] = mapped_column(INSTANT)
    row_version: Mapped[int]


class RuleText(Table):
    """The wording of a rule as a run used it: what its warnings' receipts are written from."""

    __tablename__ = "rule_text"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    #: `rule_id@day` and a digest of the whole wording.
    rule_key: Mapped[str] = mapped_column(primary_key=True)
    wording: Mapped[dict[str, Any]] = mapped_column(JSONB)


class ProjectColour(Table):
    """The light of a project in a round, and the finding it comes from."""

    __tablename__ = "project_colour"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "round_id"], ["monitoring_round.region_code", "monitoring_round.id"]
        ),
        CheckConstraint("colour in ('red', 'yellow', 'green', 'blue', 'not_applicable')", "colour"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    round_id: Mapped[UUID] = mapped_column(primary_key=True)
    project_code: Mapped[str] = mapped_column(primary_key=True)
    unit_code: Mapped[str]
    colour: Mapped[str]
    rule_id: Mapped[str | None]
    position: Mapped[int | None]
    #: The run that last changed it.
    run_id: Mapped[UUID]
    changed_at: Mapped[datetime] = mapped_column(INSTANT)


class ProjectWarning(Table):
    """预警: what one rule says of a project or of one of its indicators (`position`, else 0)."""

    __tablename__ = "warning"
    __table_args__ = (
        ForeignKeyConstraint(["region_code", "run_id"], ["rule_run.region_code", "rule_run.id"]),
        UniqueConstraint("region_code", "round_id", "project_code", "rule_id", "position"),
        CheckConstraint("level in ('red', 'yellow')", "level"),
        CheckConstraint("status in ('open', 'closed')", "status"),
        CheckConstraint("(status = 'closed') = (closed_at is not null)", "closed_when"),
        CheckConstraint(
            "answer in ('measures', 'adjust_goal', 'transfer', 'cancel', 'false_alarm')", "answer"
        ),
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
    rule_key: Mapped[str]
    #: The facts it stands on; the receipt is written from them and the rule's wording.
    inputs: Mapped[dict[str, Any]] = mapped_column(JSONB)
    answer_due_on: Mapped[date]
    #: The unit's standing answer; a warning that worsens or comes back asks for a new one.
    answer: Mapped[str | None]
    #: 误报 confirmed by the bureau.
    false_alarm: Mapped[bool]
    opened_at: Mapped[datetime] = mapped_column(INSTANT)
    closed_at: Mapped[datetime | None] = mapped_column(INSTANT)
    row_version: Mapped[int]
    #: The version whose fact was published last.
    told_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(INSTANT)


class WarningAnswer(Table):
    """回应: what a unit said to a warning, and what the bureau said to a claim of false alarm."""

    __tablename__ = "warning_answer"
    __table_args__ = (
        ForeignKeyConstraint(["region_code", "warning_id"], ["warning.region_code", "warning.id"]),
        CheckConstraint(
            "answer in ('measures', 'adjust_goal', 'transfer', 'cancel', 'false_alarm')", "answer"
        ),
        CheckConstraint("decision in ('accepted', 'rejected')", "decision"),
        CheckConstraint("decision is null or answer = 'false_alarm'", "only_claims_are_decided"),
        CheckConstraint("(decision is null) = (decided_by is null)", "decided_by_someone"),
        CheckConstraint("decision <> 'rejected' or decision_reason is not null", "rejected_why"),
        CheckConstraint("decided_by <> answered_by", "decider_is_not_answerer"),
        Index("ix_warning_answer_region_code_warning_id", "region_code", "warning_id"),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    warning_id: Mapped[UUID]
    answer: Mapped[str]
    text: Mapped[str]
    answered_by: Mapped[str]
    answered_at: Mapped[datetime] = mapped_column(INSTANT)
    decision: Mapped[str | None]
    decision_reason: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None] = mapped_column(INSTANT)
