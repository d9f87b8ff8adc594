"""What was stored before goals were kept in versions is carried over, nothing lost, nothing made up."""

from typing import Any
from uuid import UUID

import asyncpg
from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.migrate import tree_of
from deploy.topology import BY_NAME
from shared.db import sqlalchemy_url
from shared.migrations import config
from tests.conftest import Databases

REGION = "640104000"
DRAFT, APPROVED = UUID(int=1), UUID(int=2)

_BEFORE = f"""
    insert into unit values ('{REGION}', '219001', '单位（示例）', '219', '教科文室', true, 1, now());
    insert into project (region_code, code, name, unit_code, category, kind, synthetic,
                         row_version, updated_at)
    select '{REGION}', '64010423T00000000000' || n, '项目（示例）', '219001', 'specific', 'new',
           true, 1, now() from generate_series(1, 2) n;
    insert into project_fund values ('{REGION}', '64010423T000000000002', 2023, 'county', 300.50),
                                    ('{REGION}', '64010423T000000000002', 2023, 'central', 100);
    insert into approval_batch values ('{REGION}', '{APPROVED}', '1号', 2023, '2023-01-31', 'c', 1,
                                       400.50, '2023-01-31 08:00+00');
    insert into disclosure values ('{REGION}', '{APPROVED}', '219001', 2023, 'https://x.invalid',
                                   '2023-02-01', 'b', 1, now());
    insert into goal (region_code, id, project_code, unit_code, fiscal_year, status, annual_goal,
                      row_version, drafted_by, submitted_by, reviewed_by, approved_by, batch_id,
                      disclosure_id, updated_at)
    values ('{REGION}', '{DRAFT}', '64010423T000000000001', '219001', 2023, 'draft', '草稿', 1, 'a',
            null, null, null, null, null, now()),
           ('{REGION}', '{APPROVED}', '64010423T000000000002', '219001', 2023, 'approved', '换灯',
            4, 'a', 'b', 'o', 'c', '{APPROVED}', '{APPROVED}', now());
    insert into goal_indicator values ('{REGION}', '{APPROVED}', 1, 'output', 'quantity', '路灯',
                                       '>=', 120.0000, null, '盏', 90.00);
"""


async def test_goals_approved_before_get_their_first_version(databases: Databases) -> None:
    url = await databases.new()
    await _start_over(url)
    connection = await asyncpg.connect(url, server_settings={"search_path": "goals"})
    try:
        await connection.execute(_BEFORE)
        await _migrate(url, "head")
        assert await _row(connection, f"select * from goal where id = '{DRAFT}'") | {
            "updated_at": None
        } == _goal(DRAFT, status="draft", annual_goal="草稿", row_version=1)
        version = await _row(
            connection,
            "select v.version_no, v.approved_by, v.funds, s.submission_no, s.submitted_by,"
            " s.content #>> '{indicators,0,target_value}' as target, s.content ->> 'annual_goal'"
            " as text from goal_version v join goal_submission s using (goal_id, submission_no)",
        )
        assert version == {
            "version_no": 1,
            "approved_by": "c",
            "funds": '[{"amount": "100.00", "source": "appropriation", "fund_level": "central"}, '
            '{"amount": "300.50", "source": "appropriation", "fund_level": "county"}]',
            "submission_no": 1,
            "submitted_by": "b",
            "target": "120",
            "text": "换灯",
        }
        kept = await _row(connection, "select amount, batch_id from approved_budget")
        assert (str(kept["amount"]), kept["batch_id"]) == ("400.50", APPROVED)
        done = await _row(connection, f"select * from goal where id = '{APPROVED}'")
        assert (done["approved_version"], done["disclosed_version"]) == (1, 1)
        assert (await _row(connection, "select row_id, scope from goal_indicator"))["scope"] == (
            "annual"
        )
    finally:
        await connection.close()


def _goal(goal_id: UUID, **changes: Any) -> dict[str, Any]:
    """A draft as it has to look afterwards."""
    nothing = dict.fromkeys(
        (
            "midterm_goal", "approved_version", "disclosed_version", "disclosure_exemption",
            "budget_change_id", "submitted_by", "reviewed_by", "approved_by", "batch_id",
            "disclosure_id", "updated_at",
        )
    )  # fmt: skip
    return {
        **nothing,
        "region_code": REGION,
        "id": goal_id,
        "kind": "project",
        "project_code": "64010423T000000000001",
        "unit_code": "219001",
        "fiscal_year": 2023,
        "tasks": "[]",
        "submission_count": 0,
        "attention": 3,
        "drafted_by": "a",
        **changes,
    }


async def _row(connection: Any, sql: str) -> dict[str, Any]:
    (row,) = await connection.fetch(sql)
    return dict(row)


async def _start_over(url: str) -> None:
    """An empty goals schema at its first version."""
    connection = await asyncpg.connect(url)
    await connection.execute("drop schema goals cascade; create schema goals")
    await connection.close()
    await _migrate(url, "0001")


async def _migrate(url: str, revision: str) -> None:
    process = BY_NAME["goals"]

    def run(connection: Connection) -> None:
        command.upgrade(
            config(connection, tree=tree_of(process), schema=str(process.schema)), revision
        )
        connection.execute(text("select 1"))

    engine = create_async_engine(sqlalchemy_url(url))
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()
