"""Payments and receipts by their day."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_payment_region_code_paid_on", "payment", ["region_code", "paid_on"])
    op.create_index(
        "ix_fund_receipt_region_code_received_on", "fund_receipt", ["region_code", "received_on"]
    )
