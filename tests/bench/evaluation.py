"""A province's self-evaluations sent in, scored and stored with receipts, against one hand-written
statement that scores and stores the same points without receipts; then its annual summaries.

Alone: `python -m tests.bench.evaluation [districts]`.
"""

import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from deploy.keys import JWKS_NAME, ensure_keys
from shared.auth import Principal, Role, Tokens
from tests.bench.comparison import Line
from tests.bench.database import scratch_database
from tests.bench.processes import uvicorn

_DISTRICTS = 120
_FORMS = 271
_ROWS = 12
_UNIT = "101001"
_SECONDS = 60
_SUMMARY_SECONDS = 10
_YEAR = 2023

#: Every form filled in: a third of its rows are behind their targets and say why.
_FORMS_OF_ALL = """
    set session_replication_role = replica;
    create temp table made as
    select lpad(d::text, 3, '0') as district, d, n, d * 1000 + n as no,
           (640000000 + d * 1000)::text as region_code,
           '64010423T' || lpad((d * 1000 + n)::text, 12, '0') as project_code,
           ('01890000-0000-7000-9000-' || lpad(to_hex(d * 1000 + n), 12, '0'))::uuid as goal_id,
           ('01890000-0000-7000-a000-' || lpad(to_hex(d * 1000 + n), 12, '0'))::uuid as form_id
    from generate_series(1, {districts}) d cross join generate_series(1, {forms}) n;
    insert into self_evaluation_batch (region_code, id, fiscal_year, due_on, created, opened_by,
                                       opened_at)
    select distinct region_code, '01890000-0000-7000-8000-000000000001'::uuid, {year},
           date '2024-03-31', {forms}, 'bench', now() from made;
    insert into approved_goal (region_code, goal_id, version, project_code, project_name, unit_code,
                               unit_name, fiscal_year, annual_goal, indicators)
    select region_code, goal_id, 1, project_code, '项目' || no || '（示例）', '{unit}',
           '单位（示例）', {year}, '按期完成', '[]' from made;
    insert into approved_fund (region_code, goal_id, fund_level, amount)
    select region_code, goal_id, 'county', 1000000 + no from made;
    insert into approved_budget (region_code, goal_id, is_initial, fund_level, kind, amount)
    select region_code, goal_id, first, 'county', 'current_appropriation', 1000000 + no
    from made cross join (values (true), (false)) stage(first);
    insert into execution_paid (region_code, project_code, fiscal_year, fund_level, amount)
    select region_code, project_code, {year}, 'county', 950000 + no from made;
    insert into self_evaluation (region_code, id, batch_id, goal_id, goal_version, project_code,
        project_name, unit_code, unit_name, fiscal_year, due_on, status, annual_goal, goal_actual,
        filled_by, row_version, updated_at)
    select region_code, form_id, '01890000-0000-7000-8000-000000000001', goal_id, 1, project_code,
           '项目' || no || '（示例）', '{unit}', '单位（示例）', {year}, '2024-03-31', 'open',
           '按期完成', '已完成（示例）', 'filler', 1, now() from made;
    insert into self_evaluation_row (region_code, self_evaluation_id, position, level1, level2,
        name, operator, target_value, unit_of_measure, weight, actual_value, reason)
    select region_code, form_id, p,
           case when p <= 8 then 'output' when p <= 11 then 'benefit' else 'satisfaction' end,
           'quantity', '指标' || p, case p % 4 when 0 then '<=' else '>=' end, 120, '个',
           case when p <= 6 then 6 when p <= 8 then 7 else 10 end,
           case when p % 3 = 0 then case p % 4 when 0 then 130 else 110 end else 120 end,
           case when p % 3 = 0 then '因雨停工（示例）' end
    from made cross join generate_series(1, {rows}) p;
    set session_replication_role = origin;
    analyze;
"""

_BY_HAND = """
    with scored as (
        select r.region_code, r.self_evaluation_id, r.position,
               round(case when r.operator = '<=' then
                         case when r.actual_value <= r.target_value then r.weight
                              else r.weight * r.target_value / r.actual_value end
                         else least(r.weight, r.weight * r.actual_value / r.target_value)
                     end, 2) as score
        from self_evaluation_row r),
    kept as (
        update self_evaluation_row r set rule_score = s.score, score = s.score
        from scored s where r.region_code = s.region_code
          and r.self_evaluation_id = s.self_evaluation_id and r.position = s.position)
    update self_evaluation f
    set status = 'submitted', submitted_by = 'bench', submitted_at = now(), total = x.total,
        exec_score = x.exec_score, budget_full_year = x.budget, executed = x.paid,
        grade = case when x.total >= 90 then 'excellent' when x.total >= 80 then 'good'
                     when x.total >= 60 then 'fair' else 'poor' end,
        row_version = f.row_version + 1
    from (select s.region_code, s.self_evaluation_id, m.budget, m.paid, m.exec_score,
                 sum(s.score) + m.exec_score as total
          from scored s
          join lateral (
              select b.amount as budget, p.amount as paid,
                     least(10, round(10 * p.amount / b.amount, 2)) as exec_score
              from self_evaluation o
              join approved_fund b on b.region_code = o.region_code and b.goal_id = o.goal_id
              join execution_paid p on p.region_code = o.region_code
                   and p.project_code = o.project_code and p.fiscal_year = o.fiscal_year
              where o.region_code = s.region_code and o.id = s.self_evaluation_id) m on true
          group by s.region_code, s.self_evaluation_id, m.budget, m.paid, m.exec_score) x
    where f.region_code = x.region_code and f.id = x.self_evaluation_id
"""
_RESULTS = "select region_code, id, total, grade from self_evaluation order by region_code, id"


