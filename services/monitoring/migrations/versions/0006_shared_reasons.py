"""The reason typed for one row of a form may stand for others."""

from alembic import op

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
