"""Proposals on self-evaluations"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("result_proposal", sa.Column("self_evaluation_id", sa.Uuid(), nullable=True))
    op.alter_column("result_proposal", "evaluation_id", nullable=True)
    op.alter_column("result_proposal", "group_no", nullable=True)
    op.drop_constraint("uq_result_proposal_region_code_subject", "result_proposal")
    op.create_index(
        "uq_result_proposal_region_code_subject",
        "result_proposal",
        ["region_code", "evaluation_id", "group_no", "project_code", "unit_code"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("evaluation_id is not null"),
    )
    op.create_unique_constraint(
        op.f("uq_result_proposal_region_code_self_evaluation_id"),
        "result_proposal",
        ["region_code", "self_evaluation_id"],
    )
    op.drop_constraint(op.f("ck_result_proposal_scope"), "result_proposal")
    op.create_check_constraint(
        op.f("ck_result_proposal_scope"),
        "result_proposal",
        "scope in ('project', 'department', 'self_evaluation')",
    )
    op.create_check_constraint(
        op.f("ck_result_proposal_source"),
        "result_proposal",
        "(scope = 'self_evaluation') = (self_evaluation_id is not null)"
        " and num_nonnulls(evaluation_id, self_evaluation_id) = 1"
        " and (evaluation_id is null) = (group_no is null)",
    )
