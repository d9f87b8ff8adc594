"""indicator library"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "indicator_entry",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("sector", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("level1", sa.String(), nullable=False),
        sa.Column("level2", sa.String(), nullable=False),
        sa.Column("level1_2021", sa.String(), nullable=False),
        sa.Column("level2_2021", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("formula", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("evidence_method", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("target_low", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("target_high", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("target_note", sa.String(), nullable=True),
        sa.Column("scoring_rule", sa.String(), nullable=False),
        sa.Column("source_kind", sa.String(), nullable=False),
        sa.Column("source", postgresql.JSONB(), nullable=True),
        sa.Column("good", postgresql.JSONB(), nullable=True),
        sa.Column("bad", postgresql.JSONB(), nullable=True),
        sa.Column("terms", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("retired_by", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(source_kind = 'gov') = (source is not null)",
            name=op.f("ck_indicator_entry_gov_names_its_source"),
        ),
        sa.CheckConstraint(
            "operator = 'qualitative' or unit is not null", name=op.f("ck_indicator_entry_unit")
        ),
        sa.CheckConstraint(
            "source_kind in ('own', 'gov')", name=op.f("ck_indicator_entry_source_kind")
        ),
        sa.CheckConstraint(
            "status in ('proposed', 'confirmed', 'refused', 'retired')",
            name=op.f("ck_indicator_entry_status"),
        ),
        sa.CheckConstraint(
            "status not in ('refused', 'retired') or reason is not null",
            name=op.f("ck_indicator_entry_refused_with_a_reason"),
        ),
        sa.CheckConstraint(
            "decided_by <> proposed_by", name=op.f("ck_indicator_entry_decider_is_not_proposer")
        ),
        sa.CheckConstraint(
            "target_low <= target_high", name=op.f("ck_indicator_entry_target_range")
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_indicator_entry")),
        sa.UniqueConstraint(
            "region_code", "code", name=op.f("uq_indicator_entry_region_code_code")
        ),
    )
    op.create_index(
        "ix_indicator_entry_region_code_sector_code",
        "indicator_entry",
        ["region_code", "sector", "code"],
        unique=False,
        postgresql_include=["status"],
    )
    op.create_index(
        "ix_indicator_entry_terms",
        "indicator_entry",
        ["terms"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_index(
        "uq_indicator_entry_region_code_sector_name_key",
        "indicator_entry",
        ["region_code", "sector", "name_key"],
        unique=True,
        postgresql_where="status in ('proposed', 'confirmed')",
    )
    op.create_table(
        "indicator_term",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("entry_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("entry_count >= 0", name=op.f("ck_indicator_term_entry_count")),
        sa.PrimaryKeyConstraint("region_code", "term", name=op.f("pk_indicator_term")),
    )
