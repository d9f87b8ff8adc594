"""Write a service's next migration from its tables: `python -m deploy.revise goals "message"`.

Compares the tables with a database migrated to the present head, in a throw-away Postgres.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.migrate import migrate, tree_of
from deploy.postgres import as_role, running_postgres
from deploy.topology import BY_NAME, SERVICES, Process
from shared.db import sqlalchemy_url
from shared.migrations import config


async def revise(admin_url: str, process: Process, message: str) -> None:
    """Migrate a scratch database, then let Alembic write what is missing."""
    await migrate(admin_url, {p.name: as_role(admin_url, p.role, "scratch") for p in SERVICES})
    engine = create_async_engine(sqlalchemy_url(admin_url))
    async with engine.connect() as connection:
        await connection.run_sync(_write, process, message)
    await engine.dispose()


def _write(connection: Connection, process: Process, message: str) -> None:
    alembic = config(connection, tree=tree_of(process), schema=str(process.schema))
    number = len(list((tree_of(process) / "versions").glob("*.py"))) + 1
    command.revision(alembic, message=message, autogenerate=True, rev_id=f"{number:04d}")


def main() -> int:
    """Command line."""
    process, message = BY_NAME[sys.argv[1]], sys.argv[2]
    with tempfile.TemporaryDirectory() as folder, running_postgres(Path(folder) / "pg") as url:
        asyncio.run(revise(url, process, message))
    return 0


if __name__ == "__main__":
    sys.exit(main())
