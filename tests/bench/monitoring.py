"""A system run over 1,000,000 projects with 10 indicators each, against one hand-written statement
that computes and stores the same lights on the same tables.

Alone: `python -m tests.bench.monitoring [projects]`.
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import httpx
import psutil

from deploy.keys import JWKS_NAME, ensure_keys
from shared.auth import TOKEN_SECONDS, Principal, Role, Tokens
from tests.bench.comparison import Line
from tests.bench.database import scratch_database
from tests.bench.processes import uvicorn

_REGION = "640199000"
_ROUND = UUID("01890000-0000-7000-8000-000000000001")
_PROJECTS = 1_000_000
_ROWS = 10
_PAUSE_SECONDS = 0.02
_TIMES = 3
_AGAIN = 0.6

#: Of a hundred projects about six are behind with their money, of a hundred indicators two warn.
_FACTS = """
    set session_replication_role = replica;
    insert into monitoring_round (region_code, id, fiscal_year, name, period_from, period_to,
                                  due_on, form_count, opened_by, opened_at)
    values ('{region}', '{round}', 2023, '测量', '2023-01-01', '2023-07-31', '2023-08-15', {count},
            'bench', now());
    create temp table made as
    select n, '64019901T' || lpad(n::text, 12, '0') as code, (101001 + n % 500)::text as unit_code,
           ('01890000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid as goal_id,
           ('01890000-0000-7000-a000-' || lpad(to_hex(n), 12, '0'))::uuid as form_id
    from generate_series(1, {count}) n;
    insert into approved_goal (region_code, goal_id, version, project_code, project_name, unit_code,
                               unit_name, fiscal_year, annual_goal, indicators, synthetic)
    select '{region}', goal_id, 1, code, '项目' || n || '（示例）', unit_code, '单位（示例）', 2023,
           '按期完成', '[]', true from made;
    insert into budget_version (region_code, fiscal_year, project_code, version_no, document_no,
                                approved_on)
    select '{region}', 2023, code, 1, '批复（示例）', '2023-01-10' from made;
    insert into budget_fund (region_code, fiscal_year, project_code, version_no, fund_level, source,
                             amount)
    select '{region}', 2023, code, 1, 'county', 'appropriation', 1000000 + n % 977 from made;
    insert into payment (region_code, voucher_no, kind, project_code, fiscal_year, fund_level,
                         amount, paid_on, imported_at)
    select '{region}', n || '-' || part, 'payment', code, 2023, 'county',
           case when n % 100 < 6 then 150000 + n % 10000 else 300000 + n % 10000 end,
           date '2023-02-01' + part * 90, now()
    from made cross join generate_series(0, 1) part;
    insert into monitoring_form (region_code, id, round_id, goal_id, project_code, project_name,
                                 unit_code, unit_name, fiscal_year, status, annual_goal, filled_by,
                                 row_version, updated_at)
    select '{region}', form_id, '{round}', goal_id, code, '项目' || n || '（示例）', unit_code,
           '单位（示例）', 2023, 'submitted', '按期完成', 'bench', 1, now() from made;
    insert into form_row (region_code, form_id, position, level1, level2, name, operator,
                          target_value, actual_to_date, actual_forecast, likelihood,
                          deviation_causes)
    select '{region}', form_id, p, 'output', 'quantity', '指标' || p,
           case p % 3 when 0 then '<=' else '>=' end, 120,
           case when p % 3 = 0 then 100 + (n % 50 = 0)::int * 30
                else 70 - (n * 7 + p * 31) % 100 / 99 * 35 end,
           120, case when (n + p) % 200 = 0 then 'possible' else 'certain' end, '{{}}'
    from made cross join generate_series(1, {rows}) p;
    set session_replication_role = origin;
    analyze;
"""

_BY_HAND = """
    insert into project_colour (region_code, round_id, project_code, unit_code, colour, run_id,
                                changed_at)
    select $1, $2, m.project_code, m.unit_code,
           (array['red', 'yellow', 'green', 'blue', 'not_applicable'])
               [least(m.rank, coalesce(i.rank, 4)) + 1], $3, now()
    from (select g.project_code, g.unit_code,
                 case when b.budget <= 0 then 4
                      when coalesce(p.paid, 0) * 1200 < 60 * b.budget * 7 then 0
                      when coalesce(p.paid, 0) * 1200 < 80 * b.budget * 7 then 1 else 2 end as rank
          from approved_goal g
          join (select f.project_code, sum(f.amount) as budget
                from budget_fund f
                join (select project_code, max(version_no) as version_no from budget_version
                      where region_code = $1 and fiscal_year = 2023 and approved_on <= '2023-07-31'
                      group by project_code) v on v.project_code = f.project_code
                                              and v.version_no = f.version_no
                where f.region_code = $1 and f.fiscal_year = 2023
                group by f.project_code) b on b.project_code = g.project_code
          left join (select project_code, sum(amount) as paid from payment
                     where region_code = $1 and fiscal_year = 2023 and paid_on <= '2023-07-31'
                     group by project_code) p on p.project_code = g.project_code
          where g.region_code = $1 and g.fiscal_year = 2023) m
    left join (
        select f.project_code, min(least(
            case when r.operator = 'qualitative' then
                     case r.band when 'achieved' then 2 when 'partial' then 1
                                 when 'failed' then 0 else 4 end
                 when r.target_value is null or r.actual_to_date is null then 4
                 when r.operator in ('<', '<=') or (r.operator = '=' and r.target_value = 0) then
                     case when r.operator = '<' and r.actual_to_date < r.target_value
                            or r.operator <> '<' and r.actual_to_date <= r.target_value
                          then 2 else 0 end
                 when r.target_value <= 0 then 4
                 when r.actual_to_date * 1200 < 60 * r.target_value * 7 then 0
                 when r.actual_to_date * 1200 < 80 * r.target_value * 7 then 1
                 when r.actual_to_date * 1200 < 120 * r.target_value * 7 then 2 else 3 end,
            case when r.operator = 'qualitative' or r.target_value is null
                      or r.actual_forecast is null then 4
                 when case r.operator when '>=' then r.actual_forecast >= r.target_value
                          when '>' then r.actual_forecast > r.target_value
                          when '<' then r.actual_forecast < r.target_value
                          when '<=' then r.actual_forecast <= r.target_value
                          else case when r.target_value = 0 then r.actual_forecast <= 0
                                    else r.actual_forecast >= r.target_value end end
                 then 2 else 0 end,
            case r.likelihood when 'certain' then 2 when 'possible' then 1
                              when 'impossible' then 0 else 4 end)) as rank
        from monitoring_form f
        join form_row r on r.region_code = f.region_code and r.form_id = f.id
        where f.region_code = $1 and f.round_id = $2 and f.status <> 'open'
        group by f.project_code) i on i.project_code = m.project_code
"""


class MonitoringBench:
    """The statement, then two runs, on one region of a scratch database."""

    def __init__(self, folder: Path, *, projects: int = _PROJECTS) -> None:
        self._folder = folder
        self._projects = projects
        keys = folder / "keys"
        ensure_keys(keys)
        self._settings = {
            "WENXIAO_KEY_FILE": str(keys / "monitoring.pem"),
            "WENXIAO_INTERNAL_JWKS_FILE": str(keys / JWKS_NAME),
            "WENXIAO_LOG_LEVEL": "ERROR",
        }
        self._tokens = Tokens("gateway", keys / "gateway.pem", keys / JWKS_NAME)
        self._token = ("", 0.0)

    async def lines(self) -> list[Line]:
        """The first run's time against the statement's, the second's against the first's, what the
        neighbours wait and what the service grows by."""
        async with scratch_database(self._folder / "monitoring-postgres") as (admin_url, urls):
            return await self._measure(admin_url, urls["monitoring"])

    async def _measure(self, admin_url: str, database_url: str) -> list[Line]:
        connection = await asyncpg.connect(
            admin_url, server_settings={"search_path": "monitoring"}, command_timeout=1800
        )
        try:
            await connection.execute(
                _FACTS.format(region=_REGION, round=_ROUND, count=self._projects, rows=_ROWS)
            )
            by_hand, lights = await _by_hand(connection)
            async with uvicorn(
                "services.monitoring.app:create",
                "--factory",
                **self._settings,
                WENXIAO_DATABASE_URL=database_url,
            ) as url:
                return await self._runs(url, connection, by_hand, lights)
        finally:
            await connection.close()

    async def _runs(
        self,
        url: str,
        connection: "asyncpg.Connection[Any]",
        by_hand: float,
        lights: dict[str, int],
    ) -> list[Line]:
        process = _process_at(url)
        async with httpx.AsyncClient(base_url=url, timeout=30) as client:
            async with self._neighbour(client) as alone:
                await asyncio.sleep(3)
            before = process.memory_info().rss
            async with self._neighbour(client) as waits:
                first, run = await self._run(client)
            assert await _lights(connection) == lights
            await connection.execute("analyze warning; analyze project_colour")
            again, second = await self._run(client)
            grown = process.memory_info().rss - before
        assert (second["opened"], second["updated"], second["closed"]) == (0, 0, 0), second
        what = f"{self._projects:,} 个项目 × {_ROWS} 项指标的系统判断（{run['opened']:,} 条预警）"
        return [
            _line(
                f"{what}比一条手写 SQL", first, by_hand, f"≤ {_TIMES}", first / by_hand <= _TIMES
            ),
            _line(
                "同样的事实再判断一次比第一次", again, first, f"≤ {_AGAIN}", again / first <= _AGAIN
            ),
            Line(
                "判断期间，邻居每 20 ms 读一次：最长等待",
                f"{max(waits) * 1000:.0f} ms",
                f"无判断时 {max(alone) * 1000:.0f} ms",
                "—",
                "照常应答",
                "无",
            ),
            Line(
                "两次判断之后，服务的内存",
                f"{(before + grown) / 2**20:.0f} MiB",
                f"{before / 2**20:.0f} MiB（之前）",
                f"{grown / 2**20:+.0f} MiB",
                "不随项目数增长",
                "无",
            ),
        ]

    async def _run(self, client: httpx.AsyncClient) -> tuple[float, dict[str, Any]]:
        started = perf_counter()
        order = {"round_id": str(_ROUND), "as_of": "2023-07-31"}
        head = self._headers() | {"idempotency-key": uuid4().hex}
        answer = await client.post("/rule-runs", json=order, headers=head)
        assert answer.status_code in (201, 202), answer.text
        run = answer.json()
        while run["state"] in ("queued", "running"):
            await asyncio.sleep(0.1)
            answer = await client.get(f"/rule-runs/{run['id']}", headers=self._headers())
            run = answer.json()
        assert (run["state"], run["evaluated"]) == ("done", self._projects), run
        return perf_counter() - started, run

    @asynccontextmanager
    async def _neighbour(self, client: httpx.AsyncClient) -> AsyncIterator[list[float]]:
        waits: list[float] = []
        reading = asyncio.create_task(self._read_on(client, waits))
        try:
            yield waits
        finally:
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading

    async def _read_on(self, client: httpx.AsyncClient, waits: list[float]) -> None:
        while True:
            started = perf_counter()
            answer = await client.get("/warnings?limit=1", headers=self._headers())
            waits.append(perf_counter() - started)
            assert answer.status_code == 200, answer.text
            await asyncio.sleep(_PAUSE_SECONDS)

    def _headers(self) -> dict[str, str]:
        token, made_at = self._token
        if perf_counter() - made_at > TOKEN_SECONDS / 2:
            who = Principal("bench", "测量", frozenset({Role.FINANCE_OFFICER}), _REGION)
            token = self._tokens.make("monitoring", who)
            self._token = token, perf_counter()
        return {"authorization": f"Bearer {token}"}


async def _by_hand(connection: "asyncpg.Connection[Any]") -> tuple[float, dict[str, int]]:
    """The better of two times of the statement, and the lights it stores."""
    await connection.execute("set work_mem = '64MB'")
    times = []
    for _ in range(2):
        await connection.execute("truncate project_colour")
        started = perf_counter()
        await connection.execute(_BY_HAND, _REGION, _ROUND, uuid4())
        times.append(perf_counter() - started)
    lights = await _lights(connection)
    await connection.execute("truncate project_colour")
    return min(times), lights


async def _lights(connection: "asyncpg.Connection[Any]") -> dict[str, int]:
    rows = await connection.fetch("select colour, count(*) from project_colour group by colour")
    return {row["colour"]: row["count"] for row in rows}


def _line(what: str, ours: float, reference: float, goal: str, reached: bool) -> Line:
    ratio = f"{ours / reference:.2f}（{'做到' if reached else '未做到'}）"
    return Line(what, f"{ours:.1f} s", f"{reference:.1f} s", ratio, goal, "无")


def _process_at(url: str) -> psutil.Process:
    port = str(urlsplit(url).port)
    return next(child for child in psutil.Process().children() if port in child.cmdline())


def main() -> None:
    """Measure by itself, print."""
    projects = int(sys.argv[1]) if len(sys.argv) > 1 else _PROJECTS
    with tempfile.TemporaryDirectory(prefix="wenxiao-bench-") as folder:
        for line in asyncio.run(MonitoringBench(Path(folder), projects=projects).lines()):
            print(line)


if __name__ == "__main__":
    main()