class EvaluationBench:
    """The statement, then the requests of all districts, then their summaries."""

    def __init__(self, folder: Path, *, districts: int = _DISTRICTS) -> None:
        self._folder = folder
        self._districts = districts
        self._keys = folder / "keys"
        ensure_keys(self._keys)
        self._tokens = Tokens("gateway", self._keys / "gateway.pem", self._keys / JWKS_NAME)

    async def lines(self) -> list[Line]:
        """Sending in against the statement; the summaries of all districts, one after the other."""
        async with AsyncExitStack() as stack:
            admin_url, urls = await stack.enter_async_context(
                scratch_database(self._folder / "evaluation-postgres")
            )
            connection = await asyncpg.connect(
                admin_url, server_settings={"search_path": "evaluation"}, command_timeout=600
            )
            stack.push_async_callback(connection.close)
            by_hand, expected = await self._by_hand(connection)
            peers: dict[str, str] = {}
            for name in ("goals", "monitoring", "evaluation"):
                peers[f"WENXIAO_{name.upper()}_URL"] = await stack.enter_async_context(
                    uvicorn(
                        f"services.{name}.app:create",
                        "--factory",
                        **self._settings(name),
                        **peers,
                        WENXIAO_DATABASE_URL=urls[name],
                    )
                )
            url = peers["WENXIAO_EVALUATION_URL"]
            client = await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=120))
            ours = await self._send_in(client, connection)
            assert [tuple(row) for row in await connection.fetch(_RESULTS)] == expected
            await connection.execute("analyze")
            summaries = await self._summaries(client)
        count = self._districts * _FORMS
        return [
            Line(
                f"{count:,} 张自评表 × {_ROWS} 项指标：成批报送、计分并留依据，比一条只存得分的手写 SQL",
                f"{ours:.1f} s",
                f"{by_hand:.1f} s",
                f"{ours / by_hand:.2f}",
                f"≤ {_SECONDS} s（{'做到' if ours <= _SECONDS else '未做到'}）",
                "无",
            ),
            Line(
                f"{self._districts} 个县区的年度总结逐个取一遍（目标、监控两个服务无数据）",
                f"{sum(summaries):.1f} s",
                f"最慢的一个 {max(summaries):.2f} s",
                "—",
                f"≤ {_SUMMARY_SECONDS} s（{'做到' if sum(summaries) <= _SUMMARY_SECONDS else '未做到'}）",
                "无",
            ),
        ]

    async def _by_hand(
        self, connection: "asyncpg.Connection[Any]"
    ) -> tuple[float, list[tuple[Any, ...]]]:
        await connection.execute(
            _FORMS_OF_ALL.format(
                districts=self._districts, forms=_FORMS, unit=_UNIT, year=_YEAR, rows=_ROWS
            )
        )
        trial = connection.transaction()
        await trial.start()
        started = perf_counter()
        await connection.execute(_BY_HAND)
        seconds = perf_counter() - started
        expected = [tuple(row) for row in await connection.fetch(_RESULTS)]
        await trial.rollback()
        await connection.execute("vacuum analyze self_evaluation_row")
        return seconds, expected

    async def _send_in(
        self, client: httpx.AsyncClient, connection: "asyncpg.Connection[Any]"
    ) -> float:
        forms: dict[str, list[dict[str, Any]]] = {}
        for row in await connection.fetch("select region_code, id from self_evaluation"):
            forms.setdefault(row["region_code"], []).append({"id": str(row["id"]), "version": 1})
        started = perf_counter()
        for region_code, own in forms.items():
            approver = Principal(
                "bench", "测量", frozenset({Role.UNIT_APPROVER}), region_code, (_UNIT,)
            )
            answer = await client.post(
                "/self-evaluation-submissions",
                json={"forms": own},
                headers=self._headers(approver) | {"idempotency-key": uuid4().hex},
            )
            assert answer.status_code == 200, answer.text
            assert answer.json()["refused"] == 0, answer.text
        return perf_counter() - started

    async def _summaries(self, client: httpx.AsyncClient) -> list[float]:
        times = []
        for district in range(1, self._districts + 1):
            region_code = str(640_000_000 + district * 1000)
            officer = Principal("bench", "测量", frozenset({Role.FINANCE_OFFICER}), region_code)
            started = perf_counter()
            answer = await client.get(f"/annual-summaries/{_YEAR}", headers=self._headers(officer))
            assert answer.status_code == 200, answer.text
            times.append(perf_counter() - started)
        return times

    def _headers(self, who: Principal) -> dict[str, str]:
        return {"authorization": f"Bearer {self._tokens.make('evaluation', who)}"}

    def _settings(self, process: str) -> dict[str, str]:
        return {
            "WENXIAO_KEY_FILE": str(self._keys / f"{process}.pem"),
            "WENXIAO_INTERNAL_JWKS_FILE": str(self._keys / JWKS_NAME),
            "WENXIAO_LOG_LEVEL": "ERROR",
        }


def main() -> None:
    """Measure by itself, print."""
    districts = int(sys.argv[1]) if len(sys.argv) > 1 else _DISTRICTS
    with tempfile.TemporaryDirectory(prefix="wenxiao-bench-") as folder:
        for line in asyncio.run(EvaluationBench(Path(folder), districts=districts).lines()):
            print(line)


if __name__ == "__main__":
    main()
