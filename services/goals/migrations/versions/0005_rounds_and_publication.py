"""four eyes of one round, lists by publication"""

import sqlalchemy as sa
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
    op.create_index(
        "ix_goal_region_code_to_disclose",
        "goal",
        ["region_code", "id"],
        postgresql_where=sa.text(
            "approved_version is not null"
            " and disclosed_version is distinct from approved_version"
            " and disclosure_exemption is null"
        ),
    )
    op.create_index(
        "ix_goal_region_code_disclosed",
        "goal",
        ["region_code", "id"],
        postgresql_where=sa.text("disclosed_version >= approved_version"),
    )
