"""first tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import shared.machinery

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "approval_batch",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_no", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("goal_count", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_approval_batch")),
        sa.UniqueConstraint(
            "region_code", "document_no", name=op.f("uq_approval_batch_region_code_document_no")
        ),
    )
    op.create_table(
        "disclosure",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("disclosed_on", sa.Date(), nullable=False),
        sa.Column("disclosed_by", sa.String(), nullable=False),
        sa.Column("goal_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_disclosure")),
    )
    op.create_table(
        "event",
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "txid",
            shared.machinery.Xid8(),
            server_default=sa.text("pg_current_xact_id()"),
            nullable=False,
        ),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("traceparent", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_event")),
    )
    op.create_index("ix_event_txid_seq", "event", ["txid", "seq"], unique=False)
    op.create_table(
        "feed_cursor",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_feed_cursor")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region_code", "subject", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_index(
        op.f("ix_idempotency_key_created_at"), "idempotency_key", ["created_at"], unique=False
    )
    op.create_table(
        "parked_event",
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("event", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region_code", "source", "event_id", name=op.f("pk_parked_event")),
    )
    op.create_table(
        "project_result",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("group_no", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("score", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "region_code",
            "project_code",
            "unit_code",
            "evaluation_id",
            "group_no",
            name=op.f("pk_project_result"),
        ),
    )
    op.create_table(
        "unit",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("department_code", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region_code", "code", name=op.f("pk_unit")),
    )
    op.create_table(
        "project",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "category in ('personnel', 'operation', 'specific')", name=op.f("ck_project_category")
        ),
        sa.CheckConstraint("kind in ('new', 'continuing')", name=op.f("ck_project_kind")),
        sa.ForeignKeyConstraint(
            ["region_code", "unit_code"],
            ["unit.region_code", "unit.code"],
            name=op.f("fk_project_region_code_unit_code_unit"),
        ),
        sa.PrimaryKeyConstraint("region_code", "code", name=op.f("pk_project")),
    )
    op.create_index(
        "ix_project_region_code_unit_code", "project", ["region_code", "unit_code"], unique=False
    )
    op.create_table(
        "goal",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("annual_goal", sa.String(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("drafted_by", sa.String(), nullable=False),
        sa.Column("submitted_by", sa.String(), nullable=True),
        sa.Column("reviewed_by", sa.String(), nullable=True),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("disclosure_id", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'approved') = (batch_id is not null and approved_by is not null)",
            name=op.f("ck_goal_approved_in_a_batch"),
        ),
        sa.CheckConstraint(
            "status in ('draft','submitted','returned','reviewed','rejected','approved')",
            name=op.f("ck_goal_status"),
        ),
        sa.CheckConstraint(
            "approved_by <> reviewed_by", name=op.f("ck_goal_approver_is_not_reviewer")
        ),
        sa.CheckConstraint(
            "submitted_by <> drafted_by", name=op.f("ck_goal_submitter_is_not_drafter")
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "batch_id"],
            ["approval_batch.region_code", "approval_batch.id"],
            name=op.f("fk_goal_region_code_batch_id_approval_batch"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "disclosure_id"],
            ["disclosure.region_code", "disclosure.id"],
            name=op.f("fk_goal_region_code_disclosure_id_disclosure"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "project_code"],
            ["project.region_code", "project.code"],
            name=op.f("fk_goal_region_code_project_code_project"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_goal")),
        sa.UniqueConstraint(
            "region_code",
            "project_code",
            "fiscal_year",
            name=op.f("uq_goal_region_code_project_code_fiscal_year"),
        ),
    )
    op.create_index(
        "ix_goal_region_code_fiscal_year_id",
        "goal",
        ["region_code", "fiscal_year", "id"],
        unique=False,
    )
    op.create_index(
        "ix_goal_region_code_unit_code",
        "goal",
        ["region_code", "unit_code", "fiscal_year"],
        unique=False,
    )
    op.create_table(
        "project_fund",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("fund_level", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint(
            "fund_level in ('central', 'provincial', 'municipal', 'county')",
            name=op.f("ck_project_fund_fund_level"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_project_fund_amount")),
        sa.ForeignKeyConstraint(
            ["region_code", "project_code"],
            ["project.region_code", "project.code"],
            name=op.f("fk_project_fund_region_code_project_code_project"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "project_code", "fiscal_year", "fund_level", name=op.f("pk_project_fund")
        ),
    )
    op.create_index(
        "ix_project_fund_region_code_fiscal_year",
        "project_fund",
        ["region_code", "fiscal_year"],
        unique=False,
    )
    op.create_table(
        "goal_indicator",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("level1", sa.String(), nullable=False),
        sa.Column("level2", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("target_value", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("target_text", sa.String(), nullable=True),
        sa.Column("unit_of_measure", sa.String(), nullable=True),
        sa.Column("weight", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.CheckConstraint("weight >= 0 and weight <= 100", name=op.f("ck_goal_indicator_weight")),
        sa.ForeignKeyConstraint(
            ["region_code", "goal_id"],
            ["goal.region_code", "goal.id"],
            name=op.f("fk_goal_indicator_region_code_goal_id_goal"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "goal_id", "position", name=op.f("pk_goal_indicator")
        ),
    )
    op.create_table(
        "goal_step",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["region_code", "goal_id"],
            ["goal.region_code", "goal.id"],
            name=op.f("fk_goal_step_region_code_goal_id_goal"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_goal_step")),
    )
    op.create_index(
        "ix_goal_step_region_code_goal_id", "goal_step", ["region_code", "goal_id"], unique=False
    )
