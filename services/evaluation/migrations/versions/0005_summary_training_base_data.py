"""The bureau's own words in the annual summary, the summaries it issued, trainings, base data."""

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
    op.create_table(
        "department_base_data",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("filed_by", sa.String(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "region_code",
            "unit_code",
            "fiscal_year",
            "version",
            name=op.f("pk_department_base_data"),
        ),
    )
    append_only(op, "summary_issue", "summary_narrative", "department_base_data")
    _create_trainings()


def _create_trainings() -> None:
    op.create_table(
        "training",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("hours", sa.Numeric(precision=5, scale=1), nullable=True),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("participant_count", sa.Integer(), nullable=False),
        sa.Column("speakers", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("topics", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("materials", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("participant_count >= 0", name=op.f("ck_training_participant_count")),
        sa.CheckConstraint("hours > 0", name=op.f("ck_training_hours")),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_training")),
    )
    op.create_index(
        "ix_training_region_code_fiscal_year_id", "training", ["region_code", "fiscal_year", "id"]
    )
    op.create_table(
        "training_attendance",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("training_id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("duty", sa.String(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "duty in ('leader', 'accountant', 'project_manager', 'other')",
            name=op.f("ck_training_attendance_duty"),
        ),
        sa.CheckConstraint("headcount > 0", name=op.f("ck_training_attendance_headcount")),
        sa.ForeignKeyConstraint(
            ["region_code", "training_id"],
            ["training.region_code", "training.id"],
            name=op.f("fk_training_attendance_region_code_training_id_training"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "training_id", "unit_code", "duty", name=op.f("pk_training_attendance")
        ),
    )
    op.create_index(
        "ix_training_attendance_region_code_unit_code",
        "training_attendance",
        ["region_code", "unit_code"],
    )
