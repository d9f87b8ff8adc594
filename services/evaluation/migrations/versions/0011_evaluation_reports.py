"""Evaluation reports"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import append_only

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evaluation_report",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("scoring_round", sa.Integer(), nullable=False),
        sa.Column("report_no", sa.String(), nullable=False),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("sealed_on", sa.Date(), nullable=False),
        sa.Column("chapters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sent_by", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "evaluation_id"],
            ["evaluation.region_code", "evaluation.id"],
            name="fk_evaluation_report_evaluation",
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "evaluation_id", "version", name=op.f("pk_evaluation_report")
        ),
    )
    op.create_table(
        "report_passage",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("chapter", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("fingerprints", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "evaluation_id", "version"],
            [
                "evaluation_report.region_code",
                "evaluation_report.evaluation_id",
                "evaluation_report.version",
            ],
            name="fk_report_passage_evaluation_report",
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "evaluation_id", "version", "position", name=op.f("pk_report_passage")
        ),
    )
    append_only(op, "evaluation_report", "report_passage")
