"""The bureau's own words in the annual summary, and the summaries it issued."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import append_only

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "summary_issue",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("acknowledged", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("remark", sa.String(), nullable=True),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_summary_issue_number")),
        sa.PrimaryKeyConstraint(
            "region_code", "fiscal_year", "number", name=op.f("pk_summary_issue")
        ),
    )
    op.create_table(
        "summary_narrative",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_summary_narrative_version")),
        sa.PrimaryKeyConstraint(
            "region_code", "fiscal_year", "section", "version", name=op.f("pk_summary_narrative")
        ),
    )
    append_only(op, "summary_issue", "summary_narrative")
