"""Rules: runs in chunks, a light per project, receipts written from inputs, answers to warnings.

Warnings of before get their inputs out of the receipt, and the wording of their rule out of the
receipt and the values that the shipped rules had then.
"""

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_MONEY_BANDS = [
    {"colour": "red", "below": 60}, {"colour": "yellow", "below": 80}, {"colour": "green"},
]  # fmt: skip
_VALUES = {
    "money-against-time": {"kind": "money_against_time", "bands": _MONEY_BANDS},
    "large-slow": {
        "kind": "large_slow",
        "min_budget": 2000000,
        "from_month": 8,
        "bands": [{"colour": "red", "below": 60}, {"colour": "green"}],
    },
    "indicator-progress": {
        "kind": "indicator_progress",
        "bands": [
            {"colour": "red", "below": 60},
            {"colour": "yellow", "below": 80},
            {"colour": "green", "below": 120},
            {"colour": "blue"},
        ],
        "limit_colours": {"kept": "green", "passed": "red"},
        "band_colours": {"achieved": "green", "partial": "yellow", "failed": "red"},
    },
    "forecast-short": {
        "kind": "forecast_short",
        "forecast_colours": {"met": "green", "short": "red"},
        "likelihood_colours": {"certain": "green", "possible": "yellow", "impossible": "red"},
    },
}
_ANSWER = {
    "days": 10,
    "allowed": ["measures", "adjust_goal", "transfer", "cancel", "false_alarm"],
    "on_silence": "逾期未回应的列入逾期清单，业务室可据此下达整改函",
}


def upgrade() -> None:
    _create_tables()
    _alter_runs()
    _alter_warnings()


def _create_tables() -> None:
    op.create_table(
        "rule_text",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("rule_key", sa.String(), nullable=False),
        sa.Column("wording", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("region_code", "rule_key", name=op.f("pk_rule_text")),
    )
    op.create_table(
        "project_colour",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("colour", sa.String(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "colour in ('red', 'yellow', 'green', 'blue', 'not_applicable')",
            name=op.f("ck_project_colour_colour"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "round_id"],
            ["monitoring_round.region_code", "monitoring_round.id"],
            name=op.f("fk_project_colour_region_code_round_id_monitoring_round"),
        ),
        sa.PrimaryKeyConstraint(
            "region_code", "round_id", "project_code", name=op.f("pk_project_colour")
        ),
    )
    op.create_table(
        "warning_answer",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("warning_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "answer in ('measures', 'adjust_goal', 'transfer', 'cancel', 'false_alarm')",
            name=op.f("ck_warning_answer_answer"),
        ),
        sa.CheckConstraint(
            "decision <> 'rejected' or decision_reason is not null",
            name=op.f("ck_warning_answer_rejected_why"),
        ),
        sa.CheckConstraint(
            "decision in ('accepted', 'rejected')", name=op.f("ck_warning_answer_decision")
        ),
        sa.CheckConstraint(
            "decision is null or answer = 'false_alarm'",
            name=op.f("ck_warning_answer_only_claims_are_decided"),
        ),
        sa.CheckConstraint(
            "(decision is null) = (decided_by is null)",
            name=op.f("ck_warning_answer_decided_by_someone"),
        ),
        sa.CheckConstraint(
            "decided_by <> answered_by", name=op.f("ck_warning_answer_decider_is_not_answerer")
        ),
        sa.ForeignKeyConstraint(
            ["region_code", "warning_id"],
            ["warning.region_code", "warning.id"],
            name=op.f("fk_warning_answer_region_code_warning_id_warning"),
        ),
        sa.PrimaryKeyConstraint("region_code", "id", name=op.f("pk_warning_answer")),
    )
    op.create_index(
        "ix_warning_answer_region_code_warning_id",
        "warning_answer",
        ["region_code", "warning_id"],
        unique=False,
    )


def _alter_runs() -> None:
    op.execute("""
        alter table rule_run
            add column rule_keys varchar[] not null default '{}',
            add column state varchar not null default 'done',
            add column project_count integer not null default 0,
            add column upto varchar not null default '',
            add column worsened integer not null default 0,
            add column cancelled_by varchar,
            add column finished_at timestamptz,
            add column row_version integer not null default 1
    """)
    op.execute("update rule_run set project_count = evaluated, finished_at = run_at")
    for column in ("rule_keys", "state", "project_count", "upto", "worsened", "row_version"):
        op.alter_column("rule_run", column, server_default=None)
    op.create_check_constraint(
        op.f("ck_rule_run_state"), "rule_run", "state in ('queued', 'running', 'done', 'cancelled')"
    )
    op.create_check_constraint(
        op.f("ck_rule_run_cancelled_by"),
        "rule_run",
        "(state = 'cancelled') = (cancelled_by is not null)",
    )
    op.create_index(
        "uq_rule_run_region_code_round_id_open",
        "rule_run",
        ["region_code", "round_id"],
        unique=True,
        postgresql_where=sa.text("state in ('queued', 'running')"),
    )


def _alter_warnings() -> None:
    op.execute("""
        alter table warning
            add column rule_key varchar, add column inputs jsonb, add column answer_due_on date,
            add column answer varchar, add column false_alarm boolean not null default false,
            add column told_version integer
    """)
    op.execute(
        sa.text("""
            insert into rule_text (region_code, rule_key, wording)
            select distinct on (region_code, receipt ->> 'version')
                   region_code, (receipt ->> 'version') || '#first', jsonb_build_object(
                       'rule_id', rule_id, 'title', receipt ->> 'title',
                       'effective_from', split_part(receipt ->> 'version', '@', 2),
                       'source', (receipt -> 'source') || '{"published_on": null}',
                       'values', cast(:values as jsonb) -> rule_id,
                       'answer', cast(:answer as jsonb))
            from warning order by region_code, receipt ->> 'version', id
        """).bindparams(values=json.dumps(_VALUES), answer=json.dumps(_ANSWER, ensure_ascii=False))
    )
    op.execute("""
        update warning
        set rule_key = (receipt ->> 'version') || '#first',
            inputs = jsonb_build_object('as_of', r.as_of) || (receipt -> 'inputs')
                     - 'month' - 'position',
            answer_due_on = (opened_at at time zone 'Asia/Shanghai')::date + 10,
            told_version = warning.row_version
        from rule_run r where r.region_code = warning.region_code and r.id = warning.run_id
    """)
    for column in ("rule_key", "inputs", "answer_due_on", "told_version"):
        op.alter_column("warning", column, nullable=False)
    op.alter_column("warning", "false_alarm", server_default=None)
    op.create_check_constraint(
        op.f("ck_warning_answer"),
        "warning",
        "answer in ('measures', 'adjust_goal', 'transfer', 'cancel', 'false_alarm')",
    )
    op.drop_column("warning", "reason")
    op.drop_column("warning", "receipt")
