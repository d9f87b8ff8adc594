"""Goals in full: what was filled in, submitted, reviewed and approved is kept apart.

Goals that were approved before get their first version out of the form as it stands.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import append_only, each

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _alter_directory()
    _alter_goals()
    _create_tables()
    _add_foreign_keys()
    _keep_what_was_submitted_and_approved()
    append_only(
        op, "approved_budget", "approval_batch", "goal_review", "goal_step", "goal_submission",
        "goal_version",
    )  # fmt: skip


def _alter_directory() -> None:
    each(
        op,
        """
        alter table unit add column uscc varchar,
            add constraint ck_unit_below_its_department
                check (starts_with(code, department_code));
        create index ix_unit_region_code_department_code on unit (region_code, department_code);
        create index ix_unit_region_code_office_code on unit (region_code, office, code);
        drop index ix_project_region_code_unit_code;
        create index ix_project_region_code_unit_code_code on project (region_code, unit_code, code);
        alter table project
            add column spending_kind varchar not null default 'other',
            add column sector varchar,
            add column is_key boolean not null default false,
            add column period_start date,
            add column period_end date,
            add column midterm_fiscal numeric(18, 2),
            add column midterm_other numeric(18, 2),
            add constraint ck_project_spending_kind check (spending_kind in ('construction',
                'renovation', 'purchase', 'service', 'subsidy', 'operation', 'other')),
            add constraint ck_project_period check (period_start <= period_end);
        alter table project
            alter column spending_kind drop default, alter column is_key drop default;
        alter table project_fund
            add column source varchar not null default 'appropriation',
            add constraint ck_project_fund_source check (source in ('appropriation', 'carry_over',
                'special_account', 'unit', 'other')),
            drop constraint pk_project_fund,
            add constraint pk_project_fund
                primary key (region_code, project_code, fiscal_year, fund_level, source);
        alter table project_fund alter column source drop default;
        create index ix_project_region_code_key_projects
            on project (region_code, code) where is_key;
        drop index ix_project_fund_region_code_fiscal_year;
        create index ix_project_fund_region_code_fiscal_year_fund_level
            on project_fund (region_code, fiscal_year, fund_level, project_code);
    """,
    )


def _alter_goals() -> None:
    each(
        op,
        """
        alter table approval_batch add column adjustment_count integer not null default 0;
        alter table approval_batch alter column adjustment_count drop default;
        alter table goal
            add column kind varchar not null default 'project',
            add column midterm_goal varchar,
            add column tasks jsonb not null default '[]',
            add column submission_count integer not null default 0,
            add column approved_version integer,
            add column disclosed_version integer,
            add column disclosure_exemption varchar,
            add column budget_change_id uuid,
            add column attention integer not null default 3,
            alter column project_code drop not null,
            alter column annual_goal drop not null,
            drop constraint uq_goal_region_code_project_code_fiscal_year,
            drop constraint ck_goal_status,
            drop constraint ck_goal_approved_in_a_batch;
        update goal set submission_count = case when submitted_by is null then 0 else 1 end,
            approved_version = case when batch_id is null then null else 1 end,
            disclosed_version = case when disclosure_id is null then null else 1 end;
        alter table goal
            alter column kind drop default,
            alter column tasks drop default,
            alter column submission_count drop default,
            alter column attention drop default,
            add constraint ck_goal_status check (status in ('draft', 'submitted', 'returned',
                'improving', 'reviewed', 'rejected', 'approved')),
            add constraint ck_goal_kind check (kind in ('project', 'department')),
            add constraint ck_goal_project_of_kind
                check ((kind = 'project') = (project_code is not null)),
            add constraint ck_goal_approved_in_a_batch check (
                (approved_version is null) = (batch_id is null)
                and (approved_version is null) = (approved_by is null)
                and (status <> 'approved' or approved_version is not null)),
            add constraint ck_goal_disclosed_what_was_approved
                check (disclosed_version <= approved_version),
            add constraint ck_goal_adjusts_what_was_approved
                check (budget_change_id is null or approved_version is not null);
        drop index ix_goal_region_code_unit_code;
        create unique index ix_goal_region_code_project_code
            on goal (region_code, project_code, fiscal_year) where kind = 'project';
        create unique index ix_goal_region_code_department
            on goal (region_code, unit_code, fiscal_year) where kind = 'department';
        create index ix_goal_region_code_unit_code_id on goal (region_code, unit_code, id);
        create index ix_goal_region_code_budget_change_id
            on goal (region_code, budget_change_id) where budget_change_id is not null;
        create index ix_goal_region_code_status_id on goal (region_code, status, id);
        create index ix_goal_region_code_review_queue
            on goal (region_code, attention, id) where status = 'submitted';
        alter table goal_indicator
            add column row_id uuid not null default gen_random_uuid(),
            add column scope varchar not null default 'annual',
            add column evidence varchar,
            add column scoring_rule varchar,
            add column library_id uuid,
            alter column level1 drop not null,
            alter column level2 drop not null,
            alter column name drop not null,
            alter column operator drop not null,
            alter column weight drop not null,
            drop constraint pk_goal_indicator,
            add constraint pk_goal_indicator primary key (region_code, goal_id, row_id),
            add constraint ck_goal_indicator_scope check (scope in ('annual', 'midterm'));
        alter table goal_indicator
            alter column row_id drop default, alter column scope drop default;
        create index ix_goal_indicator_region_code_library_id
            on goal_indicator (region_code, library_id) where library_id is not null;
        alter table goal_step add column submission_no integer, add column version_no integer;
    """,
    )


def _add_foreign_keys() -> None:
    each(
        op,
        """
        alter table goal
            add constraint fk_goal_region_code_unit_code_unit
                foreign key (region_code, unit_code) references unit (region_code, code),
            add constraint fk_goal_region_code_budget_change_id_budget_change
                foreign key (region_code, budget_change_id)
                references budget_change (region_code, id);
    """,
    )


def _keep_what_was_submitted_and_approved() -> None:
    each(
        op,
        """
        insert into goal_submission
            (region_code, goal_id, submission_no, content, submitted_by, submitted_at)
        select g.region_code, g.id, 1, jsonb_build_object(
                   'annual_goal', g.annual_goal, 'midterm_goal', null, 'tasks', '[]'::jsonb,
                   'indicators', coalesce(i.rows, '[]')), g.submitted_by, g.updated_at
        from goal g left join (
            select region_code, goal_id, jsonb_agg(jsonb_build_object(
                'row_id', row_id, 'position', position, 'scope', scope, 'level1', level1,
                'level2', level2, 'name', name, 'operator', operator,
                'target_value', trim_scale(target_value)::text, 'target_text', target_text,
                'unit_of_measure', unit_of_measure, 'weight', trim_scale(weight)::text,
                'evidence', null, 'scoring_rule', null, 'library_id', null)
                order by position) as rows
            from goal_indicator group by 1, 2
        ) i on i.region_code = g.region_code and i.goal_id = g.id
        where g.submission_count = 1;
        insert into approved_budget
            (region_code, project_code, fiscal_year, batch_id, amount, funds)
        select f.region_code, f.project_code, f.fiscal_year, g.batch_id, sum(f.amount),
               jsonb_agg(jsonb_build_object('fund_level', f.fund_level, 'source', f.source,
                                            'amount', f.amount::text) order by f.fund_level)
        from goal g join project_fund f on f.region_code = g.region_code
            and f.project_code = g.project_code and f.fiscal_year = g.fiscal_year
        where g.approved_version = 1 group by 1, 2, 3, 4;
        insert into goal_version (region_code, goal_id, version_no, submission_no, batch_id, funds,
                                  approved_by, approved_at)
        select g.region_code, g.id, 1, 1, g.batch_id, coalesce(a.funds, '[]'), g.approved_by,
               b.created_at
        from goal g
        join approval_batch b on b.region_code = g.region_code and b.id = g.batch_id
        left join approved_budget a on a.region_code = g.region_code
            and a.project_code = g.project_code and a.fiscal_year = g.fiscal_year
        where g.approved_version = 1;
    """,
    )


def _create_tables() -> None:
    op.create_table(
        "budget_cycle",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("submit_by", sa.Date(), nullable=False),
        sa.Column("review_by", sa.Date(), nullable=False),
        sa.Column("approve_by", sa.Date(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "submit_by <= review_by and review_by <= approve_by",
            name=op.f("ck_budget_cycle_steps_in_order"),
        ),
        sa.PrimaryKeyConstraint("region_code", "fiscal_year", name=op.f("pk_budget_cycle")),
    )
    op.create_table(
        "ex_ante_result",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("conclusion", sa.String(), nullable=False),
        sa.Column("concluded_on", sa.Date(), nullable=False),
        sa.Column("report_no", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "region_code", "project_code", "fiscal_year", name=op.f("pk_ex_ante_result")
        ),
    )
    op.create_table(
        "rectification",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("rectification_id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("letter_no", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("project_codes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region_code", "rectification_id", name=op.f("pk_rectification")),
    )
    op.create_index(
        "ix_rectification_region_code_unit_code",
        "rectification",
        ["region_code", "unit_code", "fiscal_year"],
        unique=False,
    )
    op.create_table(
        "region",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region_code", name=op.f("pk_region")),
    )
    op.create_table(
        "self_evaluated",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("total", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("rows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "region_code", "project_code", "fiscal_year", name=op.f("pk_self_evaluated")
        ),
    )
    op.create_table(
        "approved_budget",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("funds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "batch_id"],
            ["approval_batch.region_code", "approval_batch.id"],
            name=op.f("fk_approved_budget_region_code_batch_id_approval_batch"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "project_code", "fiscal_year", name=op.f("pk_approved_budget")
        ),
    )
    op.create_table(
        "notice",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("goal_count", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(received_at is null) = (received_by is null)", name=op.f("ck_notice_received")
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "batch_id"],
            ["approval_batch.region_code", "approval_batch.id"],
            name=op.f("fk_notice_region_code_batch_id_approval_batch"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "unit_code"],
            ["unit.region_code", "unit.code"],
            name=op.f("fk_notice_region_code_unit_code_unit"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "region_code",
            "batch_id",
            "unit_code",
            name=op.f("uq_notice_region_code_batch_id_unit_code"),
        ),
    )
    op.create_index(
        "ix_notice_region_code_unit_code_id",
        "notice",
        ["region_code", "unit_code", "id"],
        unique=False,
    )
    op.create_table(
        "officer_assignment",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("officer_name", sa.String(), nullable=False),
        sa.Column("assigned_by", sa.String(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "unit_code"],
            ["unit.region_code", "unit.code"],
            name=op.f("fk_officer_assignment_region_code_unit_code_unit"),
        ),
        sa.PrimaryKeyConstraint("region_code", "unit_code", name=op.f("pk_officer_assignment")),
    )
    op.create_index(
        "ix_officer_assignment_region_code_officer",
        "officer_assignment",
        ["region_code", "officer"],
        unique=False,
    )
    op.create_table(
        "budget_change",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("document_no", sa.String(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.Column("withdrawal_reason", sa.String(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'approved') = (batch_id is not null) and status in ('pending', 'approved', 'withdrawn')",
            name=op.f("ck_budget_change_status"),
        ),
        sa.CheckConstraint(
            "kind in ('supplement', 'reduction', 'transfer', 'carry_over')",
            name=op.f("ck_budget_change_kind"),
        ),
        sa.CheckConstraint(
            "(status = 'withdrawn') = (withdrawn_by is not null)"
            " and (status = 'withdrawn') = (withdrawal_reason is not null)",
            name=op.f("ck_budget_change_withdrawn_with_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "batch_id"],
            ["approval_batch.region_code", "approval_batch.id"],
            name=op.f("fk_budget_change_region_code_batch_id_approval_batch"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "project_code"],
            ["project.region_code", "project.code"],
            name=op.f("fk_budget_change_region_code_project_code_project"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_budget_change")),
        sa.UniqueConstraint(
            "region_code",
            "document_no",
            "project_code",
            name=op.f("uq_budget_change_region_code_document_no_project_code"),
        ),
    )
    for columns in (
        ["region_code", "project_code", "id"],
        ["region_code", "fiscal_year", "id"],
        ["region_code", "status", "id"],
    ):
        op.create_index(f"ix_budget_change_{'_'.join(columns)}", "budget_change", columns)
    op.create_table(
        "budget_change_line",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("fund_level", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint(
            "fund_level in ('central', 'provincial', 'municipal', 'county')",
            name=op.f("ck_budget_change_line_fund_level"),
        ),
        sa.CheckConstraint(
            "source in ('appropriation', 'carry_over', 'special_account', 'unit', 'other')",
            name=op.f("ck_budget_change_line_source"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "change_id"],
            ["budget_change.region_code", "budget_change.id"],
            name=op.f("fk_budget_change_line_region_code_change_id_budget_change"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "change_id", "fund_level", "source", name=op.f("pk_budget_change_line")
        ),
    )
    op.create_table(
        "goal_submission",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("submission_no", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("submitted_by", sa.String(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code", "goal_id"],
            ["goal.region_code", "goal.id"],
            name=op.f("fk_goal_submission_region_code_goal_id_goal"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "goal_id", "submission_no", name=op.f("pk_goal_submission")
        ),
    )
    op.create_table(
        "goal_review",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("submission_no", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("total", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("remarks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("reviewed_by", sa.String(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(mode = 'quantitative') = (total is not null)", name=op.f("ck_goal_review_total")
        ),
        sa.CheckConstraint(
            "grade in ('excellent', 'good', 'fair', 'poor')", name=op.f("ck_goal_review_grade")
        ),
        sa.CheckConstraint(
            "mode in ('quantitative', 'qualitative')", name=op.f("ck_goal_review_mode")
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "goal_id", "submission_no"],
            [
                "goal_submission.region_code",
                "goal_submission.goal_id",
                "goal_submission.submission_no",
            ],
            name="fk_goal_review_goal_submission",
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_goal_review")),
    )
    op.create_index(
        "ix_goal_review_region_code_goal_id",
        "goal_review",
        ["region_code", "goal_id", "submission_no"],
        unique=False,
    )
    op.create_table(
        "goal_version",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column("submission_no", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("budget_change_id", sa.Uuid(), nullable=True),
        sa.Column("funds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(version_no = 1) = (budget_change_id is null)",
            name=op.f("ck_goal_version_later_ones_adjust"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "batch_id"],
            ["approval_batch.region_code", "approval_batch.id"],
            name=op.f("fk_goal_version_region_code_batch_id_approval_batch"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "budget_change_id"],
            ["budget_change.region_code", "budget_change.id"],
            name=op.f("fk_goal_version_region_code_budget_change_id_budget_change"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "goal_id", "submission_no"],
            [
                "goal_submission.region_code",
                "goal_submission.goal_id",
                "goal_submission.submission_no",
            ],
            name="fk_goal_version_goal_submission",
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "goal_id", "version_no", name=op.f("pk_goal_version")
        ),
    )
    op.create_index(
        "ix_goal_version_region_code_batch_id",
        "goal_version",
        ["region_code", "batch_id"],
        unique=False,
    )
