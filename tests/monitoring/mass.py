"""A region with thousands of projects under monitoring, put straight into the tables."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.db import create_engine, sessions_of
from shared.ids import new_id
from tests.conftest import service_url

_GOALS = """
    insert into monitoring.approved_goal (region_code, goal_id, version, project_code, project_name,
                                          unit_code, unit_name, fiscal_year, annual_goal,
                                          indicators, synthetic)
    select $1, ('01890000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid, 1,
           '64019901T' || lpad(n::text, 12, '0'), '项目' || n || '（示例）', '219001',
           '单位（示例）', 2023, '按期完成', '[]', true
    from generate_series(1, $2::int) n
"""
_BUDGETS = """
    insert into monitoring.budget_version (region_code, fiscal_year, project_code, version_no,
                                           document_no, approved_on)
    select region_code, fiscal_year, project_code, 1, '批复（示例）', '2023-01-10'
    from monitoring.approved_goal where region_code = $1
"""
_FUNDS = """
    insert into monitoring.budget_fund (region_code, fiscal_year, project_code, version_no, fund_level,
                                        source, amount)
    select region_code, fiscal_year, project_code, 1, 'county', 'appropriation', 1000000
    from monitoring.approved_goal where region_code = $1
"""
#: Every third project has spent what July asks for.
_PAYMENTS = """
    insert into monitoring.payment (region_code, voucher_no, kind, project_code, fiscal_year, fund_level,
                                    amount, paid_on, imported_at)
    select region_code, project_code, 'payment', project_code, 2023, 'county', 600000, '2023-06-01', now()
    from monitoring.approved_goal
    where region_code = $1 and right(project_code, 6)::int % 3 = 0
"""
_ROUND = """
    insert into monitoring.monitoring_round (region_code, id, fiscal_year, name, period_from,
                                             period_to, due_on, form_count, opened_by, opened_at)
    values ($1, $2, 2023, $3, '2023-01-01', '2023-07-31', '2023-08-15', 0, 'officer', now())
"""


async def fill(admin_url: str, region_code: str, count: int) -> UUID:
    """So many projects of 2023, two thirds of them without a payment; a round over them."""
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute(_GOALS, region_code, count)
        await connection.execute(_BUDGETS, region_code)
        await connection.execute(_FUNDS, region_code)
        await connection.execute(_PAYMENTS, region_code)
        await connection.execute("analyze monitoring.approved_goal")
    finally:
        await connection.close()
    return await another_round(admin_url, region_code, "1–7月绩效监控")


async def another_round(admin_url: str, region_code: str, name: str) -> UUID:
    """A round over the projects that are there; nothing is filled in yet."""
    round_id = new_id()
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute(_ROUND, region_code, round_id, name)
    finally:
        await connection.close()
    return round_id


@asynccontextmanager
async def sessions_on(admin_url: str) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """Sessions with the service's own role, as a replica would have them."""
    url = service_url(admin_url, "monitoring")
    engine = create_engine(url, process="test", schema="monitoring", pool_size=3)
    try:
        yield sessions_of(engine, on_commit=lambda: None)
    finally:
        await engine.dispose()
