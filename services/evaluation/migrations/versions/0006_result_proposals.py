"""What results propose for the next budget, and what was decided."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import append_only

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "result_proposal",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("group_no", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=True),
        sa.Column("project_name", sa.String(), nullable=True),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("unit_name", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("score", sa.Numeric(precision=7, scale=2), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("receipt", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status in ('proposed', 'adopted', 'departed')", name=op.f("ck_result_proposal_status")
        ),
        sa.CheckConstraint(
            "scope in ('project', 'department')", name=op.f("ck_result_proposal_scope")
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_result_proposal")),
        sa.UniqueConstraint(
            "region_code",
            "evaluation_id",
            "group_no",
            "project_code",
            "unit_code",
            name="uq_result_proposal_region_code_subject",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        "ix_result_proposal_region_code_fiscal_year_id",
        "result_proposal",
        ["region_code", "fiscal_year", "id"],
    )
    op.create_table(
        "result_decision",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("pct", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("fund_level", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("pct between 0 and 100", name=op.f("ck_result_decision_pct")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_result_decision_amount")),
        sa.CheckConstraint(
            "(amount is null) = (fund_level is null)",
            name=op.f("ck_result_decision_amount_has_level"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "proposal_id"],
            ["result_proposal.region_code", "result_proposal.id"],
            name=op.f("fk_result_decision_region_code_proposal_id_result_proposal"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "proposal_id", "number", name=op.f("pk_result_decision")
        ),
    )
    append_only(op, "result_decision")
