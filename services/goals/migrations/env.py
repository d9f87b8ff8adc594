"""Alembic's entry for the goals schema."""

from services.goals.tables import Table
from shared.migrations import run

run(Table.metadata)
