"""re-review plans, several findings of a re-review, its grade, and the bureau as reviewer"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import append_only

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_plans()
    _widen_rechecks()
    _create_findings()
    append_only(op, "recheck_plan", "recheck_plan_candidate", "recheck_finding")


def _create_plans() -> None:
    op.create_table(
        "recheck_plan",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=True),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("share", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("algorithm", sa.String(), nullable=True),
        sa.Column("seed", sa.String(), nullable=True),
        sa.Column("candidates_digest", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("planned_by", sa.String(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "method in ('all', 'amount', 'random', 'picks')", name=op.f("ck_recheck_plan_method")
        ),
        sa.CheckConstraint(
            "(share is null) = (method in ('all', 'picks'))", name=op.f("ck_recheck_plan_share")
        ),
        sa.CheckConstraint("share > 0 and share <= 100", name=op.f("ck_recheck_plan_share_range")),
        sa.CheckConstraint(
            "(seed is null) = (method <> 'random')", name=op.f("ck_recheck_plan_seed")
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "engagement_id"],
            ["engagement.region_code", "engagement.id"],
            name=op.f("fk_recheck_plan_region_code_engagement_id_engagement"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_recheck_plan")),
    )
    op.create_index(
        "ix_recheck_plan_region_code_fiscal_year_id",
        "recheck_plan",
        ["region_code", "fiscal_year", "id"],
    )
    op.create_index(
        "ix_recheck_plan_region_code_engagement_id",
        "recheck_plan",
        ["region_code", "engagement_id"],
    )
    op.create_table(
        "recheck_plan_candidate",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("self_evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("budget_full_year", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("drawn", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "why in ('picked', 'all', 'amount', 'random', 'not_drawn', 'recused')"
            " and drawn = (why not in ('not_drawn', 'recused'))"
            " and (why in ('picked', 'recused')) = (reason is not null)",
            name=op.f("ck_recheck_plan_candidate_why"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "plan_id"],
            ["recheck_plan.region_code", "recheck_plan.id"],
            name="fk_recheck_plan_candidate_recheck_plan",
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "self_evaluation_id"],
            ["self_evaluation.region_code", "self_evaluation.id"],
            name="fk_recheck_plan_candidate_self_evaluation",
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "plan_id", "self_evaluation_id", name=op.f("pk_recheck_plan_candidate")
        ),
        sa.UniqueConstraint(
            "region_code",
            "plan_id",
            "position",
            name=op.f("uq_recheck_plan_candidate_region_code_plan_id_position"),
        ),
    )
    op.create_index(
        "ix_recheck_plan_candidate_drawn",
        "recheck_plan_candidate",
        ["region_code", "self_evaluation_id", "plan_id"],
        postgresql_where=sa.text("drawn"),
    )


def _widen_rechecks() -> None:
    """The forms behind re-reviews so far say who had a hand in them."""
    op.alter_column("recheck", "engagement_id", nullable=True)
    op.add_column("recheck", sa.Column("plan_id", sa.Uuid(), nullable=True))
    op.add_column("recheck", sa.Column("grade", sa.String(), nullable=True))
    op.add_column("recheck", sa.Column("grade_receipt", postgresql.JSONB(), nullable=True))
    op.add_column(
        "recheck",
        sa.Column("barred", sa.ARRAY(sa.String()), server_default="{}", nullable=False),
    )
    op.execute("""
        update recheck c
        set barred = array_remove(array[s.filled_by, s.submitted_by], null)
        from self_evaluation s
        where s.region_code = c.region_code and s.id = c.self_evaluation_id
    """)
    op.alter_column("recheck", "barred", server_default=None)
    op.create_foreign_key(
        op.f("fk_recheck_region_code_plan_id_recheck_plan"),
        "recheck",
        "recheck_plan",
        ["region_code", "plan_id"],
        ["region_code", "id"],
    )
    op.create_check_constraint(
        op.f("ck_recheck_reviewer_had_no_hand_in_it"), "recheck", "rechecked_by <> all (barred)"
    )
    op.create_check_constraint(
        op.f("ck_recheck_grade"), "recheck", "grade in ('excellent', 'good', 'fair', 'poor')"
    )


def _create_findings() -> None:
    """What was one text becomes the first finding, of no particular kind."""
    op.create_table(
        "recheck_finding",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("self_evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("row_position", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("rectification_advised", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "self_evaluation_id"],
            ["recheck.region_code", "recheck.self_evaluation_id"],
            name="fk_recheck_finding_recheck",
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "self_evaluation_id", "number", name=op.f("pk_recheck_finding")
        ),
    )
    op.execute("""
        insert into recheck_finding (region_code, self_evaluation_id, number, code, label, text,
                                     rectification_advised)
        select region_code, self_evaluation_id, 1, 'other', '其他问题', finding,
               rectification_advised
        from recheck where finding is not null
    """)
    op.drop_column("recheck", "finding")
