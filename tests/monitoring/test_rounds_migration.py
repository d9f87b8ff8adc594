"""Rounds and forms opened before rounds could choose, extend or close stay what they were."""

from typing import Any

import asyncpg
from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.migrate import tree_of
from deploy.topology import BY_NAME
from shared.db import sqlalchemy_url
from shared.migrations import config
from tests.conftest import Databases

REGION, ID = "640104000", "00000000-0000-0000-0000-000000000001"

_BEFORE = f"""
    insert into approved_goal (region_code, goal_id, version, project_code, project_name, unit_code,
                               unit_name, fiscal_year, annual_goal, indicators, synthetic)
    values ('{REGION}', '{ID}', 1, '64010423T000000000001', '路灯（示例）', '219001',
            '单位（示例）', 2023, '换灯', '[]', true);
    insert into monitoring_round (region_code, id, fiscal_year, name, period_from, period_to,
                                  due_on, form_count, opened_by, opened_at)
    values ('{REGION}', '{ID}', 2023, '1–7月', '2023-01-01', '2023-07-31', '2023-08-31', 1, 'o',
            now());
    insert into monitoring_form (region_code, id, round_id, goal_id, project_code, project_name,
                                 unit_code, unit_name, fiscal_year, status, annual_goal,
                                 row_version, updated_at)
    values ('{REGION}', '{ID}', '{ID}', '{ID}', '64010423T000000000001', '路灯（示例）', '219001',
            '单位（示例）', 2023, 'open', '换灯', 1, now());
    insert into form_row (region_code, form_id, position, level1, level2, name, operator,
                          target_value, unit_of_measure, actual_to_date, deviation_causes)
    values ('{REGION}', '{ID}', 1, 'output', 'quantity', '路灯', '>=', 120, '盏', 30, '{{}}');
"""


async def test_what_was_opened_before_is_open_and_due_as_before(databases: Databases) -> None:
    url = await databases.new()
    await _start_over(url)
    connection = await asyncpg.connect(url, server_settings={"search_path": "monitoring"})
    try:
        await connection.execute(_BEFORE)
        await _migrate(url, "head")
        monitoring = await connection.fetchrow("select * from monitoring_round")
        assert (monitoring["status"], monitoring["selection"]) == ("open", "{}")
        assert (monitoring["row_version"], monitoring["closed_at"]) == (1, None)
        assert await connection.fetchval("select extended_to from monitoring_form") is None
        row = await connection.fetchrow("select * from form_row")
        assert (str(row["actual_to_date"]), row["defaulted"]) == ("30.0000", [])
        goal = await connection.fetchrow("select * from approved_goal")
        assert (goal["is_key"], goal["category"], goal["sector"]) == (False, "", None)
    finally:
        await connection.close()


async def _start_over(url: str) -> None:
    engine = create_async_engine(sqlalchemy_url(url))
    async with engine.begin() as connection:
        await connection.execute(text("drop schema monitoring cascade"))
        await connection.execute(text("create schema monitoring"))
    await engine.dispose()
    await _migrate(url, "0001")


async def _migrate(url: str, revision: str) -> None:
    engine = create_async_engine(sqlalchemy_url(url))
    async with engine.connect() as connection:
        await connection.run_sync(_upgrade, revision)
        await connection.commit()
    await engine.dispose()


def _upgrade(connection: Connection, revision: str) -> None:
    monitoring: Any = BY_NAME["monitoring"]
    alembic = config(connection, tree=tree_of(monitoring), schema=monitoring.schema)
    command.upgrade(alembic, revision)
