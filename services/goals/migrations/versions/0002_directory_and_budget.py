"""directory and budget"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "budget_cycle",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("submit_by", sa.Date(), nullable=False),
        sa.Column("review_by", sa.Date(), nullable=False),
        sa.Column("approve_by", sa.Date(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "submit_by <= review_by and review_by <= approve_by",
            name=op.f("ck_budget_cycle_steps_in_order"),
        ),
        sa.PrimaryKeyConstraint("region_code", "fiscal_year", name=op.f("pk_budget_cycle")),
    )
    op.create_table(
        "region",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region_code", name=op.f("pk_region")),
    )
    op.create_table(
        "approved_budget",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("funds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "batch_id"],
            ["approval_batch.region_code", "approval_batch.id"],
            name=op.f("fk_approved_budget_region_code_batch_id_approval_batch"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "project_code", "fiscal_year", name=op.f("pk_approved_budget")
        ),
    )
    op.create_table(
        "officer_assignment",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("officer_name", sa.String(), nullable=False),
        sa.Column("assigned_by", sa.String(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "unit_code"],
            ["unit.region_code", "unit.code"],
            name=op.f("fk_officer_assignment_region_code_unit_code_unit"),
        ),
        sa.PrimaryKeyConstraint("region_code", "unit_code", name=op.f("pk_officer_assignment")),
    )
    op.create_index(
        "ix_officer_assignment_region_code_officer",
        "officer_assignment",
        ["region_code", "officer"],
        unique=False,
    )
    op.create_table(
        "budget_change",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("document_no", sa.String(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.Column("withdrawal_reason", sa.String(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'approved') = (batch_id is not null) and status in ('pending', 'approved', 'withdrawn')",
            name=op.f("ck_budget_change_status"),
        ),
        sa.CheckConstraint(
            "(status = 'withdrawn') = (withdrawn_by is not null) and (status = 'withdrawn') = (withdrawal_reason is not null)",
            name=op.f("ck_budget_change_withdrawn_with_a_reason"),
        ),
        sa.CheckConstraint(
            "kind in ('supplement', 'reduction', 'transfer', 'carry_over')",
            name=op.f("ck_budget_change_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "batch_id"],
            ["approval_batch.region_code", "approval_batch.id"],
            name=op.f("fk_budget_change_region_code_batch_id_approval_batch"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "project_code"],
            ["project.region_code", "project.code"],
            name=op.f("fk_budget_change_region_code_project_code_project"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_budget_change")),
        sa.UniqueConstraint(
            "region_code",
            "document_no",
            "project_code",
            name=op.f("uq_budget_change_region_code_document_no_project_code"),
        ),
    )
    op.create_index(
        "ix_budget_change_region_code_fiscal_year_id",
        "budget_change",
        ["region_code", "fiscal_year", "id"],
        unique=False,
    )
    op.create_index(
        "ix_budget_change_region_code_project_code_id",
        "budget_change",
        ["region_code", "project_code", "id"],
        unique=False,
    )
    op.create_index(
        "ix_budget_change_region_code_status_id",
        "budget_change",
        ["region_code", "status", "id"],
        unique=False,
    )
    op.create_table(
        "budget_change_line",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("fund_level", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint(
            "fund_level in ('central', 'provincial', 'municipal', 'county')",
            name=op.f("ck_budget_change_line_fund_level"),
        ),
        sa.CheckConstraint(
            "source in ('appropriation', 'carry_over', 'special_account', 'unit', 'other')",
            name=op.f("ck_budget_change_line_source"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "change_id"],
            ["budget_change.region_code", "budget_change.id"],
            name=op.f("fk_budget_change_line_region_code_change_id_budget_change"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "change_id", "fund_level", "source", name=op.f("pk_budget_change_line")
        ),
    )
    op.add_column("goal", sa.Column("budget_change_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_goal_region_code_budget_change_id_budget_change"),
        "goal",
        "budget_change",
        ["region_code", "budget_change_id"],
        ["region_code", "id"],
    )
    op.create_index(
        "ix_goal_region_code_budget_change_id",
        "goal",
        ["region_code", "budget_change_id"],
        unique=False,
        postgresql_where="budget_change_id is not null",
    )
    _add_filled("project", sa.Column("spending_kind", sa.String(), nullable=False), "other")
    op.add_column("project", sa.Column("sector", sa.String(), nullable=True))
    _add_filled("project", sa.Column("is_key", sa.Boolean(), nullable=False), "false")
    op.add_column("project", sa.Column("period_start", sa.Date(), nullable=True))
    op.add_column("project", sa.Column("period_end", sa.Date(), nullable=True))
    op.add_column(
        "project", sa.Column("midterm_fiscal", sa.Numeric(precision=18, scale=2), nullable=True)
    )
    op.add_column(
        "project", sa.Column("midterm_other", sa.Numeric(precision=18, scale=2), nullable=True)
    )
    op.create_check_constraint(
        op.f("ck_project_spending_kind"),
        "project",
        "spending_kind in ('construction', 'renovation', 'purchase', 'service', 'subsidy', 'operation', 'other')",
    )
    op.create_check_constraint(op.f("ck_project_period"), "project", "period_start <= period_end")
    op.drop_index(op.f("ix_project_region_code_unit_code"), table_name="project")
    op.create_index(
        "ix_project_region_code_key_projects",
        "project",
        ["region_code", "code"],
        unique=False,
        postgresql_where="is_key",
    )
    op.create_index(
        "ix_project_region_code_unit_code_code",
        "project",
        ["region_code", "unit_code", "code"],
        unique=False,
    )
    _add_filled("project_fund", sa.Column("source", sa.String(), nullable=False), "appropriation")
    op.create_check_constraint(
        op.f("ck_project_fund_source"),
        "project_fund",
        "source in ('appropriation', 'carry_over', 'special_account', 'unit', 'other')",
    )
    op.drop_constraint("pk_project_fund", "project_fund")
    op.create_primary_key(
        "pk_project_fund",
        "project_fund",
        ["region_code", "project_code", "fiscal_year", "fund_level", "source"],
    )
    op.drop_index(op.f("ix_project_fund_region_code_fiscal_year"), table_name="project_fund")
    op.create_index(
        "ix_project_fund_region_code_fiscal_year_fund_level",
        "project_fund",
        ["region_code", "fiscal_year", "fund_level", "project_code"],
        unique=False,
    )
    op.create_check_constraint(
        op.f("ck_unit_below_its_department"), "unit", "starts_with(code, department_code)"
    )
    op.add_column("unit", sa.Column("uscc", sa.String(), nullable=True))
    op.create_index(
        "ix_unit_region_code_department_code",
        "unit",
        ["region_code", "department_code"],
        unique=False,
    )
    op.create_index(
        "ix_unit_region_code_office_code", "unit", ["region_code", "office", "code"], unique=False
    )


def _add_filled(table: str, column: "sa.Column[str]", value: str) -> None:
    """Add a column that rows already there have a value in; new rows bring their own."""
    column.server_default = sa.DefaultClause(value)
    op.add_column(table, column)
    op.alter_column(table, str(column.name), server_default=None)
