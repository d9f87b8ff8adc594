"""Terms of contracts, the expert pool, recusals, draws and invitations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

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
    _create_quality_scores()
    _create_experts()
    _create_draws()
    append_only(op, "engagement_term", "agency_quality_score", "expert_draw", "draw_candidate")


def _create_quality_scores() -> None:
    op.create_table(
        "agency_quality_score",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("total", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("scores", postgresql.JSONB(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("scored_by", sa.String(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("total between 0 and 100", name=op.f("ck_agency_quality_score_total")),
        sa.ForeignKeyConstraint(
            ["region_code", "engagement_id"],
            ["engagement.region_code", "engagement.id"],
            name=op.f("fk_agency_quality_score_region_code_engagement_id_engagement"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "engagement_id", name=op.f("pk_agency_quality_score")
        ),
    )


def _create_experts() -> None:
    op.create_table(
        "expert",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("fields", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("employer", sa.String(), nullable=False),
        sa.Column("employer_unit_code", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("credential", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retirement_reason", sa.String(), nullable=True),
        sa.Column("registered_by", sa.String(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(retired_at is null) = (retirement_reason is null)", name=op.f("ck_expert_retirement")
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_expert")),
    )
    op.create_index(
        "uq_expert_region_code_subject",
        "expert",
        ["region_code", "subject"],
        unique=True,
        postgresql_where=sa.text("retired_at is null"),
    )


def _create_draws() -> None:
    op.create_table(
        "expert_draw",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("fields", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("wanted_count", sa.Integer(), nullable=False),
        sa.Column("project_codes", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("unit_codes", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("excluded_employers", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("candidates_digest", sa.String(), nullable=False),
        sa.Column("drawn_by", sa.String(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("wanted_count > 0", name=op.f("ck_expert_draw_wanted_count")),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_expert_draw")),
        sa.UniqueConstraint(
            "region_code", "purpose", name=op.f("uq_expert_draw_region_code_purpose")
        ),
    )
    op.create_table(
        "draw_candidate",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("draw_id", sa.Uuid(), nullable=False),
        sa.Column("expert_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("passed_over", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(rank is null) = (passed_over is not null)", name=op.f("ck_draw_candidate_rank")
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "draw_id"],
            ["expert_draw.region_code", "expert_draw.id"],
            name=op.f("fk_draw_candidate_region_code_draw_id_expert_draw"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "expert_id"],
            ["expert.region_code", "expert.id"],
            name=op.f("fk_draw_candidate_region_code_expert_id_expert"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "draw_id", "expert_id", name=op.f("pk_draw_candidate")
        ),
        sa.UniqueConstraint(
            "region_code",
            "draw_id",
            "rank",
            name=op.f("uq_draw_candidate_region_code_draw_id_rank"),
        ),
    )
    op.create_table(
        "recusal",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("expert_id", sa.Uuid(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("project_code", sa.String(), nullable=True),
        sa.Column("unit_code", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("declared_on <= ended_on", name=op.f("ck_recusal_period")),
        sa.CheckConstraint("num_nonnulls(expert_id, agency_id) = 1", name=op.f("ck_recusal_who")),
        sa.CheckConstraint(
            "num_nonnulls(project_code, unit_code) = 1", name=op.f("ck_recusal_from_what")
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "agency_id"],
            ["agency.region_code", "agency.id"],
            name=op.f("fk_recusal_region_code_agency_id_agency"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "expert_id"],
            ["expert.region_code", "expert.id"],
            name=op.f("fk_recusal_region_code_expert_id_expert"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_recusal")),
    )
    op.create_index(
        "ix_recusal_region_code_agency_id", "recusal", ["region_code", "agency_id"], unique=False
    )
    op.create_index(
        "ix_recusal_region_code_expert_id", "recusal", ["region_code", "expert_id"], unique=False
    )
    op.create_table(
        "invitation",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("draw_id", sa.Uuid(), nullable=False),
        sa.Column("expert_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'declined') = (reason is not null)", name=op.f("ck_invitation_reason")
        ),
        sa.CheckConstraint(
            "(status = 'invited') = (answered_at is null)", name=op.f("ck_invitation_answered_at")
        ),
        sa.CheckConstraint(
            "status in ('invited', 'accepted', 'declined')", name=op.f("ck_invitation_status")
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "draw_id", "expert_id"],
            ["draw_candidate.region_code", "draw_candidate.draw_id", "draw_candidate.expert_id"],
            name=op.f("fk_invitation_region_code_draw_id_expert_id_draw_candidate"),
        ),
        sa.PrimaryKeyConstraint("region_code", "draw_id", "expert_id", name=op.f("pk_invitation")),
    )
    op.create_index(
        "ix_invitation_region_code_expert_id",
        "invitation",
        ["region_code", "expert_id"],
        unique=False,
    )
