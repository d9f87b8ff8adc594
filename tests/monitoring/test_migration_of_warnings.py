"""Warnings that were opened before receipts were written on reading keep theirs, word for word."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.migrate import tree_of
from deploy.topology import BY_NAME
from services.monitoring.domain.facts import IndicatorFacts, Operator, ProjectFacts
from services.monitoring.domain.rules import evaluate
from services.monitoring.domain.verdicts import Warning
from services.monitoring.queries.warning_texts import TEXT_COLUMNS, TEXT_JOIN, warning_of
from shared.db import sqlalchemy_url
from shared.migrations import config
from tests.conftest import Databases
from tests.monitoring.test_warning_rules import RULES

ROUND, RUN = UUID(int=1), UUID(int=2)
AS_OF = date(2023, 8, 31)
ROW = IndicatorFacts(
    3, "培训人次", Operator.AT_LEAST, Decimal(120), Decimal(30), Decimal(90), None, None
)
FACTS = ProjectFacts("P1", "219001", Decimal("3000000.00"), Decimal("1.50"), (ROW,), AS_OF)


async def test_old_receipts_are_read_as_they_were_written(databases: Databases) -> None:
    url = await databases.new()
    connection = await asyncpg.connect(url)
    await connection.execute("drop schema monitoring cascade; create schema monitoring")
    await _migrate(url, "0001")
    warnings = [v for v in evaluate(FACTS, RULES, AS_OF) if isinstance(v, Warning)]
    assert len(warnings) == 4
    await connection.execute("set search_path to monitoring")
    await _write_as_before(connection, warnings)

    await _migrate(url, "head")

    rows = await connection.fetch(f"""
        select w.project_code, w.unit_code, w.position, w.rule_id, w.answer_due_on, w.told_version,
               {TEXT_COLUMNS} from warning w {TEXT_JOIN} order by w.id
    """)
    assert [_as_read(warning_of(row)) for row in rows] == [_as_read(one) for one in warnings]
    assert {(row["answer_due_on"], row["told_version"]) for row in rows} == {(date(2023, 9, 11), 1)}
    run = await connection.fetchrow("select state, project_count from rule_run")
    assert tuple(run) == ("done", 1)
    await connection.close()


def _as_read(warning: Warning) -> tuple[object, ...]:
    return warning.level, warning.reason, warning.position, warning.receipt.as_dict()


async def _write_as_before(connection: Any, warnings: list[Warning]) -> None:
    at = datetime(2023, 9, 1, tzinfo=UTC)
    await connection.execute(
        """insert into monitoring_round (region_code, id, fiscal_year, name, period_from, period_to,
                                         due_on, form_count, opened_by, opened_at)
           values ('R', $1, 2023, '监控', '2023-01-01', '2023-08-31', '2023-09-15', 1, 'a', $2)""",
        ROUND,
        at,
    )
    await connection.execute(
        """insert into rule_run (region_code, id, round_id, as_of, rule_pack, evaluated, opened,
                                 updated, unchanged, closed, red, yellow, green, not_applicable,
                                 run_by, run_at)
           values ('R', $1, $2, $3, 'default@2020-11-12', 1, 4, 0, 0, 0, 1, 0, 0, 0, 'a', $4)""",
        RUN,
        ROUND,
        AS_OF,
        at,
    )
    for number, warning in enumerate(warnings):
        await connection.execute(
            """insert into warning (region_code, id, round_id, run_id, project_code, project_name,
                                    unit_code, unit_name, fiscal_year, rule_id, position, level,
                                    status, reason, receipt, opened_at, row_version, updated_at)
               values ('R', $1, $2, $3, 'P1', '项目', '219001', '单位', 2023, $4, $5, $6, 'open', $7,
                       $8::text::jsonb, $9, 1, $9)""",
            UUID(int=10 + number),
            ROUND,
            RUN,
            warning.rule_id,
            warning.position or 0,
            warning.level,
            warning.reason,
            orjson.dumps(warning.receipt.as_dict()).decode(),
            at,
        )


async def _migrate(url: str, revision: str) -> None:
    process = BY_NAME["monitoring"]

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
