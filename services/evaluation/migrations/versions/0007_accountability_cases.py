"""accountability cases"""

import sqlalchemy as sa
from alembic import op

from shared.migrations import append_only

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accountability_case",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("basis_kind", sa.String(), nullable=False),
        sa.Column("basis_id", sa.Uuid(), nullable=False),
        sa.Column("basis_title", sa.String(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("handed_to", sa.String(), nullable=False),
        sa.Column("handed_on", sa.Date(), nullable=False),
        sa.Column("document_no", sa.String(), nullable=True),
        sa.Column("outcome_due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "basis_kind in ('rectification', 'evaluation', 'self_evaluation')",
            name=op.f("ck_accountability_case_basis_kind"),
        ),
        sa.CheckConstraint(
            "status in ('handed', 'answered')", name=op.f("ck_accountability_case_status")
        ),
        sa.CheckConstraint(
            "outcome_due_on > handed_on", name=op.f("ck_accountability_case_outcome_due_on")
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_accountability_case")),
    )
    op.create_index(
        "ix_accountability_case_region_code_fiscal_year_id",
        "accountability_case",
        ["region_code", "fiscal_year", "id"],
        unique=False,
    )
    op.create_index(
        "ix_accountability_case_region_code_unit_code",
        "accountability_case",
        ["region_code", "unit_code", "id"],
        unique=False,
    )
    op.create_table(
        "accountability_outcome",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("document_no", sa.String(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "case_id"],
            ["accountability_case.region_code", "accountability_case.id"],
            name="fk_accountability_outcome_accountability_case",
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "case_id", "number", name=op.f("pk_accountability_outcome")
        ),
    )
    append_only(op, "accountability_outcome")
