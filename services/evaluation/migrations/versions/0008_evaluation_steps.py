"""Evaluations in steps, frameworks, blind scoring"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import append_only, each

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


_STATUSES = (
    "status in ('planned', 'notified', 'scheme', 'fieldwork', 'draft',"
    " 'exchange_of_views', 'final', 'fed_back', 'disclosed', 'archived')"
)

#: What was scored before has the framework its sheet followed; what was being scored is 现场评价.
_CARRY_OVER = """
    insert into framework_row (region_code, evaluation_id, group_no, position, level1, level2,
                               name, weight, method, operator, target_value, points_total, points)
    select region_code, evaluation_id, group_no, position, level1, level2, name, weight, method,
           operator, target_value, points_total, '[]' from sheet_row;
    update evaluation e set status = case when e.status = 'scored' then 'draft'
                                          else 'fieldwork' end,
                            framework_approved_by = e.planned_by
    where e.status = 'scored' or e.status = 'planned' and exists (
        select from evaluation_group g where g.region_code = e.region_code
          and g.evaluation_id = e.id and g.score is not null);
"""


def upgrade() -> None:
    op.create_table(
        "evaluation_event",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("from_status", sa.String(), nullable=False),
        sa.Column("to_status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("done_by", sa.String(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "evaluation_id"],
            ["evaluation.region_code", "evaluation.id"],
            name="fk_evaluation_event_evaluation",
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_evaluation_event")),
    )
    op.create_index(
        "ix_evaluation_event_region_code_evaluation_id",
        "evaluation_event",
        ["region_code", "evaluation_id", "id"],
        unique=False,
    )
    op.create_table(
        "evaluation_step",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(), nullable=True),
        sa.Column(
            "details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "evaluation_id"],
            ["evaluation.region_code", "evaluation.id"],
            name="fk_evaluation_step_evaluation",
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "evaluation_id", "step", name=op.f("pk_evaluation_step")
        ),
    )
    op.create_table(
        "evaluator",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("is_lead", sa.Boolean(), nullable=False),
        sa.Column("has_interest", sa.Boolean(), nullable=True),
        sa.Column("interest", sa.String(), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('agency', 'expert')", name=op.f("ck_evaluator_kind")),
        sa.CheckConstraint(
            "(has_interest is null) = (declared_at is null)", name=op.f("ck_evaluator_declared")
        ),
        sa.CheckConstraint(
            "not has_interest or interest is not null", name=op.f("ck_evaluator_interest_said")
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "evaluation_id"],
            ["evaluation.region_code", "evaluation.id"],
            name="fk_evaluator_evaluation",
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "evaluation_id", "subject", name=op.f("pk_evaluator")
        ),
    )
    op.create_index(
        "ix_evaluator_region_code_subject", "evaluator", ["region_code", "subject"], unique=False
    )
    op.create_table(
        "view_exchange",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=True),
        sa.Column("opinion", sa.String(), nullable=True),
        sa.Column("opined_by", sa.String(), nullable=True),
        sa.Column("opined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("reply", sa.String(), nullable=True),
        sa.Column("replied_by", sa.String(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(accepted is null) = (replied_by is null)", name=op.f("ck_view_exchange_replied")
        ),
        sa.CheckConstraint(
            "(opinion is null) = (opined_by is null)", name=op.f("ck_view_exchange_opined")
        ),
        sa.CheckConstraint(
            "replied_by is null or opined_by is not null",
            name=op.f("ck_view_exchange_reply_to_something"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "evaluation_id"],
            ["evaluation.region_code", "evaluation.id"],
            name="fk_view_exchange_evaluation",
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "evaluation_id", "round_no", "unit_code", name=op.f("pk_view_exchange")
        ),
    )
    op.create_index(
        "ix_view_exchange_region_code_unit_code",
        "view_exchange",
        ["region_code", "unit_code"],
        unique=False,
    )
    op.create_table(
        "dissent",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("scoring_round", sa.Integer(), nullable=False),
        sa.Column("group_no", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "evaluation_id", "subject"],
            ["evaluator.region_code", "evaluator.evaluation_id", "evaluator.subject"],
            name="fk_dissent_evaluator",
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_dissent")),
    )
    op.create_index(
        "ix_dissent_region_code_evaluation_id",
        "dissent",
        ["region_code", "evaluation_id", "group_no"],
        unique=False,
    )
    op.create_table(
        "evaluator_sheet",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("scoring_round", sa.Integer(), nullable=False),
        sa.Column("group_no", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("rows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("total", sa.Numeric(precision=7, scale=2), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "evaluation_id", "subject"],
            ["evaluator.region_code", "evaluator.evaluation_id", "evaluator.subject"],
            name="fk_evaluator_sheet_evaluator",
        ),
        sa.PrimaryKeyConstraint(
            "region_code",
            "evaluation_id",
            "scoring_round",
            "group_no",
            "subject",
            name=op.f("pk_evaluator_sheet"),
        ),
    )
    op.create_table(
        "framework_row",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("group_no", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("level1", sa.String(), nullable=False),
        sa.Column("level2", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("weight", sa.Numeric(precision=7, scale=2), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("operator", sa.String(), nullable=True),
        sa.Column("target_value", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("points_total", sa.Integer(), nullable=True),
        sa.Column("points", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("evidence_method", sa.String(), nullable=True),
        sa.Column("standard", sa.String(), nullable=True),
        sa.CheckConstraint(
            "method in ('ratio', 'checklist')", name=op.f("ck_framework_row_method")
        ),
        sa.CheckConstraint(
            "standard in ('plan', 'industry', 'history')", name=op.f("ck_framework_row_standard")
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "evaluation_id", "group_no"],
            [
                "evaluation_group.region_code",
                "evaluation_group.evaluation_id",
                "evaluation_group.group_no",
            ],
            name="fk_framework_row_evaluation_group",
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "evaluation_id", "group_no", "position", name=op.f("pk_framework_row")
        ),
    )
    op.add_column(
        "evaluation", sa.Column("mode", sa.String(), server_default="finance", nullable=False)
    )
    op.add_column("evaluation", sa.Column("merge", sa.String(), nullable=True))
    op.add_column(
        "evaluation", sa.Column("scoring_round", sa.Integer(), server_default="1", nullable=False)
    )
    op.add_column("evaluation", sa.Column("framework_approved_by", sa.String(), nullable=True))
    for name in ("status", "finalized"):
        op.drop_constraint(op.f(f"ck_evaluation_{name}"), "evaluation", type_="check")
    each(op, _CARRY_OVER)
    op.create_check_constraint(op.f("ck_evaluation_status"), "evaluation", _STATUSES)
    op.create_check_constraint(
        op.f("ck_evaluation_finalized"),
        "evaluation",
        "(status in ('final', 'fed_back', 'disclosed', 'archived')) = (finalized_by is not null)",
    )
    op.create_check_constraint(
        op.f("ck_evaluation_mode"), "evaluation", "mode in ('finance', 'department')"
    )
    op.create_check_constraint(
        op.f("ck_evaluation_merge"),
        "evaluation",
        "merge in ('average', 'median', 'drop_extremes_average', 'lead')",
    )
    append_only(op, "evaluation_event", "evaluator_sheet", "dissent")
