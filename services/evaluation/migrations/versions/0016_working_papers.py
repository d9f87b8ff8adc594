"""working papers of an evaluation"""

import sqlalchemy as sa
from alembic import op

from shared.migrations import append_only

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "working_paper",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("group_no", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("indicator", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("is_blind", sa.Boolean(), nullable=False),
        sa.Column("uploaded_by", sa.String(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_working_paper_sha256")),
        sa.CheckConstraint(
            "(position is null) = (indicator is null)", name=op.f("ck_working_paper_row_is_named")
        ),
        sa.CheckConstraint(
            "position is null or group_no is not null", name=op.f("ck_working_paper_row_of_a_group")
        ),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_working_paper_not_empty")),
        sa.ForeignKeyConstraint(
            ["region_code", "evaluation_id", "group_no"],
            [
                "evaluation_group.region_code",
                "evaluation_group.evaluation_id",
                "evaluation_group.group_no",
            ],
            name="fk_working_paper_evaluation_group",
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "evaluation_id"],
            ["evaluation.region_code", "evaluation.id"],
            name="fk_working_paper_evaluation",
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_working_paper")),
    )
    op.create_index(
        "ix_working_paper_region_code_evaluation_id",
        "working_paper",
        ["region_code", "evaluation_id", "id"],
    )
    op.create_table(
        "working_paper_chunk",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "file_id"],
            ["working_paper.region_code", "working_paper.id"],
            name=op.f("fk_working_paper_chunk_region_code_file_id_working_paper"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "file_id", "number", name=op.f("pk_working_paper_chunk")
        ),
    )
    op.create_table(
        "working_paper_withdrawal",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("withdrawn_by", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "paper_id"],
            ["working_paper.region_code", "working_paper.id"],
            name=op.f("fk_working_paper_withdrawal_region_code_paper_id_working_paper"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "paper_id", name=op.f("pk_working_paper_withdrawal")
        ),
    )
    append_only(op, "working_paper", "working_paper_chunk", "working_paper_withdrawal")
