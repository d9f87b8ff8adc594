"""Run everything on this machine: `python -m deploy.local`.

Starts Postgres (unless `DATABASE_URL` names one), migrates, starts the four processes, waits until
each is ready, prefixes their log lines. One that dies ends all with its code; one Ctrl-C ends
everything, Postgres included.
"""

import argparse
import asyncio
import ctypes
import os
import secrets
import signal
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TextIO

from deploy.keys import ISSUER, JWKS_NAME, ensure_keys
from deploy.migrate import migrate
from deploy.postgres import as_role, given_url, running_postgres
from deploy.topology import BY_NAME, GATEWAY, PROCESSES, SERVICES, Process

ROOT = Path(__file__).parent.parent
USERS_FILE = ROOT / "deploy" / "demo" / "data" / "users.csv"
_GRACE_SECONDS = 8
_READY_SECONDS = 40


class StartFailed(Exception):
    """What keeps the processes from starting, in one line with what to do about it."""


class Stack:
    """The four processes on loopback, each a child of this one."""

    def __init__(
        self,
        admin_url: str,
        var: Path,
        *,
        ports: dict[str, int] | None = None,
        log: TextIO | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.ports = ports or {process.name: process.port for process in PROCESSES}
        self.var = var
        self.admin_url = admin_url
        self._log = log
        self._settings = dict(settings or {})
        self._children: dict[str, asyncio.subprocess.Process] = {}
        self._printers: list[asyncio.Task[None]] = []
        self._passwords = {process.name: secrets.token_urlsafe(18) for process in SERVICES}

    @property
    def url(self) -> str:
        """Where the gateway answers."""
        return self.url_of(GATEWAY.name)

    def url_of(self, name: str) -> str:
        """Where a process answers."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def database_url(self, name: str) -> str:
        """A service's own URL, with its own role."""
        return as_role(self.admin_url, BY_NAME[name].role, self._passwords[name])

    async def start(self, *names: str) -> None:
        """Migrate, start those named or all, return when they are ready."""
        self._refuse_taken_ports()
        ensure_keys(self.var / "keys")
        await migrate(self.admin_url, {p.name: self.database_url(p.name) for p in SERVICES})
        for name in names or [process.name for process in PROCESSES]:
            await self.start_one(name)
        await self.wait_ready()

    async def start_one(self, name: str) -> None:
        """Start one process, again if need be."""
        child = await asyncio.create_subprocess_exec(
            *self._command(BY_NAME[name]),
            cwd=ROOT,
            env=self._environment(BY_NAME[name]),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches this process only; it ends them in order
            preexec_fn=_end_with_parent,
        )
        self._children[name] = child
        self._printers.append(asyncio.create_task(self._print(name, child)))

    async def wait_ready(self) -> None:
        """Until every process answers `/readyz`, or one has died, or time is up."""
        deadline = asyncio.get_running_loop().time() + _READY_SECONDS
        waiting = set(self._children)
        while waiting:
            for name in sorted(waiting):
                if self._children[name].returncode is not None:
                    raise StartFailed(f"{name} 启动失败，请看上面它的日志")
                if await asyncio.to_thread(_is_ready, self.url_of(name)):
                    waiting.discard(name)
            if asyncio.get_running_loop().time() > deadline:
                raise StartFailed(f"{'、'.join(sorted(waiting))} 未在 {_READY_SECONDS} 秒内就绪")
            await asyncio.sleep(0.05)

    async def kill(self, name: str) -> None:
        """`kill -9`: what a power cut does to one process."""
        self._children[name].kill()
        await self._children[name].wait()

    async def first_death(self) -> tuple[str, int]:
        """Wait until any process ends; which one, and its exit code."""
        waits = {asyncio.create_task(c.wait()): name for name, c in self._children.items()}
        done, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        dead = done.pop()
        return waits[dead], dead.result()

    async def stop(self) -> None:
        """Ask all to end, then insist."""
        for child in self._children.values():
            if child.returncode is None:
                child.terminate()
        for child in self._children.values():
            try:
                await asyncio.wait_for(child.wait(), _GRACE_SECONDS)
            except TimeoutError:
                child.kill()
                await child.wait()
        await asyncio.gather(*self._printers, return_exceptions=True)

    def _command(self, process: Process) -> list[str]:
        port = str(self.ports[process.name])
        return [
            sys.executable, "-m", "uvicorn", "--factory", process.app,
            "--host", "127.0.0.1", "--port", port, "--http", "httptools", "--no-access-log",
            "--no-server-header", "--no-proxy-headers",
            "--timeout-graceful-shutdown", "5", "--timeout-keep-alive", "30",
        ]  # fmt: skip

    def _environment(self, process: Process) -> dict[str, str]:
        keys = self.var / "keys"
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("WENXIAO_")},
            "PYTHONUNBUFFERED": "1",
            "WENXIAO_ENVIRONMENT": "development",
            "WENXIAO_LOG_LEVEL": os.environ.get("WENXIAO_LOG_LEVEL", "INFO"),
            "WENXIAO_KEY_FILE": str(keys / f"{process.name}.pem"),
            "WENXIAO_INTERNAL_JWKS_FILE": str(keys / JWKS_NAME),
            **{f"WENXIAO_{p.name.upper()}_URL": self.url_of(p.name) for p in SERVICES},
        }
        environment |= self._settings
        if process.schema is not None:
            environment["WENXIAO_DATABASE_URL"] = self.database_url(process.name)
        if process is GATEWAY:
            environment["WENXIAO_BIND_HOST"] = "127.0.0.1"
            environment["WENXIAO_DEV_KEY_FILE"] = str(keys / f"{ISSUER}.pem")
            environment["WENXIAO_DEV_USERS_FILE"] = str(USERS_FILE)
        return environment

    def _refuse_taken_ports(self) -> None:
        for name, port in self.ports.items():
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError as error:
                    raise StartFailed(
                        f"端口 {port}（{name}）已被占用：请先停掉占用它的程序，"
                        f"或用 PORT_BASE=9100 之类换一组端口"
                    ) from error

    async def _print(self, name: str, child: asyncio.subprocess.Process) -> None:
        assert child.stdout is not None
        async for line in child.stdout:
            if self._log is not None:
                self._log.write(f"{name:<10} │ {line.decode('utf-8', 'replace')}")


