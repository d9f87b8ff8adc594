"""scoring by bands, rows computed from base data, evaluations of policies"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_METHODS = "method in ('ratio', 'checklist', 'band')"


def upgrade() -> None:
    for table in ("framework_row", "sheet_row"):
        name = op.f(f"ck_{table}_method")
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, _METHODS)
        op.add_column(table, sa.Column("ratio_code", sa.String(), nullable=True))
    op.add_column("framework_row", sa.Column("formula", sa.String(), nullable=True))
    op.add_column("sheet_row", sa.Column("band", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_framework_row_computed_by_ratio"),
        "framework_row",
        "ratio_code is null or method = 'ratio'",
    )
    op.add_column("evaluation_group", sa.Column("policy_title", sa.String(), nullable=True))
    op.drop_constraint(op.f("ck_evaluation_kind"), "evaluation", type_="check")
    op.create_check_constraint(
        op.f("ck_evaluation_kind"), "evaluation", "kind in ('project', 'department', 'policy')"
    )
