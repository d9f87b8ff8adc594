"""A Postgres with 100,000 made-up projects."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg

from deploy.migrate import migrate
from deploy.postgres import as_role, given_url, running_postgres, with_database
from deploy.topology import SERVICES
from tests.bench.bare import REGION

UNIT = "101001"
#: Every fiftieth project is the unit's.
CODES = [f"64010423R{number * 50:012d}" for number in range(0, 2000, 7)]

_PROJECTS = f"""
    insert into goals.unit (region_code, code, name, department_code, office, synthetic,
                            row_version, updated_at)
    select '{REGION}', (101000 + n)::text, '单位' || n, '101', '行财室', true, 1, now()
           from generate_series(1, 50) n;
    insert into goals.project (region_code, code, name, unit_code, category, kind, spending_kind,
                               is_key, synthetic, row_version, updated_at)
    select '{REGION}', '64010423R' || lpad(n::text, 12, '0'), '项目' || n,
           (101001 + n % 50)::text, 'specific', 'new', 'other', false, true, 1, now()
           from generate_series(0, 99999) n;
    insert into goals.project_fund (region_code, project_code, fiscal_year, fund_level, source,
                                    amount)
    select region_code, code, 2023, 'county', 'appropriation', 100000 from goals.project;
    analyze goals.unit; analyze goals.project; analyze goals.project_fund;
"""


@asynccontextmanager
async def filled_database(folder: Path) -> AsyncIterator[tuple[str, str]]:
    """The goals service's own URL, and the administrator's, of a database with the projects."""
    async with scratch_database(folder / "postgres") as (admin_url, urls):
        await execute(admin_url, _PROJECTS)
        yield urls["goals"], admin_url


@asynccontextmanager
async def scratch_database(folder: Path) -> AsyncIterator[tuple[str, dict[str, str]]]:
    """The administrator's URL and each service's of an empty database dropped afterwards."""
    with running_postgres(folder, url=given_url()) as server_url:
        name = f"wenxiao_bench_{uuid4().hex[:8]}"
        admin_url = with_database(server_url, name)
        urls = {process.name: as_role(admin_url, process.role, "bench") for process in SERVICES}
        await execute(server_url, f"create database {name}")
        try:
            await migrate(admin_url, urls)
            yield admin_url, urls
        finally:
            await execute(server_url, f"drop database {name} with (force)")


async def execute(url: str, sql: str) -> None:
    """Run a statement on a connection of its own."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql, timeout=600)
    finally:
        await connection.close()
