"""The local runner: one child's death ends all with its code, one Ctrl-C ends everything cleanly."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from deploy.keys import JWKS_NAME
from deploy.local import ROOT, _as_exit_status, ports_from
from shared.auth import Tokens
from tests.conftest import free_ports


class Runner:
    """`python -m deploy.local` as a child of the test."""

    def __init__(self, process: asyncio.subprocess.Process, var: Path) -> None:
        self.process = process
        self.var = var
        self.lines: list[str] = []

    async def until(self, phrase: str) -> None:
        """Read the output until a line holds the phrase."""
        assert self.process.stdout is not None
        async for raw in self.process.stdout:
            self.lines.append(raw.decode())
            if phrase in self.lines[-1]:
                return
        raise AssertionError("".join(self.lines))

    async def ended(self) -> int:
        """Its exit status, once it has read everything out."""
        assert self.process.stdout is not None
        async with asyncio.timeout(30):
            self.lines += [raw.decode() async for raw in self.process.stdout]
            return await self.process.wait()

    def child(self, app: str) -> psutil.Process:
        """The uvicorn that runs an app."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        return next(child for child in children if app in child.cmdline())


@asynccontextmanager
async def runner(var: Path, base: int) -> AsyncIterator[Runner]:
    """A running local stack on its own ports and data, in its embedded Postgres."""
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.local", "--var", str(var), "--port-base", str(base),
        cwd=ROOT, env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield Runner(process, var)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.fixture
def base() -> int:
    """The first of four neighbouring free ports."""
    for candidate in range(21000, 30000, 10):
        if all(_is_free(candidate + offset) for offset in range(4)):
            return candidate
    raise AssertionError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def assert_nothing_is_left(run: Runner, base: int) -> None:
    """No port answers and Postgres has taken its pid file away."""
    assert all(_is_free(base + offset) for offset in range(4))
    assert not (run.var / "postgres" / "postmaster.pid").exists()


async def test_one_ctrl_c_ends_everything_postgres_included(tmp_path: Path, base: int) -> None:
    """A long poll that would wait for half a minute is answered, not cut off."""
    async with runner(tmp_path / "var", base) as run:
        await run.until("问效已就绪")
        poll = asyncio.create_task(long_poll(run, base))
        await asyncio.sleep(1.5)  # on a busy machine the poll takes a while to arrive
        run.process.send_signal(signal.SIGINT)
        assert await run.ended() == 0
        assert await poll == (200, [])
        assert_nothing_is_left(run, base)
    assert "Traceback" not in "".join(run.lines)


async def long_poll(run: Runner, base: int) -> tuple[int, list[object]]:
    """Wait for news of the goals service as another process does."""
    keys = run.var / "keys"
    tokens = Tokens("gateway", keys / "gateway.pem", keys / JWKS_NAME)
    headers = {"authorization": f"Bearer {tokens.as_itself('goals')}"}
    url = f"http://127.0.0.1:{base + 3}/events?wait=30"
    async with httpx.AsyncClient(timeout=40, trust_env=False) as client:
        answer = await client.get(url, headers=headers)
    return answer.status_code, answer.json()


async def test_a_child_that_dies_ends_all_with_its_code(tmp_path: Path, base: int) -> None:
    async with runner(tmp_path / "var", base) as run:
        await run.until("问效已就绪")
        run.child("services.monitoring.app:create").kill()
        assert await run.ended() == 128 + signal.SIGKILL
        assert_nothing_is_left(run, base)
    assert any("monitoring 已退出" in line for line in run.lines)


async def test_the_children_do_not_outlive_a_killed_runner(tmp_path: Path, base: int) -> None:
    async with runner(tmp_path / "var", base) as run:
        await run.until("问效已就绪")
        children = psutil.Process(run.process.pid).children()
        run.process.kill()
        await run.process.wait()
        gone, alive = await asyncio.to_thread(psutil.wait_procs, children, 15)
        assert (len(gone), alive) == (4, [])
    stop_leftover_postgres(tmp_path / "var" / "postgres")


def stop_leftover_postgres(data: Path) -> None:
    """Postgres detaches from its starter and is found again by the next start; here it ends."""
    psutil.Process(int((data / "postmaster.pid").read_text().split()[0])).terminate()


async def test_a_taken_port_is_one_clear_line(tmp_path: Path, base: int) -> None:
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", base))
        squatter.listen()
        async with runner(tmp_path / "var", base) as run:
            assert await run.ended() == 1
    assert len(run.lines) == 1
    assert f"端口 {base}" in run.lines[0]
    assert "PORT_BASE" in run.lines[0]


@pytest.mark.parametrize(("code", "status"), [(3, 3), (-9, 137), (-15, 143), (0, 1)])
def test_a_childs_end_becomes_the_runners_exit_status(code: int, status: int) -> None:
    assert _as_exit_status(code) == status


def test_ports_can_be_moved_together() -> None:
    assert ports_from(None) is None
    assert ports_from(9100) == {
        "gateway": 9100,
        "evaluation": 9101,
        "monitoring": 9102,
        "goals": 9103,
    }
    assert len(set(free_ports().values())) == 4
