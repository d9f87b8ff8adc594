"""Goals: created against the bare statement, listed at a million against ten thousand, counted
against hand-written SQL."""

import itertools
import json
from collections.abc import Callable, Iterator
from statistics import median, quantiles
from time import perf_counter

import asyncpg
import httpx

from services.goals.queries.coverage import _YEAR
from tests.bench import load
from tests.bench.bare import REGION
from tests.bench.comparison import Line, compare, spread
from tests.goals.mass import fill

#: All of its projects wait for a goal.
DRAFTING_UNIT = "102001"
SMALL, LARGE = "981000000", "982000000"
_PAGES = 60
_ROUNDS = 5

_PROJECTS = f"""
    insert into goals.unit (region_code, code, name, department_code, office, synthetic,
                            row_version, updated_at)
    values ('{REGION}', '{DRAFTING_UNIT}', '单位（示例）', '102', '行财室', true, 1, now());
    insert into goals.project (region_code, code, name, unit_code, category, kind, spending_kind,
                               is_key, synthetic, row_version, updated_at)
    select '{REGION}', '64010424T' || lpad(n::text, 12, '0'), '项目' || n, '{DRAFTING_UNIT}',
           'specific', 'new', 'other', false, true, 1, now() from generate_series(1, 100000) n;
    analyze goals.unit; analyze goals.project;
"""


def draft(year: int) -> str:
    """A goal with ten indicators; `@CODE@` stands for its project."""
    rows = [
        {
            "level1": "output",
            "level2": "quantity",
            "name": f"改造路灯数量（第 {n} 段）",
            "operator": ">=",
            "target_value": str(100 + n),
            "unit_of_measure": "盏",
            "weight": "9",
        }
        for n in range(10)
    ]
    body = {
        "project_code": "@CODE@",
        "fiscal_year": year,
        "annual_goal": "为城区支路更换路灯，方便居民夜间出行。",
        "indicators": rows,
    }
    return json.dumps(body, ensure_ascii=False)


async def creation(admin_url: str, goals: str, bare: str, token: str) -> Line:
    """POST /goals against the same statement from bare ASGI + asyncpg, 16 clients."""
    connection = await asyncpg.connect(admin_url)
    await connection.execute(_PROJECTS, timeout=120)
    await connection.close()
    mine, theirs = _starts(), _starts()

    async def ours() -> load.Load:
        return await load.posts(goals, "/goals", token, draft(2023), next(mine), clients=16)

    async def reference() -> load.Load:
        return await load.posts(bare, "/goals", token, draft(2024), next(theirs), clients=16)

    return await compare(
        "填报一份 10 个指标的目标，比裸 ASGI + asyncpg 执行同一条语句，16 客户端",
        ours,
        reference,
        goal=0.4,
    )


def _starts() -> Iterator[int]:
    """Where each round begins to take projects, so that none is taken twice."""
    return itertools.count(1, 8000)


async def paging(admin_url: str, goals: str, token_of: Callable[[str], str]) -> Line:
    """p95 of a page anywhere in a list of 1,000,000 goals against one of 10,000."""
    await fill(admin_url, SMALL, 10_000, rows=False)
    await fill(admin_url, LARGE, 1_000_000, rows=False)
    ratios, figures = [], []
    async with httpx.AsyncClient(base_url=goals, trust_env=False) as http:
        for _ in range(_ROUNDS):
            few = await _p95(http, token_of(SMALL), 10_000)
            many = await _p95(http, token_of(LARGE), 1_000_000)
            ratios.append(many / few)
            figures.append((many, few))
    return Line(
        "目标清单翻页 p95：100 万条比 1 万条，各处各种筛选",
        f"{median(m for m, _ in figures) * 1000:.1f} ms",
        f"{median(f for _, f in figures) * 1000:.1f} ms",
        spread(ratios),
        "≤ 2.00",
        "无",
    )


async def _p95(http: httpx.AsyncClient, token: str, count: int) -> float:
    headers = {"authorization": f"Bearer {token}"}
    filters = ("", "&fiscal_year=2023", "&status=draft", "&unit_code=101007", "&order=oldest")
    times = []
    for page, chosen in zip(range(_PAGES), itertools.cycle(filters), strict=False):
        cursor = _cursor(count * page // _PAGES)
        began = perf_counter()
        answer = await http.get(f"/goals?limit=50&cursor={cursor}{chosen}", headers=headers)
        times.append(perf_counter() - began)
        assert answer.status_code == 200, answer.text
    return quantiles(times, n=20)[-1]


def _cursor(number: int) -> str:
    goal_id = f"01a00000-0000-7000-8000-{number:012x}"
    return load.cursor([goal_id])


async def statistics(admin_url: str, goals: str, token_of: Callable[[str], str]) -> Line:
    """Coverage of a region of 10,000 goals against its SQL alone."""
    connection = await asyncpg.connect(admin_url, server_settings={"search_path": "goals"})
    headers = {"authorization": f"Bearer {token_of(SMALL)}"}
    today = await connection.fetchval("select current_date")
    ratios, figures = [], []
    async with httpx.AsyncClient(base_url=goals, trust_env=False) as http:
        for _ in range(_ROUNDS * 4):
            began = perf_counter()
            answer = await http.get("/coverage?fiscal_year=2023", headers=headers)
            between = perf_counter()
            await connection.fetch(_YEAR, SMALL, 2023, 20, today)
            ours, theirs = between - began, perf_counter() - between
            assert answer.status_code == 200, answer.text
            ratios.append(ours / theirs)
            figures.append((ours, theirs))
    await connection.close()
    return Line(
        "一个区划 1 万个目标的覆盖率、公开率，比手写 SQL",
        f"{median(o for o, _ in figures) * 1000:.1f} ms",
        f"{median(t for _, t in figures) * 1000:.1f} ms",
        spread(ratios),
        "≤ 1.50",
        "无",
    )
