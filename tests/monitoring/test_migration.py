"""What was stored before execution was kept in full is carried over, and the feed fills the rest."""

from typing import Any

import asyncpg
from alembic import command
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.migrate import tree_of
from deploy.topology import BY_NAME
from shared.db import sqlalchemy_url
from shared.migrations import config
from tests.conftest import Databases

_BEFORE = """
    insert into unit values ('1', '219001', '单位（示例）', '教科文室', 3);
    insert into approved_goal values
        ('1', '00000000-0000-0000-0000-000000000001', 4, 'P1', '项目（示例）', '219001',
         '单位（示例）', 2023, '换灯', '[]', true),
        ('1', '00000000-0000-0000-0000-000000000002', 4, 'P2', '项目（示例）', '219001',
         '单位（示例）', 2023, '换灯', '[]', true);
    insert into payment values ('1', 'A', 'P1', 2023, 'county', 10, '2023-03-01', now()),
                               ('1', 'B', 'P1', 2023, 'county', -4, '2023-04-01', now());
    insert into execution values ('1', 'P1', 2023, 2, '2023-04-01');
    insert into feed_cursor values ('goals', '9-9'), ('evaluation', '8-8');
"""


async def test_vouchers_get_their_kind_and_the_goals_feed_is_read_again(
    databases: Databases,
) -> None:
    url = await databases.new()
    connection = await asyncpg.connect(url, server_settings={"search_path": "monitoring"})
    await connection.execute("drop schema monitoring cascade; create schema monitoring")
    await _migrate(url, "0001")
    await connection.execute(_BEFORE)
    await _migrate(url, "head")

    async def rows(sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await connection.fetch(sql)]

    assert await rows("select voucher_no, kind, reverses_voucher_no from payment order by 1") == [
        ("A", "payment", None),
        ("B", "refund", None),
    ]
    years = "select project_code, version, last_paid_on::text from execution order by 1"
    assert await rows(years) == [("P1", 2, "2023-04-01")]
    assert await rows("select source from feed_cursor") == [("evaluation",)]
    assert await rows("select version from unit union all select version from approved_goal") == [
        (0,), (0,), (0,),
    ]  # fmt: skip
    await connection.close()


async def _migrate(url: str, revision: str) -> None:
    process = BY_NAME["monitoring"]

    def run(connection: Connection) -> None:
        command.upgrade(
            config(connection, tree=tree_of(process), schema=str(process.schema)), revision
        )

    engine = create_async_engine(sqlalchemy_url(url))
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()
