"""Run one service's Alembic tree inside its own schema."""

from pathlib import Path
from typing import Any

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


def each(op: Any, script: str) -> None:
    """Run the statements of a script, each ending in `;` at a line's end."""
    for statement in filter(None, map(str.strip, script.split(";\n"))):
        op.execute(statement)


def append_only(op: Any, *tables: str) -> None:
    """Take from everybody but the owner the right to change or delete rows of these tables."""
    for table in tables:
        op.execute(f"""
            do $$ declare grantee name; begin
                for grantee in
                    select distinct g.grantee from information_schema.role_table_grants g
                    where g.table_schema = current_schema() and g.table_name = '{table}'
                      and g.grantee <> current_user
                loop
                    execute format('revoke update, delete, truncate on %I from %I',
                                   '{table}', grantee);
                end loop;
            end $$
        """)


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
