"""Execution in full: budgets by version, vouchers of four kinds, receipts, plans, jobs.

The goals feed is read again from zero: budgets of goals already known, and the units' departments,
come from it. The projections stay readable meanwhile; version 0 lets the feed write them anew.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import append_only, each

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _alter_payments()
    _create_tables()
    _create_jobs()
    _read_goals_again()
    append_only(op, "fund_receipt", "payment", "payment_plan")


def _alter_payments() -> None:
    each(
        op,
        """
        alter table payment add column kind varchar not null default 'payment',
            add column reverses_voucher_no varchar;
        update payment set kind = 'refund' where amount < 0;
        alter table payment alter column kind drop default,
            add constraint ck_payment_kind
                check (kind in ('payment', 'refund', 'reversal', 'correction')),
            add constraint ck_payment_reverses
                check ((kind = 'reversal') = (reverses_voucher_no is not null)),
            add constraint fk_payment_region_code_reverses_voucher_no_payment
                foreign key (region_code, reverses_voucher_no)
                references payment (region_code, voucher_no);
        create index ix_payment_region_code_fiscal_year
            on payment (region_code, fiscal_year, project_code, paid_on)
            include (fund_level, amount);
        create unique index ix_payment_region_code_reverses_voucher_no
            on payment (region_code, reverses_voucher_no) where reverses_voucher_no is not null;
        alter table execution alter column last_paid_on drop not null;
        """,
    )


def _read_goals_again() -> None:
    each(
        op,
        """
        alter table unit add column department_code varchar not null default '';
        alter table unit alter column department_code drop default;
        update unit set version = 0;
        update approved_goal set version = 0;
        delete from feed_cursor where source = 'goals';
        """,
    )


def _create_tables() -> None:
    op.create_table(
        "budget_version",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column("document_no", sa.String(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint(
            "region_code",
            "fiscal_year",
            "project_code",
            "version_no",
            name=op.f("pk_budget_version"),
        ),
    )
    op.create_table(
        "fund_receipt",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("receipt_no", sa.String(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("fund_level", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "fund_level in ('central', 'provincial', 'municipal', 'county')",
            name=op.f("ck_fund_receipt_fund_level"),
        ),
        sa.PrimaryKeyConstraint("region_code", "receipt_no", name=op.f("pk_fund_receipt")),
    )
    op.create_index(
        "ix_fund_receipt_region_code_fiscal_year",
        "fund_receipt",
        ["region_code", "fiscal_year", "project_code", "received_on"],
        unique=False,
        postgresql_include=["fund_level", "amount"],
    )
    op.create_table(
        "payment_plan",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "planned_pct_by_month",
            postgresql.ARRAY(sa.Numeric(precision=5, scale=2)),
            nullable=False,
        ),
        sa.Column("filed_by", sa.String(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cardinality(planned_pct_by_month) = 12", name=op.f("ck_payment_plan_months")
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "fiscal_year", "project_code", "version", name=op.f("pk_payment_plan")
        ),
    )
    op.create_table(
        "budget_fund",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column("fund_level", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint(
            "fund_level in ('central', 'provincial', 'municipal', 'county')",
            name=op.f("ck_budget_fund_fund_level"),
        ),
        sa.CheckConstraint(
            "source in ('appropriation', 'carry_over', 'special_account', 'unit', 'other', 'unspecified')",
            name=op.f("ck_budget_fund_source"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "fiscal_year", "project_code", "version_no"],
            [
                "budget_version.region_code",
                "budget_version.fiscal_year",
                "budget_version.project_code",
                "budget_version.version_no",
            ],
            name="fk_budget_fund_version",
        ),
        sa.PrimaryKeyConstraint(
            "region_code",
            "fiscal_year",
            "project_code",
            "version_no",
            "fund_level",
            "source",
            name=op.f("pk_budget_fund"),
        ),
    )


def _create_jobs() -> None:
    op.create_table(
        "job",
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("caller", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("atomic", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("chunk_count", sa.Integer(), nullable=False),
        sa.Column("next_chunk", sa.Integer(), nullable=False),
        sa.Column("checked", sa.Boolean(), nullable=False),
        sa.Column("total_count", sa.Integer(), nullable=False),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("created_count", sa.Integer(), nullable=False),
        sa.Column("updated_count", sa.Integer(), nullable=False),
        sa.Column("unchanged_count", sa.Integer(), nullable=False),
        sa.Column("failed_count", sa.Integer(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Uuid(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("atomic in ('row', 'all')", name=op.f("ck_job_atomic")),
        sa.CheckConstraint(
            "state in ('receiving', 'queued', 'running', 'done', 'cancelled', 'failed')",
            name=op.f("ck_job_state"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_job")),
    )
    op.create_index(
        "ix_job_touched_at",
        "job",
        ["touched_at"],
        unique=False,
        postgresql_where=sa.text("state in ('queued','running')"),
    )
    op.create_table(
        "job_chunk",
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first_line", sa.Integer(), nullable=False),
        sa.Column("last_line", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("statuses", sa.Text(), nullable=True),
        sa.Column("keys", sa.Text(), nullable=True),
        sa.Column("errors", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["region_code", "job_id"],
            ["job.region_code", "job.id"],
            name=op.f("fk_job_chunk_region_code_job_id_job"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("region_code", "job_id", "number", name=op.f("pk_job_chunk")),
    )
