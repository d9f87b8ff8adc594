"""The reason typed for one row of a form may stand for others; the day of a tender is known."""

import sqlalchemy as sa
from alembic import op

from shared.migrations import append_only

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("ck_form_row_defaulted"), "form_row", type_="check")
    op.create_check_constraint(
        op.f("ck_form_row_defaulted"),
        "form_row",
        "defaulted <@ array['actual_to_date', 'actual_forecast', 'likelihood',"
        " 'deviation_causes', 'deviation_text']::varchar[]",
    )
    op.create_table(
        "tender",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tender_on", sa.Date(), nullable=False),
        sa.Column("reported_by", sa.String(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "region_code", "fiscal_year", "project_code", "version", name=op.f("pk_tender")
        ),
    )
    append_only(op, "tender")
