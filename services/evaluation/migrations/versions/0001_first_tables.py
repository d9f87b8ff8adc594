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
        "agency",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("registered_by", sa.String(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_agency")),
        sa.UniqueConstraint("region_code", "uscc", name=op.f("uq_agency_region_code_uscc")),
    )
    op.create_table(
        "approved_goal",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("project_name", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("unit_name", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("annual_goal", sa.String(), nullable=False),
        sa.Column("indicators", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region_code", "goal_id", name=op.f("pk_approved_goal")),
        sa.UniqueConstraint(
            "region_code",
            "fiscal_year",
            "project_code",
            name=op.f("uq_approved_goal_region_code_fiscal_year_project_code"),
        ),
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
        "execution",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("last_paid_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "region_code", "project_code", "fiscal_year", name=op.f("pk_execution")
        ),
    )
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
        "rectification_request",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("letter_no", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "origin in ('self_evaluation', 'evaluation')",
            name=op.f("ck_rectification_request_origin"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_rectification_request")),
        sa.UniqueConstraint(
            "region_code", "letter_no", name=op.f("uq_rectification_request_region_code_letter_no")
        ),
    )
    op.create_index(
        "ix_rectification_request_region_code_fiscal_year_id",
        "rectification_request",
        ["region_code", "fiscal_year", "id"],
        unique=False,
    )
    op.create_table(
        "rectification_state",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("rectification_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("letter_no", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "region_code", "rectification_id", name=op.f("pk_rectification_state")
        ),
    )
    op.create_index(
        "ix_rectification_state_region_code_request_id",
        "rectification_state",
        ["region_code", "request_id"],
        unique=False,
    )
    op.create_table(
        "self_evaluation_batch",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_self_evaluation_batch")),
    )
    op.create_table(
        "unit",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("department_code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region_code", "code", name=op.f("pk_unit")),
    )
    op.create_table(
        "approved_fund",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("fund_level", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint(
            "fund_level in ('central', 'provincial', 'municipal', 'county')",
            name=op.f("ck_approved_fund_fund_level"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "goal_id"],
            ["approved_goal.region_code", "approved_goal.goal_id"],
            name=op.f("fk_approved_fund_region_code_goal_id_approved_goal"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "goal_id", "fund_level", name=op.f("pk_approved_fund")
        ),
    )
    op.create_table(
        "engagement",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("contract_no", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("engaged_by", sa.String(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "scope in ('ex_ante', 'goal_review', 'evaluation', 'result_recheck', 'indicator_system', 'research')",
            name=op.f("ck_engagement_scope"),
        ),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_engagement_period")),
        sa.ForeignKeyConstraint(
            ["region_code", "agency_id"],
            ["agency.region_code", "agency.id"],
            name=op.f("fk_engagement_region_code_agency_id_agency"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_engagement")),
        sa.UniqueConstraint(
            "region_code", "contract_no", name=op.f("uq_engagement_region_code_contract_no")
        ),
    )
    op.create_index(
        "ix_engagement_region_code_agency_id",
        "engagement",
        ["region_code", "agency_id", "scope", "fiscal_year"],
        unique=False,
    )
    op.create_table(
        "execution_paid",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("fund_level", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint(
            "fund_level in ('central', 'provincial', 'municipal', 'county')",
            name=op.f("ck_execution_paid_fund_level"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "project_code", "fiscal_year"],
            ["execution.region_code", "execution.project_code", "execution.fiscal_year"],
            name="fk_execution_paid_execution",
        ),
        sa.PrimaryKeyConstraint(
            "region_code",
            "project_code",
            "fiscal_year",
            "fund_level",
            name=op.f("pk_execution_paid"),
        ),
    )
    op.create_table(
        "self_evaluation",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("goal_version", sa.Integer(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("project_name", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("unit_name", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("annual_goal", sa.String(), nullable=False),
        sa.Column("goal_actual", sa.String(), nullable=True),
        sa.Column("exec_reason", sa.String(), nullable=True),
        sa.Column("budget_full_year", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("executed", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("exec_weight", sa.Numeric(precision=7, scale=2), nullable=True),
        sa.Column("exec_score", sa.Numeric(precision=7, scale=2), nullable=True),
        sa.Column("exec_receipt", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("total", sa.Numeric(precision=7, scale=2), nullable=True),
        sa.Column("total_arithmetic", sa.String(), nullable=True),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("grade_receipt", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("filled_by", sa.String(), nullable=True),
        sa.Column("submitted_by", sa.String(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'open') = (submitted_by is null) and (status = 'open') = (total is null)",
            name=op.f("ck_self_evaluation_scored_when_submitted"),
        ),
        sa.CheckConstraint(
            "grade in ('excellent', 'good', 'fair', 'poor')", name=op.f("ck_self_evaluation_grade")
        ),
        sa.CheckConstraint(
            "status in ('open', 'submitted', 'rechecked')", name=op.f("ck_self_evaluation_status")
        ),
        sa.CheckConstraint(
            "submitted_by <> filled_by", name=op.f("ck_self_evaluation_submitter_is_not_filler")
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "batch_id"],
            ["self_evaluation_batch.region_code", "self_evaluation_batch.id"],
            name=op.f("fk_self_evaluation_region_code_batch_id_self_evaluation_batch"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_self_evaluation")),
        sa.UniqueConstraint(
            "region_code",
            "project_code",
            "fiscal_year",
            name=op.f("uq_self_evaluation_region_code_project_code_fiscal_year"),
        ),
    )
    op.create_index(
        "ix_self_evaluation_region_code_fiscal_year_id",
        "self_evaluation",
        ["region_code", "fiscal_year", "id"],
        unique=False,
    )
    op.create_index(
        "ix_self_evaluation_region_code_unit_code",
        "self_evaluation",
        ["region_code", "unit_code"],
        unique=False,
    )
    op.create_table(
        "evaluation",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("planned_by", sa.String(), nullable=False),
        sa.Column("finalized_by", sa.String(), nullable=True),
        sa.Column("finalized_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'final') = (finalized_by is not null)", name=op.f("ck_evaluation_finalized")
        ),
        sa.CheckConstraint("kind in ('project', 'department')", name=op.f("ck_evaluation_kind")),
        sa.CheckConstraint(
            "status in ('planned', 'scored', 'final')", name=op.f("ck_evaluation_status")
        ),
        sa.CheckConstraint(
            "finalized_by <> planned_by", name=op.f("ck_evaluation_finalizer_is_not_planner")
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "engagement_id"],
            ["engagement.region_code", "engagement.id"],
            name=op.f("fk_evaluation_region_code_engagement_id_engagement"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_evaluation")),
    )
    op.create_index(
        "ix_evaluation_region_code_engagement_id",
        "evaluation",
        ["region_code", "engagement_id"],
        unique=False,
    )
    op.create_index(
        "ix_evaluation_region_code_fiscal_year_id",
        "evaluation",
        ["region_code", "fiscal_year", "id"],
        unique=False,
    )
    op.create_table(
        "recheck",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("self_evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("finding", sa.String(), nullable=True),
        sa.Column("rectification_advised", sa.Boolean(), nullable=False),
        sa.Column("review_total", sa.Numeric(precision=7, scale=2), nullable=False),
        sa.Column("rechecked_by", sa.String(), nullable=False),
        sa.Column("rechecked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "engagement_id"],
            ["engagement.region_code", "engagement.id"],
            name=op.f("fk_recheck_region_code_engagement_id_engagement"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "self_evaluation_id"],
            ["self_evaluation.region_code", "self_evaluation.id"],
            name="fk_recheck_self_evaluation",
        ),
        sa.PrimaryKeyConstraint("region_code", "self_evaluation_id", name=op.f("pk_recheck")),
    )
    op.create_table(
        "rectification_source",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("self_evaluation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "request_id"],
            ["rectification_request.region_code", "rectification_request.id"],
            name="fk_rectification_source_rectification_request",
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "self_evaluation_id"],
            ["self_evaluation.region_code", "self_evaluation.id"],
            name="fk_rectification_source_self_evaluation",
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "request_id", "self_evaluation_id", name=op.f("pk_rectification_source")
        ),
    )
    op.create_index(
        "ix_rectification_source_region_code_self_evaluation_id",
        "rectification_source",
        ["region_code", "self_evaluation_id"],
        unique=False,
    )
    op.create_table(
        "self_evaluation_fund",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("self_evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("fund_level", sa.String(), nullable=False),
        sa.Column("budget_full_year", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("executed", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint(
            "fund_level in ('central', 'provincial', 'municipal', 'county')",
            name=op.f("ck_self_evaluation_fund_fund_level"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "self_evaluation_id"],
            ["self_evaluation.region_code", "self_evaluation.id"],
            name="fk_self_evaluation_fund_self_evaluation",
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "self_evaluation_id", "fund_level", name=op.f("pk_self_evaluation_fund")
        ),
    )
    op.create_table(
        "self_evaluation_row",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("self_evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("level1", sa.String(), nullable=False),
        sa.Column("level2", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("target_value", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("target_text", sa.String(), nullable=True),
        sa.Column("unit_of_measure", sa.String(), nullable=True),
        sa.Column("weight", sa.Numeric(precision=7, scale=2), nullable=False),
        sa.Column("actual_value", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("band", sa.String(), nullable=True),
        sa.Column("self_score", sa.Numeric(precision=7, scale=2), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("rule_score", sa.Numeric(precision=7, scale=2), nullable=True),
        sa.Column("score", sa.Numeric(precision=7, scale=2), nullable=True),
        sa.Column("receipt", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("review_score", sa.Numeric(precision=7, scale=2), nullable=True),
        sa.Column("review_note", sa.String(), nullable=True),
        sa.CheckConstraint(
            "review_score between 0 and weight", name=op.f("ck_self_evaluation_row_review_score")
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "self_evaluation_id"],
            ["self_evaluation.region_code", "self_evaluation.id"],
            name="fk_self_evaluation_row_self_evaluation",
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "self_evaluation_id", "position", name=op.f("pk_self_evaluation_row")
        ),
    )
    op.create_table(
        "evaluation_group",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("group_no", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("score", sa.Numeric(precision=7, scale=2), nullable=True),
        sa.Column("score_arithmetic", sa.String(), nullable=True),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("grade_receipt", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("weight_reason", sa.String(), nullable=True),
        sa.Column("scored_by", sa.String(), nullable=True),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "grade in ('excellent', 'good', 'fair', 'poor')", name=op.f("ck_evaluation_group_grade")
        ),
        sa.CheckConstraint(
            "(score is null) = (scored_by is null)", name=op.f("ck_evaluation_group_scored")
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "evaluation_id"],
            ["evaluation.region_code", "evaluation.id"],
            name=op.f("fk_evaluation_group_region_code_evaluation_id_evaluation"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "evaluation_id", "group_no", name=op.f("pk_evaluation_group")
        ),
    )
    op.create_table(
        "evaluation_subject",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("group_no", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=True),
        sa.Column("project_name", sa.String(), nullable=True),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("unit_name", sa.String(), nullable=False),
        sa.Column("department_code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "evaluation_id", "group_no"],
            [
                "evaluation_group.region_code",
                "evaluation_group.evaluation_id",
                "evaluation_group.group_no",
            ],
            name="fk_evaluation_subject_evaluation_group",
        ),
        sa.PrimaryKeyConstraint(
            "region_code",
            "evaluation_id",
            "group_no",
            "position",
            name=op.f("pk_evaluation_subject"),
        ),
        sa.UniqueConstraint(
            "region_code",
            "evaluation_id",
            "project_code",
            "unit_code",
            name="uq_evaluation_subject_region_code_subject",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        "ix_evaluation_subject_region_code_project_code",
        "evaluation_subject",
        ["region_code", "project_code"],
        unique=False,
    )
    op.create_index(
        "ix_evaluation_subject_region_code_unit_code",
        "evaluation_subject",
        ["region_code", "unit_code"],
        unique=False,
    )
    op.create_table(
        "sheet_row",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("group_no", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("level1", sa.String(), nullable=False),
        sa.Column("level2", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("weight", sa.Numeric(precision=7, scale=2), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("operator", sa.String(), nullable=True),
        sa.Column("target_value", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("actual_value", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("points_met", sa.Integer(), nullable=True),
        sa.Column("points_total", sa.Integer(), nullable=True),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("score", sa.Numeric(precision=7, scale=2), nullable=False),
        sa.Column("receipt", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("method in ('ratio', 'checklist')", name=op.f("ck_sheet_row_method")),
        sa.CheckConstraint("score between 0 and weight", name=op.f("ck_sheet_row_score")),
        sa.ForeignKeyConstraint(
            ["region_code", "evaluation_id", "group_no"],
            [
                "evaluation_group.region_code",
                "evaluation_group.evaluation_id",
                "evaluation_group.group_no",
            ],
            name="fk_sheet_row_evaluation_group",
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "evaluation_id", "group_no", "position", name=op.f("pk_sheet_row")
        ),
    )
