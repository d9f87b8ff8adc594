"""Three regions in one database, one of them with 20,000 goals in every state, and the plans that
Postgres makes for what is read of it."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import orjson

from shared.db import Reads
from tests.goals.mass import fill

LARGE = "640104000"
REGIONS = {"640103000": 4_000, LARGE: 20_000, "640105000": 4_000}
GOALS = REGIONS[LARGE]

Node: TypeAlias = dict[str, Any]

#: Five departments of ten units each, two offices; an officer answers for five units.
_UNITS = """
    update goals.unit set department_code = left(code, 5),
        office = case when code < '101020' then '行财室（示例）' else '教科文室（示例）' end;
    insert into goals.officer_assignment (region_code, unit_code, officer, officer_name,
                                          assigned_by, assigned_at)
    select region_code, code, 'officer-' || code::int % 10, '经办（示例）', 'reviewer', now()
    from goals.unit;
"""
#: A quarter of the goals in each of four years; of seven one is in each state; forty batches, and
#: the approved ones of two years are published.
_STATES = """
    update goals.project_fund set fiscal_year = 2020 + right(project_code, 6)::int % 4;
    insert into goals.approval_batch (region_code, id, document_no, fiscal_year, approved_on,
                                      approved_by, goal_count, adjustment_count, amount, created_at)
    select region_code, ('01c00000-0000-7000-8000-0000000000' || lpad(k::text, 2, '0'))::uuid,
           '财预〔2023〕' || k || '号（示例）', 2023, date '2023-01-31', 'head', 1, 0, 0, now()
    from (select distinct region_code from goals.unit) region, generate_series(0, 39) k;
    insert into goals.disclosure (region_code, id, unit_code, fiscal_year, url, disclosed_on,
                                  disclosed_by, goal_count, created_at)
    select region_code, ('01d00000-0000-7000-8000-000000' || code)::uuid, code, 2023,
           'https://example.invalid', date '2023-02-15', 'approver', 1, now() from goals.unit;
    update goals.goal set fiscal_year = 2020 + n % 4, attention = n % 40 / 10,
        status = (array['draft', 'submitted', 'returned', 'improving', 'reviewed', 'rejected'])
                 [1 + n % 7]
    from (select region_code as region, id as goal_id, right(project_code, 6)::int as n
          from goals.goal) numbered
    where region_code = region and id = goal_id and n % 7 < 6;
    update goals.goal set fiscal_year = 2020 + n % 4, status = 'approved', approved_version = 1,
        approved_by = 'head',
        batch_id = ('01c00000-0000-7000-8000-0000000000' || lpad((n % 40)::text, 2, '0'))::uuid,
        disclosed_version = case when n % 4 < 2 then 1 end,
        disclosure_id = case when n % 4 < 2
                             then ('01d00000-0000-7000-8000-000000' || unit_code)::uuid end
    from (select region_code as region, id as goal_id, right(project_code, 6)::int as n
          from goals.goal) numbered
    where region_code = region and id = goal_id and n % 7 = 6;
    insert into goals.approved_budget (region_code, project_code, fiscal_year, batch_id, amount, funds)
    select region_code, project_code, fiscal_year, batch_id, 100000, '[]' from goals.goal
    where status = 'approved';
"""


async def fill_three_regions(admin_url: str) -> None:
    """Projects, funds and goals of all three, with statistics as autovacuum would leave them."""
    for region, count in REGIONS.items():
        await fill(admin_url, region, count, status="submitted", rows=False)
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute(_UNITS)
        await connection.execute(_STATES)
        await connection.execute("vacuum (full, analyze)")
    finally:
        await connection.close()


class Asked(Reads):
    """Reads that remember the statement they ran and tell its plans."""

    sql = ""
    args: Sequence[object] = ()

    async def all(self, sql: str, *args: object) -> Sequence[Mapping[str, Any]]:
        """The rows; the statement is remembered."""
        self.sql, self.args = sql, args
        return await super().all(sql, *args)

    async def plans(self) -> AsyncIterator[Node]:
        """The plan for the values asked, and the one a prepared statement settles on."""
        async with self._pool.acquire() as connection, connection.transaction():
            plan = await connection.fetchval(f"explain (format json) {self.sql}", *self.args)
            yield orjson.loads(plan)[0]["Plan"]
            await connection.execute("set local plan_cache_mode = force_generic_plan")
            await connection.execute(f"prepare asked as {self.sql}")
            values = ", ".join(map(literal, self.args))
            plan = await connection.fetchval(f"explain (format json) execute asked ({values})")
            await connection.execute("deallocate asked")
            yield orjson.loads(plan)[0]["Plan"]


def literal(value: object) -> str:
    """A value of a statement's arguments as SQL text."""
    if value is None or isinstance(value, bool | int):
        return "null" if value is None else str(value).lower()
    if isinstance(value, str | UUID | date):
        return "'" + str(value).replace("'", "''") + "'"
    assert isinstance(value, list | tuple)
    return "array[" + ", ".join(map(literal, value)) + "]::text[]"


def nodes(plan: Node) -> Iterator[Node]:
    """A plan's nodes, the top first."""
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def scans(plan: Node, table: str) -> list[Node]:
    """The nodes that read a table."""
    return [node for node in nodes(plan) if node.get("Relation Name") == table]
