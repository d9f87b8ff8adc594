"""ex-ante results"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ex_ante_result",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("project_name", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("unit_name", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("conclusion", sa.String(), nullable=False),
        sa.Column("report_no", sa.String(), nullable=False),
        sa.Column("concluded_on", sa.Date(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "conclusion in ('support', 'partial_support', 'not_support')",
            name=op.f("ck_ex_ante_result_conclusion"),
        ),
        sa.CheckConstraint(
            "status = 'superseded' or (status = 'confirmed') = (confirmed_by is not null)",
            name=op.f("ck_ex_ante_result_confirmed_by_someone"),
        ),
        sa.CheckConstraint(
            "status in ('recorded', 'confirmed', 'superseded')",
            name=op.f("ck_ex_ante_result_status"),
        ),
        sa.CheckConstraint(
            "(confirmed_by is null) = (confirmed_at is null)",
            name=op.f("ck_ex_ante_result_confirmed_when"),
        ),
        sa.CheckConstraint(
            "confirmed_by <> recorded_by", name=op.f("ck_ex_ante_result_confirmer_is_not_recorder")
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "engagement_id"],
            ["engagement.region_code", "engagement.id"],
            name=op.f("fk_ex_ante_result_region_code_engagement_id_engagement"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_ex_ante_result")),
        sa.UniqueConstraint(
            "region_code",
            "project_code",
            "fiscal_year",
            "revision",
            name=op.f("uq_ex_ante_result_region_code_project_code_fiscal_year_revision"),
        ),
    )
    op.create_index(
        "ix_ex_ante_result_one_confirmed",
        "ex_ante_result",
        ["region_code", "project_code", "fiscal_year"],
        unique=True,
        postgresql_where="status = 'confirmed'",
    )
    op.create_index(
        "ix_ex_ante_result_one_recorded",
        "ex_ante_result",
        ["region_code", "project_code", "fiscal_year"],
        unique=True,
        postgresql_where="status = 'recorded'",
    )
    op.create_index(
        "ix_ex_ante_result_region_code_fiscal_year_id",
        "ex_ante_result",
        ["region_code", "fiscal_year", "id"],
        unique=False,
    )
    op.create_index(
        "ix_ex_ante_result_region_code_unit_code",
        "ex_ante_result",
        ["region_code", "unit_code", "id"],
        unique=False,
    )
    op.create_table(
        "ex_ante_opinion",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("ex_ante_result_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("dimension", sa.String(), nullable=False),
        sa.Column("opinion", sa.String(), nullable=False),
        sa.Column("score", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.CheckConstraint("score between 0 and 100", name=op.f("ck_ex_ante_opinion_score")),
        sa.ForeignKeyConstraint(
            ["region_code", "ex_ante_result_id"],
            ["ex_ante_result.region_code", "ex_ante_result.id"],
            name=op.f("fk_ex_ante_opinion_region_code_ex_ante_result_id_ex_ante_result"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "ex_ante_result_id", "position", name=op.f("pk_ex_ante_opinion")
        ),
    )
