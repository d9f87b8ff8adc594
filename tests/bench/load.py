"""Clients: wrk where it is installed, else a plain asyncio loop (slower than what it measures)."""

import asyncio
import base64
import itertools
import json
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from urllib.parse import urlsplit

WRK = shutil.which("wrk")

_CYCLE = """
local paths, at = {{ {paths} }}, 0
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
"""

#: Each request creates the goal of the next project.
_POSTS = """
local at, template = {start}, [==[{template}]==]
request = function()
  at = at + 1
  local code = string.format("64010424T%012d", at)
  wrk.headers["idempotency-key"] = code .. "-{path}"
  return wrk.format("POST", "{path}", nil, (template:gsub("@CODE@", code)))
end
"""


@dataclass
class Load:
    """Answers per second, and what was not 2xx: by status, and 503s that name no delay."""

    rate: float
    failed: Counter[str] = field(default_factory=Counter)


async def most(
    url: str, paths: Sequence[str], headers: Mapping[str, str], *, clients: int, seconds: float
) -> Load:
    """As many requests as the server takes, by the fastest generator there is."""
    if WRK is None:
        return await by_status(url, paths, headers, clients=clients, seconds=seconds)
    cycle = _CYCLE.format(paths=",".join(f'"{path}"' for path in paths))
    return await _by_wrk(WRK, cycle, url, headers, clients=clients, seconds=seconds)


async def posts(
    url: str, path: str, token: str, template: str, start: int, *, clients: int, seconds: float = 2
) -> Load:
    """New goals, one a project from `start` on, as many as the server takes. Needs wrk."""
    if WRK is None:
        return Load(0, Counter({"没有 wrk": 1}))
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    script = _POSTS.format(start=start, template=template, path=path)
    return await _by_wrk(WRK, script, url, headers, clients=clients, seconds=seconds)


def cursor(keys: Sequence[object]) -> str:
    """A page cursor as the services make it."""
    return base64.urlsafe_b64encode(json.dumps(keys).encode()).decode()


async def _by_wrk(
    wrk: str, lua: str, url: str, headers: Mapping[str, str], *, clients: int, seconds: float
) -> Load:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(lua)
        script.flush()
        given = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
        child = await asyncio.create_subprocess_exec(
            wrk, "-t1", f"-c{clients}", f"-d{seconds:g}", "-s", script.name, *given, url,
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out = (await child.communicate())[0].decode()
    rate = re.search(r"Requests/sec:\s+([\d.]+)", out)
    assert rate is not None, out
    failed = re.findall(r"(Non-2xx or 3xx responses|Socket errors): (.+)", out)
    return Load(float(rate[1]), Counter({f"{what} {how}": 1 for what, how in failed}))


async def by_status(
    url: str, paths: Sequence[str], headers: Mapping[str, str], *, clients: int, seconds: float
) -> Load:
    """The same from this process, keeping count of what every answer was."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    heads = [f"GET {path} HTTP/1.1\r\nhost: bench\r\n{lines}\r\n".encode() for path in paths]
    turn = itertools.cycle(heads)
    answers: Counter[str] = Counter()
    started = perf_counter()
    loops = (_client(url, turn, answers, started + seconds) for _ in range(clients))
    await asyncio.gather(*loops)
    rate = answers.pop("2xx", 0) / (perf_counter() - started)
    return Load(rate, answers)


async def _client(
    url: str, turn: "itertools.cycle[bytes]", answers: Counter[str], until: float
) -> None:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        while perf_counter() < until:
            writer.write(next(turn))
            answers[await _answer(reader)] += 1
    except (OSError, asyncio.IncompleteReadError) as error:
        answers[type(error).__name__] += 1
    finally:
        writer.close()


async def answer_of(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """An answer's status and body."""
    status, _, body = await _read(reader)
    return status, body


async def _answer(reader: asyncio.StreamReader) -> str:
    status, head, _ = await _read(reader)
    if 200 <= status < 300:
        return "2xx"
    return str(status) + (" + Retry-After" if b"\r\nretry-after: " in head else "")


async def _read(reader: asyncio.StreamReader) -> tuple[int, bytes, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = re.search(rb"\r\ncontent-length: (\d+)", head)
    body = await reader.readexactly(int(length[1])) if length is not None else b""
    return int(head.split(b" ", 2)[1]), head, body
