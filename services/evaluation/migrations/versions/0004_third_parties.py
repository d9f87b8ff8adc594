"""Contracts open and close an agency's access; their terms are kept with reasons"""

import sqlalchemy as sa
from alembic import op

from shared.migrations import append_only

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "engagement_term",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'concluded') = (reason is null)", name=op.f("ck_engagement_term_reason")
        ),
        sa.CheckConstraint(
            "kind in ('concluded', 'extended', 'terminated')", name=op.f("ck_engagement_term_kind")
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "engagement_id"],
            ["engagement.region_code", "engagement.id"],
            name=op.f("fk_engagement_term_region_code_engagement_id_engagement"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "engagement_id", "position", name=op.f("pk_engagement_term")
        ),
    )
    op.add_column(
        "engagement", sa.Column("contract_amount", sa.Numeric(precision=18, scale=2), nullable=True)
    )
    op.add_column("engagement", sa.Column("fund_level", sa.String(), nullable=True))
    op.add_column(
        "engagement", sa.Column("fee_basis", sa.String(), server_default="fixed", nullable=False)
    )
    op.add_column("engagement", sa.Column("terminated_on", sa.Date(), nullable=True))
    op.create_check_constraint(
        op.f("ck_engagement_amount_has_level"),
        "engagement",
        "(contract_amount is null) = (fund_level is null)",
    )
    op.execute("""
        insert into engagement_term
            (region_code, engagement_id, position, kind, ends_on, decided_by, decided_at)
        select region_code, id, 1, 'concluded', ends_on, engaged_by, updated_at from engagement
    """)
    append_only(op, "engagement_term")