def ports_from(base: int | None) -> dict[str, int] | None:
    """`PORT_BASE=9100` moves all processes to 9100, 9101, …; None keeps the usual ports."""
    if base is None:
        return None
    return {process.name: base + offset for offset, process in enumerate(reversed(PROCESSES))}


@asynccontextmanager
async def running_stack(
    var: Path, *, ports: dict[str, int] | None = None, log: TextIO | None = None
) -> AsyncIterator[Stack]:
    """Postgres and the four processes, ready, for as long as the block runs."""
    with running_postgres(var / "postgres", url=given_url()) as admin_url:
        stack = Stack(admin_url, var, ports=ports, log=log)
        try:
            await stack.start()
            yield stack
        finally:
            await stack.stop()


async def stop_signal() -> None:
    """Return at the first SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


async def serve(var: Path, ports: dict[str, int] | None) -> int:
    """Run until Ctrl-C (0) or until a child dies: its code, 128 + n for signal n, never 0."""
    interrupted = asyncio.create_task(stop_signal())
    async with running_stack(var, ports=ports, log=sys.stdout) as stack:
        print(f"问效已就绪：{stack.url}/docs （Ctrl-C 结束）", flush=True)
        death = asyncio.create_task(stack.first_death())
        await asyncio.wait({interrupted, death}, return_when=asyncio.FIRST_COMPLETED)
        if interrupted.done():
            death.cancel()
            return 0
        name, code = death.result()
        print(f"{name} 已退出（{code}），其余进程随之停止", file=sys.stderr, flush=True)
        return _as_exit_status(code)


def _end_with_parent() -> None:
    """In the child, before it becomes the process: should this runner be killed, end as well."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def _as_exit_status(code: int) -> int:
    if code < 0:
        return 128 - code
    return code or 1


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def main() -> int:
    """Command line of the local runner."""
    parser = argparse.ArgumentParser(description="在本机运行问效的四个进程")
    parser.add_argument("--var", type=Path, default=ROOT / "var" / "dev", help="数据与密钥目录")
    parser.add_argument("--port-base", type=int, default=os.environ.get("PORT_BASE"))
    arguments = parser.parse_args()
    try:
        return asyncio.run(serve(arguments.var, ports_from(arguments.port_base)))
    except StartFailed as error:
        print(f"无法启动：{error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
