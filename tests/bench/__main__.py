"""Run every benchmark and print the table. The machine's speed cancels out; its noise does not."""

import asyncio
import os
import tempfile
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path

from rich.console import Console
from rich.table import Table

from deploy.keys import ISSUER, JWKS_NAME, ensure_keys
from deploy.local import USERS_FILE
from gateway.dev_issuer import mint, read_key
from shared.auth import Principal, Role, Tokens
from tests.bench import goals, load
from tests.bench.bare import REGION
from tests.bench.bulk import BulkBench
from tests.bench.comparison import Line, compare, named
from tests.bench.database import CODES, UNIT, filled_database
from tests.bench.evaluation import EvaluationBench
from tests.bench.monitoring import MonitoringBench
from tests.bench.processes import nginx, uvicorn

_SECONDS = 2.0
_ACCEPTED = "503 + Retry-After"
_PROJECTS = [f"/projects/{code}" for code in CODES]
_FILLER = Principal("bench", "测量", frozenset({Role.UNIT_FILLER}), REGION, (UNIT,))
_DRAFTER = Principal("bench", "测量", frozenset({Role.UNIT_FILLER}), REGION, (goals.DRAFTING_UNIT,))


class Bench:
    """The benchmarks; each starts what it needs and ends it."""

    def __init__(self, folder: Path) -> None:
        self._keys = folder / "keys"
        self._folder = folder
        ensure_keys(self._keys)
        self._tokens = Tokens("gateway", self._keys / "gateway.pem", self._keys / JWKS_NAME)

    async def lines(self) -> list[Line]:
        """All lines of the table."""
        lines = [await self._before_a_constant()]
        async with AsyncExitStack() as stack:
            database, admin_url = await stack.enter_async_context(filled_database(self._folder))
            goals = await stack.enter_async_context(
                uvicorn(
                    "services.goals.app:create",
                    "--factory",
                    **self._settings("goals"),
                    WENXIAO_DATABASE_URL=database,
                )
            )
            lines.append(await self._before_a_service(goals))
            lines.append(await self._read_by_key(goals, database))
            lines.append(await self._four_hundred_clients(goals))
            lines += await BulkBench(goals, database, self._tokens).lines()
            lines += await self._goals(goals, database, admin_url)
        lines += await MonitoringBench(self._folder).lines()
        return lines + await EvaluationBench(self._folder).lines()

    async def _before_a_constant(self) -> Line:
        async with uvicorn("tests.bench.bare:fixed") as upstream:
            return await self._gateway_against_nginx(
                "网关（含认证）比 nginx，同一后端：最快的裸 ASGI，1.4 KB，64 客户端",
                upstream,
                ["/x"],
            )

    async def _before_a_service(self, goals: str) -> Line:
        return await self._gateway_against_nginx(
            "网关（含认证）比 nginx，同一后端：目标服务按编码读项目，64 客户端", goals, _PROJECTS
        )

    async def _gateway_against_nginx(self, what: str, upstream: str, paths: list[str]) -> Line:
        async with (
            self._gateway(upstream) as gateway,
            nginx(upstream, self._folder) as reference,
        ):
            if reference is None:
                return Line(what, "—", "—", "未测：没有 nginx", "≥ 0.60", "—")
            forwarded = [f"/api/v1/goals{path}" for path in paths]
            return await compare(
                what,
                lambda: _most(gateway, forwarded, self._outside()),
                lambda: _most(reference, paths, self._inside()),
                goal=0.6,
            )

    async def _read_by_key(self, goals: str, database: str) -> Line:
        async with uvicorn("tests.bench.bare:by_key", WENXIAO_DATABASE_URL=database) as bare:
            return await compare(
                "按编码读项目（限本单位）比裸 ASGI + asyncpg，10 万项目，32 客户端",
                lambda: _most(goals, _PROJECTS, self._inside(), clients=32),
                lambda: _most(bare, _PROJECTS, self._inside(), clients=32),
                goal=0.35,
            )

    async def _goals(self, service: str, database: str, admin_url: str) -> list[Line]:
        async with uvicorn("tests.bench.bare:create", WENXIAO_DATABASE_URL=database) as bare:
            token = self._token(_DRAFTER)
            created = await goals.creation(admin_url, service, bare, token)

        def officer_of(region_code: str) -> str:
            role = frozenset({Role.FINANCE_OFFICER})
            return self._token(Principal("bench", "测量", role, region_code))

        paged = await goals.paging(admin_url, service, officer_of)
        return [created, paged, await goals.statistics(admin_url, service, officer_of)]

    async def _four_hundred_clients(self, goals: str) -> Line:
        paths = [f"/api/v1/goals{path}" for path in _PROJECTS]
        async with self._gateway(goals) as gateway:
            done = await load.by_status(
                gateway, paths, self._outside(), clients=400, seconds=4 * _SECONDS
            )
        kept = set(done.failed) <= {_ACCEPTED}
        return Line(
            "400 客户端经网关读目标服务",
            f"{done.rate:,.0f}/s",
            "—",
            "做到" if kept else "未做到",
            f"只许 {_ACCEPTED}",
            named(done.failed),
        )

    def _gateway(self, goals: str) -> AbstractAsyncContextManager[str]:
        return uvicorn(
            "gateway.app:create",
            "--factory",
            **self._settings("gateway"),
            WENXIAO_GOALS_URL=goals,
            WENXIAO_BIND_HOST="127.0.0.1",
            WENXIAO_DEV_KEY_FILE=str(self._keys / f"{ISSUER}.pem"),
            WENXIAO_DEV_USERS_FILE=str(USERS_FILE),
        )

    def _settings(self, process: str) -> dict[str, str]:
        return {
            "WENXIAO_KEY_FILE": str(self._keys / f"{process}.pem"),
            "WENXIAO_INTERNAL_JWKS_FILE": str(self._keys / JWKS_NAME),
            "WENXIAO_LOG_LEVEL": "WARNING",  # nginx writes no access log either
        }

    def _outside(self) -> dict[str, str]:
        token = mint(_FILLER, read_key(self._keys / f"{ISSUER}.pem"))
        return {"authorization": f"Bearer {token}"}

    def _inside(self) -> dict[str, str]:
        """What the gateway would send on: nginx and the bare app are spared making it."""
        return {"authorization": f"Bearer {self._token(_FILLER)}"}

    def _token(self, principal: Principal) -> str:
        return self._tokens.make("goals", principal)


async def _most(
    url: str, paths: list[str], headers: dict[str, str], *, clients: int = 64
) -> load.Load:
    return await load.most(url, paths, headers, clients=clients, seconds=_SECONDS)


def show(lines: list[Line]) -> None:
    """Print the table."""
    table = Table(title="性能比值", show_lines=True)
    for heading in ("测什么", "本系统", "参照", "比值：中位（最低–最高）", "目标", "失败"):
        table.add_column(heading, overflow="fold")
    for line in lines:
        table.add_row(line.what, line.ours, line.reference, line.ratio, line.goal, line.failed)
    console = Console()
    console.print(table)
    generator = (
        f"wrk（{load.WRK}）" if load.WRK else "本进程内的 asyncio 客户端（它比被测者慢，比值偏高）"
    )
    busy = " ".join(f"{value:.2f}" for value in os.getloadavg())
    console.print(
        f"压力由 {generator} 产生；{os.cpu_count()} 核；平均负载 {busy}；两边逐轮交替，各一个进程。"
    )


def main() -> None:
    """Measure, print."""
    with tempfile.TemporaryDirectory(prefix="wenxiao-bench-") as folder:
        show(asyncio.run(Bench(Path(folder)).lines()))


if __name__ == "__main__":
    main()
