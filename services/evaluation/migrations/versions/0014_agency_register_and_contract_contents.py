"""agency register and contract contents"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import append_only

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_registers()
    _create_contents()
    _extend_agencies()
    _extend_engagements()
    _extend_recusals()
    append_only(
        op,
        "register_change",
        "engagement_staff",
        "engagement_deliverable",
        "engagement_instalment",
    )


def _create_registers() -> None:
    op.create_table(
        "agency_staff",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("credential", sa.String(), nullable=True),
        sa.Column("experience_years", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("registered_by", sa.String(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status in ('active', 'left')", name=op.f("ck_agency_staff_status")),
        sa.CheckConstraint("experience_years >= 0", name=op.f("ck_agency_staff_experience_years")),
        sa.ForeignKeyConstraint(
            ["region_code", "agency_id"],
            ["agency.region_code", "agency.id"],
            name=op.f("fk_agency_staff_region_code_agency_id_agency"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_agency_staff")),
    )
    op.create_index(
        "ix_agency_staff_region_code_agency_id",
        "agency_staff",
        ["region_code", "agency_id"],
        unique=False,
    )
    op.create_index(
        "uq_agency_staff_region_code_subject",
        "agency_staff",
        ["region_code", "subject"],
        unique=True,
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_table(
        "agency_violation",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("violated_on", sa.Date(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("withdrawal_reason", sa.String(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "agency_id"],
            ["agency.region_code", "agency.id"],
            name=op.f("fk_agency_violation_region_code_agency_id_agency"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_agency_violation")),
    )
    op.create_index(
        "ix_agency_violation_region_code_agency_id",
        "agency_violation",
        ["region_code", "agency_id"],
        unique=False,
    )
    op.create_table(
        "register_change",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entries", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind = 'registered' or reason is not null", name=op.f("ck_register_change_reason")
        ),
        sa.CheckConstraint(
            "kind in ('registered', 'amended', 'violation_recorded', 'violation_withdrawn')",
            name=op.f("ck_register_change_kind"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(agency_id, staff_id) = 1",
            name=op.f("ck_register_change_whose"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "agency_id"],
            ["agency.region_code", "agency.id"],
            name=op.f("fk_register_change_region_code_agency_id_agency"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "staff_id"],
            ["agency_staff.region_code", "agency_staff.id"],
            name=op.f("fk_register_change_region_code_staff_id_agency_staff"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_register_change")),
    )
    op.create_index(
        "ix_register_change_region_code_agency_id",
        "register_change",
        ["region_code", "agency_id", "id"],
        unique=False,
    )
    op.create_index(
        "ix_register_change_region_code_staff_id",
        "register_change",
        ["region_code", "staff_id", "id"],
        unique=False,
    )


def _create_contents() -> None:
    op.create_table(
        "engagement_deliverable",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["region_code", "engagement_id"],
            ["engagement.region_code", "engagement.id"],
            name=op.f("fk_engagement_deliverable_region_code_engagement_id_engagement"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "engagement_id", "position", name=op.f("pk_engagement_deliverable")
        ),
    )
    op.create_table(
        "engagement_staff",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "engagement_id"],
            ["engagement.region_code", "engagement.id"],
            name=op.f("fk_engagement_staff_region_code_engagement_id_engagement"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "staff_id"],
            ["agency_staff.region_code", "agency_staff.id"],
            name=op.f("fk_engagement_staff_region_code_staff_id_agency_staff"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "engagement_id", "staff_id", name=op.f("pk_engagement_staff")
        ),
    )
    op.create_table(
        "engagement_instalment",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("fund_level", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("deliverable", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_engagement_instalment_amount")),
        sa.CheckConstraint(
            "num_nonnulls(due_on, deliverable) = 1", name=op.f("ck_engagement_instalment_falls_due")
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "engagement_id", "deliverable"],
            [
                "engagement_deliverable.region_code",
                "engagement_deliverable.engagement_id",
                "engagement_deliverable.position",
            ],
            name="fk_engagement_instalment_engagement_deliverable",
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "engagement_id"],
            ["engagement.region_code", "engagement.id"],
            name=op.f("fk_engagement_instalment_region_code_engagement_id_engagement"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "engagement_id", "position", name=op.f("pk_engagement_instalment")
        ),
    )


def _extend_agencies() -> None:
    op.add_column("agency", sa.Column("institution", sa.String(), nullable=True))
    op.add_column("agency", sa.Column("platform_listed", sa.Boolean(), nullable=True))
    op.add_column("agency", sa.Column("qualified_until", sa.Date(), nullable=True))
    op.add_column(
        "agency", sa.Column("status", sa.String(), server_default="active", nullable=False)
    )
    op.add_column("agency", sa.Column("status_reason", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_agency_institution"),
        "agency",
        "institution in ('consultancy', 'accounting_firm', 'appraisal_firm', 'law_firm',"
        " 'research_institute', 'university')",
    )
    op.create_check_constraint(
        op.f("ck_agency_status"), "agency", "status in ('active', 'suspended', 'struck_off')"
    )
    op.create_check_constraint(
        op.f("ck_agency_status_reason"), "agency", "(status = 'active') = (status_reason is null)"
    )


def _extend_engagements() -> None:
    op.add_column("engagement", sa.Column("entrusted_by", sa.String(), nullable=True))
    op.add_column(
        "engagement",
        sa.Column("unit_codes", postgresql.ARRAY(sa.String()), server_default="{}", nullable=False),
    )
    op.add_column(
        "engagement",
        sa.Column(
            "project_codes", postgresql.ARRAY(sa.String()), server_default="{}", nullable=False
        ),
    )
    op.add_column("engagement", sa.Column("no_subcontracting", sa.Boolean(), nullable=True))
    op.add_column("engagement", sa.Column("confidentiality", sa.Boolean(), nullable=True))
    op.create_check_constraint(
        op.f("ck_engagement_separation"), "engagement", "not entrusted_by = any (unit_codes)"
    )


def _extend_recusals() -> None:
    op.add_column("recusal", sa.Column("staff_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_recusal_region_code_staff_id", "recusal", ["region_code", "staff_id"], unique=False
    )
    op.create_foreign_key(
        op.f("fk_recusal_region_code_staff_id_agency_staff"),
        "recusal",
        "agency_staff",
        ["region_code", "staff_id"],
        ["region_code", "id"],
    )
    op.drop_constraint(op.f("ck_recusal_who"), "recusal")
    op.create_check_constraint(
        op.f("ck_recusal_who"), "recusal", "num_nonnulls(expert_id, agency_id, staff_id) = 1"
    )
