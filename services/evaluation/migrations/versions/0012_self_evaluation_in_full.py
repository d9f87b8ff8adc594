"""Self-evaluation in full"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import append_only

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "approved_budget",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("is_initial", sa.Boolean(), nullable=False),
        sa.Column("fund_level", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint(
            "fund_level in ('central', 'provincial', 'municipal', 'county')",
            name=op.f("ck_approved_budget_fund_level"),
        ),
        sa.CheckConstraint(
            "kind in ('current_appropriation', 'carry_over', 'other', 'unspecified')",
            name=op.f("ck_approved_budget_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "goal_id"],
            ["approved_goal.region_code", "approved_goal.goal_id"],
            name=op.f("fk_approved_budget_region_code_goal_id_approved_goal"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code",
            "goal_id",
            "is_initial",
            "fund_level",
            "kind",
            name=op.f("pk_approved_budget"),
        ),
    )
    op.create_table(
        "self_evaluation_fund_kind",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("self_evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("budget_initial", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("budget_full_year", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("executed", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.CheckConstraint(
            "kind in ('current_appropriation', 'carry_over', 'other')",
            name=op.f("ck_self_evaluation_fund_kind_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "self_evaluation_id"],
            ["self_evaluation.region_code", "self_evaluation.id"],
            name="fk_self_evaluation_fund_kind_self_evaluation",
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "self_evaluation_id", "kind", name=op.f("pk_self_evaluation_fund_kind")
        ),
    )
    op.create_table(
        "self_evaluation_return",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("self_evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("total", sa.Numeric(precision=7, scale=2), nullable=False),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("scores", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("submitted_by", sa.String(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_by", sa.String(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "self_evaluation_id"],
            ["self_evaluation.region_code", "self_evaluation.id"],
            name="fk_self_evaluation_return_self_evaluation",
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "self_evaluation_id", "position", name=op.f("pk_self_evaluation_return")
        ),
    )
    op.add_column("self_evaluation", sa.Column("weights_reason", sa.String(), nullable=True))
    op.add_column("self_evaluation", sa.Column("conclusion", sa.String(), nullable=True))
    op.add_column("self_evaluation", sa.Column("problems", sa.String(), nullable=True))
    op.add_column("self_evaluation", sa.Column("measures", sa.String(), nullable=True))
    op.add_column("self_evaluation", sa.Column("project_lead", sa.String(), nullable=True))
    op.add_column("self_evaluation", sa.Column("finance_lead", sa.String(), nullable=True))
    op.add_column("self_evaluation", sa.Column("other_notes", sa.String(), nullable=True))
    op.add_column(
        "self_evaluation",
        sa.Column("budget_initial", sa.Numeric(precision=18, scale=2), nullable=True),
    )
    op.add_column(
        "self_evaluation_fund",
        sa.Column("budget_initial", sa.Numeric(precision=18, scale=2), nullable=True),
    )
    op.add_column("self_evaluation_row", sa.Column("improvement", sa.String(), nullable=True))
    append_only(op, "self_evaluation_return")
