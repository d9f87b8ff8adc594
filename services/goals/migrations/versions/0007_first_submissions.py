"""First submissions by their day."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_goal_submission_region_code_first",
        "goal_submission",
        ["region_code", "submitted_at"],
        postgresql_where=sa.text("submission_no = 1"),
    )
