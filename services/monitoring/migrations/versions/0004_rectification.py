"""Rectification followed to its end, evidence files, payment controls.

Letters that were issued before name their own deadline and were never signed for.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import append_only, each

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _alter_rectifications()
    _create_tables()
    append_only(
        op, "evidence_chunk", "evidence_file", "rectification_measure", "rectification_step",
        "refused_request",
    )  # fmt: skip


def _alter_rectifications() -> None:
    op.add_column("rectification", sa.Column("result_fixed_on", sa.Date(), nullable=True))
    op.add_column(
        "rectification",
        sa.Column("due_by_rule", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "rectification",
        sa.Column("lateness", sa.String(), server_default="on_time", nullable=False),
    )
    op.add_column(
        "rectification", sa.Column("filing_count", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("rectification", sa.Column("finish_due_on", sa.Date(), nullable=True))
    op.add_column("rectification", sa.Column("received_by", sa.String(), nullable=True))
    op.add_column(
        "rectification", sa.Column("received_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("rectification", sa.Column("reported_by", sa.String(), nullable=True))
    op.create_index(
        "ix_rectification_due_on",
        "rectification",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("status <> 'verified'"),
    )
    each(
        op,
        """
        update rectification set filing_count = 1 where filed_by is not null;
        alter table rectification drop constraint ck_rectification_status,
            add constraint ck_rectification_status check (status in ('issued', 'received',
                'measures_filed', 'in_progress', 'verified', 'returned')),
            add constraint ck_rectification_lateness
                check (lateness in ('on_time', 'overdue', 'escalated')),
            add constraint ck_rectification_verifier_is_not_reporter
                check (verified_by <> reported_by),
            add constraint ck_rectification_received_by_someone
                check ((received_at is null) = (received_by is null));
        alter table rectification_step drop constraint ck_rectification_step_step,
            add constraint ck_rectification_step_step check (step in ('issue', 'receive',
                'file_measures', 'report_progress', 'extend', 'verify', 'return', 'overdue',
                'escalate', 'attach'));
        """,
    )


def _create_tables() -> None:
    op.create_table(
        "refused_request",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("letter_no", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region_code", "request_id", name=op.f("pk_refused_request")),
    )
    op.create_table(
        "evidence_file",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rectification_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("uploaded_by", sa.String(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_evidence_file_sha256")),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_evidence_file_not_empty")),
        sa.ForeignKeyConstraint(
            ["region_code", "rectification_id"],
            ["rectification.region_code", "rectification.id"],
            name=op.f("fk_evidence_file_region_code_rectification_id_rectification"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_evidence_file")),
    )
    op.create_index(
        "ix_evidence_file_region_code_rectification_id",
        "evidence_file",
        ["region_code", "rectification_id"],
        unique=False,
    )
    op.create_table(
        "payment_control",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("project_name", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("rule_version", sa.String(), nullable=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("receipt", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rectification_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("lifted_when", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_reason", sa.String(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        sa.Column("lifted_reason", sa.String(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'lifted') = (lifted_by is not null) and num_nulls(lifted_by, lifted_at, lifted_on, lifted_reason) in (0, 4)",
            name=op.f("ck_payment_control_lifted_by_someone"),
        ),
        sa.CheckConstraint(
            "(status = 'proposed') = (decided_by is null) and num_nulls(decided_by, decided_at, decided_reason) in (0, 3)",
            name=op.f("ck_payment_control_decided_by_someone"),
        ),
        sa.CheckConstraint(
            "(status in ('active', 'lifted')) = (effective_on is not null)",
            name=op.f("ck_payment_control_effective"),
        ),
        sa.CheckConstraint(
            "status in ('proposed', 'active', 'declined', 'lifted')",
            name=op.f("ck_payment_control_status"),
        ),
        sa.CheckConstraint(
            "decided_by <> proposed_by", name=op.f("ck_payment_control_decider_is_not_proposer")
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "rectification_id"],
            ["rectification.region_code", "rectification.id"],
            name=op.f("fk_payment_control_region_code_rectification_id_rectification"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_payment_control")),
        sa.UniqueConstraint(
            "region_code",
            "project_code",
            "fiscal_year",
            "rule_id",
            "cause",
            name="uq_payment_control_cause",
        ),
    )
    op.create_index(
        "ix_payment_control_region_code_rectification_id",
        "payment_control",
        ["region_code", "rectification_id"],
        unique=False,
    )
    op.create_index(
        "ix_payment_control_region_code_unit_code",
        "payment_control",
        ["region_code", "unit_code"],
        unique=False,
    )
    op.create_index(
        "uq_payment_control_open",
        "payment_control",
        ["region_code", "project_code", "fiscal_year", "rule_id"],
        unique=True,
        postgresql_where=sa.text("status in ('proposed', 'active')"),
    )
    op.create_table(
        "rectification_measure",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("rectification_id", sa.Uuid(), nullable=False),
        sa.Column("filing", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("problem_position", sa.Integer(), nullable=True),
        sa.Column("warning_id", sa.Uuid(), nullable=True),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("responsible", sa.String(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(problem_position, warning_id) = 1",
            name=op.f("ck_rectification_measure_one_subject"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "rectification_id"],
            ["rectification.region_code", "rectification.id"],
            name="fk_rectification_measure_rectification",
        ),
        sa.PrimaryKeyConstraint(
            "region_code",
            "rectification_id",
            "filing",
            "position",
            name=op.f("pk_rectification_measure"),
        ),
    )
    op.create_table(
        "evidence_chunk",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "file_id"],
            ["evidence_file.region_code", "evidence_file.id"],
            name=op.f("fk_evidence_chunk_region_code_file_id_evidence_file"),
        ),
        sa.PrimaryKeyConstraint("region_code", "file_id", "number", name=op.f("pk_evidence_chunk")),
    )
