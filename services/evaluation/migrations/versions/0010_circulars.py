"""circulars of commendation and criticism"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import append_only

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "circular",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("document_no", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("rule", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('commendation', 'criticism')", name=op.f("ck_circular_kind")),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_circular")),
        sa.UniqueConstraint(
            "region_code", "document_no", name=op.f("uq_circular_region_code_document_no")
        ),
    )
    op.create_index(
        "ix_circular_region_code_fiscal_year_id", "circular", ["region_code", "fiscal_year", "id"]
    )
    op.create_table(
        "circular_unit",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("circular_id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("unit_name", sa.String(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("grounds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "standing = 'proposed' or reason is not null",
            name=op.f("ck_circular_unit_departure_has_reason"),
        ),
        sa.CheckConstraint(
            "standing in ('proposed', 'added', 'left_out')",
            name=op.f("ck_circular_unit_standing"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "circular_id"],
            ["circular.region_code", "circular.id"],
            name=op.f("fk_circular_unit_region_code_circular_id_circular"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "circular_id", "unit_code", name=op.f("pk_circular_unit")
        ),
    )
    op.create_index(
        "ix_circular_unit_region_code_unit_code", "circular_unit", ["region_code", "unit_code"]
    )
    append_only(op, "circular", "circular_unit")
