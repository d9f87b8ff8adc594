"""Alembic's entry for the monitoring schema."""

from services.monitoring.tables import Table
from shared.migrations import run

run(Table.metadata)
