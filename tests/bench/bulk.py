"""100,000 projects as an import job, against COPY of the same rows into the same indexed tables."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from decimal import Decimal
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import orjson
import psutil

from shared.auth import TOKEN_SECONDS, Principal, Role, Tokens
from tests.bench.bare import REGION
from tests.bench.comparison import Line
from tests.bench.database import CODES
from tests.bench.load import answer_of

_ROWS = 100_000
_ROUNDS = 3
_PAUSE_SECONDS = 0.003
_ALONE_SECONDS = 5
_LONGEST_WAIT = 0.1
_UNITS = [str(101001 + number) for number in range(50)]
_CODES = [f"64010423T{number:012d}" for number in range(_ROWS)]
_NAMES = [f"道路照明改造项目 {number}（示例）" for number in range(_ROWS)]
_regions = (str(number) for number in itertools.count(640105000))


class BulkBench:
    """Both loads in turn, each round in a region of its own."""

    def __init__(self, url: str, database_url: str, tokens: Tokens) -> None:
        self._url = url
        self._database_url = database_url
        self._tokens = tokens
        self._shown: dict[Principal, tuple[str, float]] = {}

    async def lines(self) -> list[Line]:
        """The rate against COPY's, the neighbour's longest wait, the service's memory."""
        process = _process_at(self._url)
        connection = await asyncpg.connect(
            self._database_url, server_settings={"search_path": "goals"}
        )
        try:
            async with self._neighbour() as alone:
                await asyncio.sleep(_ALONE_SECONDS)
            async with self._neighbour() as waits:
                await self._job(connection)
            before = process.memory_info().rss
            rounds = [
                (await self._job(connection), await _copy(connection)) for _ in range(_ROUNDS)
            ]
            grown = process.memory_info().rss - before
        finally:
            await connection.close()
        ratios = sorted(ours / theirs for ours, theirs in rounds)
        return [
            Line(
                "10 万个项目作为导入任务（从提交到完成）比 COPY 同样的行",
                f"{median(ours for ours, _ in rounds):,.0f} 行/s",
                f"{median(theirs for _, theirs in rounds):,.0f} 行/s",
                f"{median(ratios):.2f}（{ratios[0]:.2f}–{ratios[-1]:.2f}）",
                "≥ 0.30",
                "无",
            ),
            Line(
                f"导入期间，邻居每 {_PAUSE_SECONDS * 1000:.0f} ms 读一个项目：最长等待",
                f"{max(waits) * 1000:.0f} ms（中位 {median(waits) * 1000:.1f} ms）",
                f"无导入时 {max(alone) * 1000:.0f} ms（中位 {median(alone) * 1000:.1f} ms）",
                "做到" if max(waits) < _LONGEST_WAIT else "未做到",
                f"< {_LONGEST_WAIT * 1000:.0f} ms",
                "无",
            ),
            Line(
                f"导入 {_ROUNDS} × 10 万行之后，服务的内存",
                f"{process.memory_info().rss / 2**20:.0f} MiB",
                f"{before / 2**20:.0f} MiB（一次导入之后）",
                f"{grown / 2**20:+.0f} MiB",
                "不随行数增长",
                "无",
            ),
        ]

    async def _job(self, connection: "asyncpg.Connection[Any]") -> float:
        """Rows per second from POST to done."""
        region = await _new_region(connection)
        body = b"\n".join(orjson.dumps(_item(number)) for number in range(_ROWS))
        started = perf_counter()
        job = await self._ask(
            region, "POST", "/project-import-jobs", body, (202, "application/x-ndjson")
        )
        while job["state"] in ("queued", "running"):
            await asyncio.sleep(0.05)
            job = await self._ask(region, "GET", f"/jobs/{job['id']}", b"", (200, ""))
        seconds = perf_counter() - started
        assert (job["state"], job["created_count"]) == ("done", _ROWS), job
        await _forget(connection, region)
        return _ROWS / seconds

    @asynccontextmanager
    async def _neighbour(self) -> AsyncIterator[list[float]]:
        """Someone who reads one project after another meanwhile, and how long each took."""
        waits: list[float] = []
        reading = asyncio.create_task(self._read_on(waits))
        try:
            yield waits
        finally:
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading

    async def _read_on(self, waits: list[float]) -> None:
        parts = urlsplit(self._url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            for code in itertools.cycle(CODES):
                head = self._head(REGION, "GET", f"/projects/{code}", b"", "")
                started = perf_counter()
                writer.write(head)
                status, _ = await answer_of(reader)
                waits.append(perf_counter() - started)
                assert status == 200
                await asyncio.sleep(_PAUSE_SECONDS)
        finally:
            writer.close()

    async def _ask(
        self, region: str, method: str, path: str, body: bytes, expect: tuple[int, str]
    ) -> dict[str, Any]:
        parts = urlsplit(self._url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            writer.write(self._head(region, method, path, body, expect[1]))
            for start in range(0, len(body), 2**16):
                writer.write(body[start : start + 2**16])
                await writer.drain()
            status, answer = await answer_of(reader)
        finally:
            writer.close()
        assert status == expect[0], answer
        return dict(orjson.loads(answer))

    def _head(self, region: str, method: str, path: str, body: bytes, kind: str) -> bytes:
        who = Principal("bench", "测量", frozenset({Role.INTEGRATION}), region)
        return (
            f"{method} {path} HTTP/1.1\r\nhost: bench\r\ncontent-length: {len(body)}\r\n"
            f"authorization: Bearer {self._token(who)}\r\n"
            + (f"content-type: {kind}\r\nidempotency-key: {region}\r\n" if kind else "")
            + "\r\n"
        ).encode()

    def _token(self, who: Principal) -> str:
        """The gateway too shows one token as long as it is good, which is a minute."""
        token, made_at = self._shown.get(who, ("", 0.0))
        if perf_counter() - made_at > TOKEN_SECONDS / 2:
            token, made_at = self._tokens.make("goals", who), perf_counter()
            self._shown[who] = token, made_at
        return token


def _item(number: int) -> dict[str, Any]:
    return {
        "code": _CODES[number],
        "name": _NAMES[number],
        "unit_code": _UNITS[number % 50],
        "category": "specific",
        "kind": "new",
        "fiscal_year": 2023,
        "funds": [{"fund_level": "county", "amount": "1000000.00"}],
        "synthetic": True,
    }


async def _copy(connection: "asyncpg.Connection[Any]") -> float:
    """Rows per second that COPY reaches with the same projects and funds."""
    region = await _new_region(connection)
    at = datetime.now(UTC)
    projects = [
        (region, code, name, _UNITS[number % 50], "specific", "new", "other", False, True, 1, at)
        for number, (code, name) in enumerate(zip(_CODES, _NAMES, strict=True))
    ]
    funds = [
        (region, code, 2023, "county", "appropriation", Decimal("1000000.00")) for code in _CODES
    ]
    columns = (
        "region_code", "code", "name", "unit_code", "category", "kind", "spending_kind", "is_key",
        "synthetic", "row_version", "updated_at",
    )  # fmt: skip
    started = perf_counter()
    async with connection.transaction():
        await connection.copy_records_to_table("project", records=projects, columns=columns)
        await connection.copy_records_to_table(
            "project_fund",
            records=funds,
            columns=(
                "region_code",
                "project_code",
                "fiscal_year",
                "fund_level",
                "source",
                "amount",
            ),
        )
    seconds = perf_counter() - started
    await _forget(connection, region)
    return _ROWS / seconds


async def _new_region(connection: "asyncpg.Connection[Any]") -> str:
    region = next(_regions)
    await connection.execute(
        """insert into unit (region_code, code, name, department_code, office, synthetic,
                            row_version, updated_at)
           select $1, code, name, department_code, office, synthetic, 1, now()
           from unit where region_code = $2""",
        region,
        REGION,
    )
    return region


async def _forget(connection: "asyncpg.Connection[Any]", region: str) -> None:
    for table in ("project_fund", "project", "unit"):
        await connection.execute(f"delete from {table} where region_code = $1", region)


def _process_at(url: str) -> psutil.Process:
    port = str(urlsplit(url).port)
    return next(
        child for child in psutil.Process().children() if ["--port", port] == _port_of(child)
    )


def _port_of(process: psutil.Process) -> list[str]:
    words = process.cmdline()
    return words[words.index("--port") :][:2] if "--port" in words else []
