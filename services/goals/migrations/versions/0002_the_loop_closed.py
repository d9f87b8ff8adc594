"""what evaluation and monitoring know of a project, and the order of the review queue"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ex_ante_result",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("conclusion", sa.String(), nullable=False),
        sa.Column("concluded_on", sa.Date(), nullable=False),
        sa.Column("report_no", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "region_code", "project_code", "fiscal_year", name=op.f("pk_ex_ante_result")
        ),
    )
    op.create_table(
        "rectification",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("rectification_id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("letter_no", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("project_codes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region_code", "rectification_id", name=op.f("pk_rectification")),
    )
    op.create_index(
        "ix_rectification_region_code_unit_code",
        "rectification",
        ["region_code", "unit_code", "fiscal_year"],
        unique=False,
    )
    op.create_table(
        "self_evaluated",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("total", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("rows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "region_code", "project_code", "fiscal_year", name=op.f("pk_self_evaluated")
        ),
    )
    op.add_column("goal", sa.Column("attention", sa.Integer(), server_default="3", nullable=False))
    op.add_column(
        "project", sa.Column("is_key", sa.Boolean(), server_default="false", nullable=False)
    )
