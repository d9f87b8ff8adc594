"""What became of a request to rectify: how late its unit is, or why no letter was written."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rectification_refusal",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("letter_no", sa.String(), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region_code", "request_id", name="pk_rectification_refusal"),
    )
    op.add_column(
        "rectification_state",
        sa.Column("lateness", sa.String(), server_default="on_time", nullable=False),
    )
