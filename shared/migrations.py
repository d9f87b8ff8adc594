"""Run one service's Alembic tree inside its own schema."""

from pathlib import Path

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, text


def upgrade(connection: Connection, *, tree: Path, schema: str) -> None:
    """Bring the schema to the newest version of the tree; the connection's user owns the tables."""
    command.upgrade(config(connection, tree=tree, schema=schema), "head")


def config(connection: Connection, *, tree: Path, schema: str) -> Config:
    """The Alembic configuration for a tree; there is no alembic.ini."""
    alembic = Config()
    alembic.set_main_option("script_location", str(tree))
    alembic.attributes.update(connection=connection, schema=schema)
    return alembic


def run(metadata: MetaData) -> None:
    """What each tree's env.py does: migrate over the connection it was given."""
    connection: Connection = context.config.attributes["connection"]
    schema: str = context.config.attributes["schema"]
    connection.execute(text(f'set search_path to "{schema}"'))
    connection.execute(text("set lock_timeout to '5s'"))
    connection.dialect.default_schema_name = schema
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table_schema=schema,
        compare_type=True,
        compare_server_default=False,
        include_name=lambda name, _kind, _parents: name != "alembic_version",
    )
    with context.begin_transaction():
        context.run_migrations()
