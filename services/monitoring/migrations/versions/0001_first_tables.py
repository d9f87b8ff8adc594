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
        "approved_goal",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("project_name", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("unit_name", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("annual_goal", sa.String(), nullable=False),
        sa.Column("indicators", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("region_code", "goal_id", name=op.f("pk_approved_goal")),
        sa.UniqueConstraint(
            "region_code",
            "project_code",
            "fiscal_year",
            name=op.f("uq_approved_goal_region_code_project_code_fiscal_year"),
        ),
    )
    op.create_index(
        "ix_approved_goal_region_code_fiscal_year",
        "approved_goal",
        ["region_code", "fiscal_year", "goal_id"],
        unique=False,
    )
    op.create_index(
        "ix_approved_goal_region_code_unit_code",
        "approved_goal",
        ["region_code", "unit_code", "fiscal_year"],
        unique=False,
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
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("last_paid_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint(
            "region_code", "project_code", "fiscal_year", name=op.f("pk_execution")
        ),
    )
    op.create_index(
        "ix_execution_region_code_fiscal_year",
        "execution",
        ["region_code", "fiscal_year", "project_code"],
        unique=False,
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
        "monitoring_round",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("form_count", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("period_from <= period_to", name=op.f("ck_monitoring_round_period")),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_monitoring_round")),
        sa.UniqueConstraint(
            "region_code",
            "fiscal_year",
            "name",
            name=op.f("uq_monitoring_round_region_code_fiscal_year_name"),
        ),
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
        "payment",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("voucher_no", sa.String(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("fund_level", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "fund_level in ('central', 'provincial', 'municipal', 'county')",
            name=op.f("ck_payment_fund_level"),
        ),
        sa.PrimaryKeyConstraint("region_code", "voucher_no", name=op.f("pk_payment")),
    )
    op.create_index(
        "ix_payment_region_code_project_code",
        "payment",
        ["region_code", "project_code", "fiscal_year", "paid_on"],
        unique=False,
    )
    op.create_table(
        "rectification",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("letter_no", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("measures", sa.String(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.Column("filed_by", sa.String(), nullable=True),
        sa.Column("verified_by", sa.String(), nullable=True),
        sa.Column("returned_reason", sa.String(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(origin = 'monitoring') = (request_id is null)",
            name=op.f("ck_rectification_requested_or_own"),
        ),
        sa.CheckConstraint(
            "(status = 'verified') = (verified_by is not null)",
            name=op.f("ck_rectification_verified_by_someone"),
        ),
        sa.CheckConstraint(
            "origin in ('monitoring', 'self_evaluation', 'evaluation')",
            name=op.f("ck_rectification_origin"),
        ),
        sa.CheckConstraint(
            "status <> 'returned' or returned_reason is not null",
            name=op.f("ck_rectification_returned_why"),
        ),
        sa.CheckConstraint(
            "status in ('issued', 'measures_filed', 'verified', 'returned')",
            name=op.f("ck_rectification_status"),
        ),
        sa.CheckConstraint(
            "verified_by <> filed_by", name=op.f("ck_rectification_verifier_is_not_filer")
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_rectification")),
        sa.UniqueConstraint(
            "region_code",
            "fiscal_year",
            "letter_no",
            name=op.f("uq_rectification_region_code_fiscal_year_letter_no"),
        ),
        sa.UniqueConstraint(
            "region_code", "request_id", name=op.f("uq_rectification_region_code_request_id")
        ),
    )
    op.create_index(
        "ix_rectification_region_code_unit_code",
        "rectification",
        ["region_code", "unit_code", "fiscal_year"],
        unique=False,
    )
    op.create_table(
        "unit",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
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
        "execution_fund",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("fund_level", sa.String(), nullable=False),
        sa.Column("paid", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint(
            "fund_level in ('central', 'provincial', 'municipal', 'county')",
            name=op.f("ck_execution_fund_fund_level"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "project_code", "fiscal_year"],
            ["execution.region_code", "execution.project_code", "execution.fiscal_year"],
            name=op.f("fk_execution_fund_region_code_project_code_fiscal_year_execution"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code",
            "project_code",
            "fiscal_year",
            "fund_level",
            name=op.f("pk_execution_fund"),
        ),
    )
    op.create_table(
        "monitoring_form",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("project_name", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("unit_name", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("annual_goal", sa.String(), nullable=False),
        sa.Column("executed_forecast", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("filled_by", sa.String(), nullable=True),
        sa.Column("submitted_by", sa.String(), nullable=True),
        sa.Column("reviewed_by", sa.String(), nullable=True),
        sa.Column("returned_reason", sa.String(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status <> 'returned' or returned_reason is not null",
            name=op.f("ck_monitoring_form_returned_why"),
        ),
        sa.CheckConstraint(
            "status in ('open', 'submitted', 'accepted', 'returned')",
            name=op.f("ck_monitoring_form_status"),
        ),
        sa.CheckConstraint(
            "submitted_by <> filled_by", name=op.f("ck_monitoring_form_submitter_is_not_filler")
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "round_id"],
            ["monitoring_round.region_code", "monitoring_round.id"],
            name=op.f("fk_monitoring_form_region_code_round_id_monitoring_round"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_monitoring_form")),
        sa.UniqueConstraint(
            "region_code",
            "round_id",
            "project_code",
            name=op.f("uq_monitoring_form_region_code_round_id_project_code"),
        ),
    )
    op.create_index(
        "ix_monitoring_form_region_code_project_code",
        "monitoring_form",
        ["region_code", "project_code"],
        unique=False,
    )
    op.create_index(
        "ix_monitoring_form_region_code_unit_code",
        "monitoring_form",
        ["region_code", "unit_code", "fiscal_year"],
        unique=False,
    )
    op.create_table(
        "rectification_problem",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("rectification_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "rectification_id"],
            ["rectification.region_code", "rectification.id"],
            name=op.f("fk_rectification_problem_region_code_rectification_id_rectification"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "rectification_id", "position", name=op.f("pk_rectification_problem")
        ),
    )
    op.create_index(
        "ix_rectification_problem_region_code_project_code",
        "rectification_problem",
        ["region_code", "project_code"],
        unique=False,
    )
    op.create_table(
        "rectification_step",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rectification_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.CheckConstraint(
            "step in ('issue', 'file_measures', 'verify', 'return')",
            name=op.f("ck_rectification_step_step"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "rectification_id"],
            ["rectification.region_code", "rectification.id"],
            name=op.f("fk_rectification_step_region_code_rectification_id_rectification"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_rectification_step")),
    )
    op.create_index(
        "ix_rectification_step_region_code_rectification_id",
        "rectification_step",
        ["region_code", "rectification_id"],
        unique=False,
    )
    op.create_table(
        "rule_run",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("rule_pack", sa.String(), nullable=False),
        sa.Column("evaluated", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("red", sa.Integer(), nullable=False),
        sa.Column("yellow", sa.Integer(), nullable=False),
        sa.Column("green", sa.Integer(), nullable=False),
        sa.Column("not_applicable", sa.Integer(), nullable=False),
        sa.Column("run_by", sa.String(), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "round_id"],
            ["monitoring_round.region_code", "monitoring_round.id"],
            name=op.f("fk_rule_run_region_code_round_id_monitoring_round"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_rule_run")),
    )
    op.create_index(
        "ix_rule_run_region_code_round_id", "rule_run", ["region_code", "round_id"], unique=False
    )
    op.create_table(
        "form_fund",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("fund_level", sa.String(), nullable=False),
        sa.Column("budget", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("executed_to_date", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint(
            "fund_level in ('central', 'provincial', 'municipal', 'county')",
            name=op.f("ck_form_fund_fund_level"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "form_id"],
            ["monitoring_form.region_code", "monitoring_form.id"],
            name=op.f("fk_form_fund_region_code_form_id_monitoring_form"),
        ),
        sa.PrimaryKeyConstraint("region_code", "form_id", "fund_level", name=op.f("pk_form_fund")),
    )
    op.create_table(
        "form_row",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("level1", sa.String(), nullable=False),
        sa.Column("level2", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("target_value", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("target_text", sa.String(), nullable=True),
        sa.Column("unit_of_measure", sa.String(), nullable=True),
        sa.Column("actual_to_date", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("actual_forecast", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("band", sa.String(), nullable=True),
        sa.Column("deviation_causes", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("deviation_text", sa.String(), nullable=True),
        sa.Column("likelihood", sa.String(), nullable=True),
        sa.CheckConstraint(
            "band in ('achieved', 'partial', 'failed')", name=op.f("ck_form_row_band")
        ),
        sa.CheckConstraint(
            "deviation_causes <@ array['funding', 'system', 'staffing', 'hardware', 'other']::varchar[]",
            name=op.f("ck_form_row_deviation_causes"),
        ),
        sa.CheckConstraint(
            "likelihood in ('certain', 'possible', 'impossible')",
            name=op.f("ck_form_row_likelihood"),
        ),
        sa.CheckConstraint(
            "operator in ('>=', '>', '=', '<', '<=', 'qualitative')",
            name=op.f("ck_form_row_operator"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "form_id"],
            ["monitoring_form.region_code", "monitoring_form.id"],
            name=op.f("fk_form_row_region_code_form_id_monitoring_form"),
        ),
        sa.PrimaryKeyConstraint("region_code", "form_id", "position", name=op.f("pk_form_row")),
    )
    op.create_table(
        "form_step",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "step in ('fill', 'submit', 'accept', 'return')", name=op.f("ck_form_step_step")
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "form_id"],
            ["monitoring_form.region_code", "monitoring_form.id"],
            name=op.f("fk_form_step_region_code_form_id_monitoring_form"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_form_step")),
    )
    op.create_index(
        "ix_form_step_region_code_form_id", "form_step", ["region_code", "form_id"], unique=False
    )
    op.create_table(
        "warning",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("project_name", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("unit_name", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("receipt", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'closed') = (closed_at is not null)", name=op.f("ck_warning_closed_when")
        ),
        sa.CheckConstraint("level in ('red', 'yellow')", name=op.f("ck_warning_level")),
        sa.CheckConstraint("status in ('open', 'closed')", name=op.f("ck_warning_status")),
        sa.ForeignKeyConstraint(
            ["region_code", "run_id"],
            ["rule_run.region_code", "rule_run.id"],
            name=op.f("fk_warning_region_code_run_id_rule_run"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_warning")),
        sa.UniqueConstraint(
            "region_code",
            "round_id",
            "project_code",
            "rule_id",
            "position",
            name=op.f("uq_warning_region_code_round_id_project_code_rule_id_position"),
        ),
    )
    op.create_index(
        "ix_warning_region_code_fiscal_year",
        "warning",
        ["region_code", "fiscal_year", "id"],
        unique=False,
    )
    op.create_index(
        "ix_warning_region_code_project_code",
        "warning",
        ["region_code", "project_code"],
        unique=False,
    )
    op.create_index(
        "ix_warning_region_code_unit_code",
        "warning",
        ["region_code", "unit_code", "fiscal_year"],
        unique=False,
    )
    op.create_table(
        "rectification_warning",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("rectification_id", sa.Uuid(), nullable=False),
        sa.Column("warning_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "rectification_id"],
            ["rectification.region_code", "rectification.id"],
            name=op.f("fk_rectification_warning_region_code_rectification_id_rectification"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "warning_id"],
            ["warning.region_code", "warning.id"],
            name=op.f("fk_rectification_warning_region_code_warning_id_warning"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "rectification_id", "warning_id", name=op.f("pk_rectification_warning")
        ),
    )
    op.create_index(
        "ix_rectification_warning_region_code_warning_id",
        "rectification_warning",
        ["region_code", "warning_id"],
        unique=False,
    )
