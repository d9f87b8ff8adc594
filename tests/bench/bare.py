"""What the gateway and the goals service are measured against: as little Python as there can be."""

import os
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import asyncpg
import orjson
from starlette.types import Receive, Scope, Send

from services.goals.queries import projects
from services.goals.usecases.drafts import START
from shared.ids import new_id

REGION = "640104000"

_ITEMS = [
    {"code": f"64010423R0000000{number:05d}", "name": "老旧小区改造", "amount": "1234567.89"}
    for number in range(18)
]
BODY = orjson.dumps({"items": _ITEMS})


async def fixed(scope: Scope, receive: Receive, send: Send) -> None:
    """About 1.4 KB of JSON, always the same."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    else:
        await _answer(send, BODY)


class ByKey:
    """`/projects/{code}`: the goals service's own statement, and its rows as JSON."""

    pool: "asyncpg.Pool[Any]"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            self.pool = await asyncpg.create_pool(
                os.environ["WENXIAO_DATABASE_URL"],
                min_size=10,
                max_size=10,
                server_settings={"search_path": "goals"},
            )
            await _lifespan(receive, send)
            await self.pool.close()
            return
        await self.answer(scope, receive, send)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One project."""
        code = scope["path"].rpartition("/")[2]
        row = await self.pool.fetchrow(projects._PROJECT, REGION, code, None)
        await _answer(send, orjson.dumps(dict(row), default=str))


by_key = ByKey()


class Create(ByKey):
    """`POST /goals`: the goals service's own statement, fed by what was sent, unchecked."""

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Store one goal."""
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        draft = orjson.loads(body)
        headers = dict(scope["headers"])
        rows = [
            {**row, "row_id": str(new_id()), "position": n, "scope": "annual"}
            for n, row in enumerate(draft["indicators"], 1)
        ]
        await self.pool.fetch(
            START, REGION, "bench", headers[b"idempotency-key"].decode(), sha256(body).digest(),
            datetime.now(UTC), "{}", new_id(), body.decode(), "project", draft["project_code"],
            None, draft["fiscal_year"], draft["annual_goal"], None, "[]",
            orjson.dumps(rows).decode(), new_id(),
        )  # fmt: skip
        await _answer(send, body, status=201)


create = Create()


async def _answer(send: Send, body: bytes, status: int = 200) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _lifespan(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})
