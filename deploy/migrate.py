"""Make roles and schemas and bring every schema to its newest version: `python -m deploy.migrate`.

Reads `DATABASE_URL` (an administrator) and each service's own URL from
`WENXIAO_<SERVICE>_DATABASE_URL`, whose user and password become that service's login role.
"""

import asyncio
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from deploy.topology import SERVICES, Process
from shared.db import sqlalchemy_url
from shared.migrations import upgrade

_ROOT = Path(__file__).parent.parent
_LOCK = 0x77656E78  # one migration at a time per database


def tree_of(process: Process) -> Path:
    """Where a service keeps its Alembic tree."""
    return _ROOT / "services" / process.name / "migrations"


async def migrate(admin_url: str, service_urls: dict[str, str]) -> None:
    """Idempotent: a second run changes nothing."""
    engine = create_async_engine(sqlalchemy_url(admin_url))
    try:
        async with engine.connect() as connection:
            await connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": _LOCK})
            await connection.commit()
            for process in SERVICES:
                await _prepare(connection, process, service_urls[process.name])
                await connection.run_sync(
                    upgrade, tree=tree_of(process), schema=str(process.schema)
                )
                await connection.commit()
    finally:
        await engine.dispose()


async def _prepare(connection: AsyncConnection, process: Process, url: str) -> None:
    """The login role with its password, the schema, and rights on that schema alone."""
    parts = urlsplit(url)
    role, schema = str(parts.username), process.schema
    password = str(make_url(url).password or "").replace("'", "''")
    exists = await connection.scalar(
        text("select 1 from pg_roles where rolname = :role"), {"role": role}
    )
    verb = "alter" if exists else "create"
    for statement in (
        f"{verb} role {role} login nosuperuser nobypassrls password '{password}'",
        f"create schema if not exists {schema}",
        f"revoke all on schema {schema} from public",
        f"grant usage on schema {schema} to {role}",
        f"alter default privileges in schema {schema}"
        f" grant select, insert, update, delete on tables to {role}",
        f"alter default privileges in schema {schema} grant usage on sequences to {role}",
    ):
        await connection.execute(text(statement))
    await connection.commit()


def main() -> int:
    """Migrate what the environment names; the exit code says whether it worked."""
    admin_url = os.environ.get("DATABASE_URL", "")
    urls = {p.name: os.environ.get(f"WENXIAO_{p.name.upper()}_DATABASE_URL", "") for p in SERVICES}
    missing = [name for name, url in {"DATABASE_URL": admin_url, **urls}.items() if not url]
    if missing:
        print(f"缺少环境变量：{', '.join(missing)}", file=sys.stderr)
        return 2
    try:
        asyncio.run(migrate(admin_url, urls))
    except (DBAPIError, OSError) as error:
        print(f"数据库迁移失败：{error}", file=sys.stderr)
        return 1
    print("数据库已是最新版本")
    return 0


if __name__ == "__main__":
    sys.exit(main())
