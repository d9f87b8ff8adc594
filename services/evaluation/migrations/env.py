"""Alembic's entry for the evaluation schema."""

from services.evaluation.tables import Table
from shared.migrations import run

run(Table.metadata)
