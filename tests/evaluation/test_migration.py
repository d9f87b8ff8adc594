"""Evaluations begun before there were steps stand at the step they had come to."""

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

_ID = "00000000-0000-0000-0000-00000000000"

#: 1 not begun, 2 half scored, 3 scored, 4 final.
_BEFORE = f"""
    insert into agency (region_code, id, uscc, name, synthetic, registered_by, row_version,
                        updated_at)
        values ('1', '{_ID}9', '9', '机构（示例）', true, 'o', 1, now());
    insert into engagement (region_code, id, agency_id, scope, fiscal_year, contract_no, title,
                            starts_on, ends_on, engaged_by, row_version, updated_at)
        values ('1', '{_ID}8', '{_ID}9', 'evaluation', 2023, '合同（示例）', '评价', '2024-01-01',
                '2024-12-31', 'o', 1, now());
    insert into evaluation (region_code, id, engagement_id, kind, fiscal_year, title, status,
                            planned_by, finalized_by, finalized_at, row_version, updated_at)
        select '1', ('{_ID}' || n)::uuid, '{_ID}8', 'project', 2023, '评价（示例）', status, 'o',
               case when status = 'final' then 'r' end,
               case when status = 'final' then now() end, 1, now()
        from (values (1, 'planned'), (2, 'planned'), (3, 'scored'), (4, 'final')) old (n, status);
    insert into evaluation_group (region_code, evaluation_id, group_no, label, score, scored_by)
        select '1', ('{_ID}' || n)::uuid, g, '组', score, case when score > 0 then 'a' end
        from (values (1, 1, null), (2, 1, 90), (2, 2, null), (3, 1, 80), (4, 1, 70)
             ) old (n, g, score);
    insert into sheet_row (region_code, evaluation_id, group_no, position, level1, level2, name,
                           weight, method, points_met, points_total, basis, score, receipt)
        select '1', ('{_ID}' || n)::uuid, 1, 1, 'output', '数量', '完成率', 100, 'checklist', 9, 10,
               '现场', 90, '{{}}'
        from (values (2), (3), (4)) old (n);
"""


async def test_what_was_scored_keeps_the_framework_its_sheet_followed(
    databases: Databases,
) -> None:
    url = await databases.new()
    connection = await asyncpg.connect(url, server_settings={"search_path": "evaluation"})
    await connection.execute("drop schema evaluation cascade; create schema evaluation")
    await _migrate(url, "0003")
    await connection.execute(_BEFORE)
    await _migrate(url, "head")

    async def rows(sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await connection.fetch(sql)]

    assert await rows("select status, framework_approved_by from evaluation order by id") == [
        ("planned", None),
        ("fieldwork", "o"),
        ("draft", "o"),
        ("final", None),
    ]
    kept = (
        "select right(evaluation_id::text, 1), group_no, points_total from framework_row order by 1"
    )
    assert await rows(kept) == [("2", 1, 10), ("3", 1, 10), ("4", 1, 10)]
    assert await rows("select distinct mode, scoring_round, merge from evaluation") == [
        ("finance", 1, None)
    ]
    await connection.close()


async def _migrate(url: str, revision: str) -> None:
    process = BY_NAME["evaluation"]

    def run(connection: Connection) -> None:
        command.upgrade(
            config(connection, tree=tree_of(process), schema=str(process.schema)), revision
        )

    engine = create_async_engine(sqlalchemy_url(url))
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()
