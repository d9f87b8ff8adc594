"""four eyes of one round"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("ck_goal_approver_is_not_reviewer"), "goal", type_="check")
    op.create_check_constraint(
        op.f("ck_goal_approver_is_not_reviewer"),
        "goal",
        "status <> 'approved' or approved_by <> reviewed_by",
    )
