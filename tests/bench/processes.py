"""The processes of a benchmark: started on loopback, ready, and gone when it ends."""

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_READY_SECONDS = 20

_NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 2048; }}
http {{
  access_log off; keepalive_requests 1000000; client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  upstream behind {{ server {upstream}; keepalive 256; keepalive_requests 1000000; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://behind;
    }}
  }}
}}
"""


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def uvicorn(app: str, *flags: str, **settings: str) -> AsyncIterator[str]:
    """One uvicorn worker with the flags the deployment uses; its URL."""
    port = free_port()
    command = [
        sys.executable, "-m", "uvicorn", *flags, app, "--host", "127.0.0.1", "--port", str(port),
        "--http", "httptools", "--no-access-log", "--no-server-header", "--no-proxy-headers",
        "--log-level", "warning", "--timeout-keep-alive", "30", "--timeout-graceful-shutdown", "2",
    ]  # fmt: skip
    async with _running(command, port, settings):
        yield f"http://127.0.0.1:{port}"


@asynccontextmanager
async def nginx(upstream_url: str, folder: Path) -> AsyncIterator[str | None]:
    """One nginx worker in front of the upstream; None where nginx is not installed."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        yield None
        return
    port, config = free_port(), folder / "nginx.conf"
    upstream = upstream_url.removeprefix("http://")
    config.write_text(_NGINX.format(folder=folder, upstream=upstream, port=port))
    async with _running([program, "-p", str(folder), "-c", str(config)], port, {}):
        yield f"http://127.0.0.1:{port}"


@asynccontextmanager
async def _running(
    command: list[str], port: int, settings: Mapping[str, str]
) -> AsyncIterator[None]:
    child = await asyncio.create_subprocess_exec(
        *command,
        cwd=_ROOT,
        env={**os.environ, **settings},
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        await _wait_until_open(child, port)
        yield
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()


async def _wait_until_open(child: asyncio.subprocess.Process, port: int) -> None:
    async with asyncio.timeout(_READY_SECONDS):
        while child.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return
    raise RuntimeError(f"process on port {port} ended with {child.returncode}")
