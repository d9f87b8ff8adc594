"""Idempotency-Key: the answer to a POST is stored in the transaction that did the work.

A repeat of the same request gets the stored answer and does nothing; the same key with another
request is refused; while the first is still running a repeat gets 409 with Retry-After. A crash
takes key and effect back together.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, NoReturn

import asyncpg
from fastapi import Depends, Header
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from shared import clock
from shared.db import Reads, Session, reads_of
from shared.etags import etag
from shared.fields import Out
from shared.problems import (
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    MalformedRequest,
    Problem,
    RequestInProgress,
)

KeyHeader = Annotated[
    str | None, Header(description="one new value per intended effect, at most 255 characters")
]
_KEY = re.compile(r"^[\x21\x23-\x7e]{1,255}$")

_CLAIM = text("""
    with turn as (select pg_try_advisory_xact_lock(hashtextextended(:lock, 0)) as mine)
    insert into idempotency_key (region_code, subject, key, fingerprint, created_at)
    select :region_code, :subject, :key, :fingerprint, :at from turn where mine
    on conflict do nothing returning 1
""")
_STORED = text("""
    select fingerprint, status, headers, body from idempotency_key
    where region_code = :region_code and subject = :subject and key = :key
""")
_STORED_READ = """
    select fingerprint, status, headers, body from idempotency_key
    where region_code = $1 and subject = $2 and key = $3
"""
_STORE = text("""
    update idempotency_key set status = :status, headers = cast(:headers as jsonb), body = :body
    where region_code = :region_code and subject = :subject and key = :key
""")


class Replay(Exception):
    """The request was answered before; this is the answer."""

    def __init__(self, response: Response) -> None:
        super().__init__("replayed")
        self.response = response


class OnceOnly:
    """The claimed key of the present request; `answer` stores what is about to be sent."""

    def __init__(self, session: AsyncSession, identity: dict[str, str]) -> None:
        self._session = session
        self._identity = identity

    async def answer(
        self,
        out: Out,
        *,
        status: int = 201,
        location: str | None = None,
        row_version: int | None = None,
    ) -> Response:
        """Store the answer beside the work and return it; call it last in the route."""
        headers = {}
        if location is not None:
            headers["Location"] = location
        if row_version is not None:
            headers["ETag"] = etag(row_version)
        body = out.model_dump_json().encode()
        stored = {"status": status, "headers": json.dumps(headers), "body": body}
        await self._session.execute(_STORE, {**self._identity, **stored})
        return _response(status, headers, body)


class OneStatement:
    """For a POST whose whole work is one SQL statement on the read pool: that statement claims the
    key and stores the answer as well, so that nothing has to be held open between them."""

    def __init__(self, reads: Reads, identity: dict[str, str], fingerprint: bytes) -> None:
        self._reads = reads
        self._identity = identity
        self._fingerprint = fingerprint

    async def run(
        self, sql: str, *args: object, location: str, at: datetime, taken: Problem
    ) -> Response | None:
        """Run `with …, {CLAIMED} … select body from claimed`, whose own arguments begin at $7.

        Answers 201, or as the first time when the key was used before; None when the statement
        found nothing to do. Raises `taken` when a unique key of its own is taken.
        """
        headers = {"Location": location, "ETag": etag(1)}
        claim = (*self._identity.values(), self._fingerprint, at, json.dumps(headers))
        try:
            done = await self._reads.maybe(sql, *claim, *args)
        except asyncpg.UniqueViolationError as error:
            raise taken from error
        if done is not None:
            return _response(201, headers, done["body"])
        stored = await self._reads.maybe(_STORED_READ, *self._identity.values())
        if stored is not None:
            _replay(stored, self._fingerprint)
        return None


#: Claims the key and stores the answer, the jsonb `document` that `answer` selects:
#: $1–$3 identity, $4 fingerprint, $5 now, $6 headers.
CLAIMED = """claimed as (
    insert into idempotency_key
        (region_code, subject, key, fingerprint, created_at, status, headers, body)
    select $1, $2, $3, $4, $5, 201, $6, convert_to(document::text, 'UTF8') from answer
    on conflict do nothing returning region_code, subject, created_at, body)"""


async def _one_statement(request: Request, idempotency_key: KeyHeader = None) -> OneStatement:
    identity = _identity(request, idempotency_key)
    return OneStatement(reads_of(request), identity, await _fingerprint(request))


async def _once(
    request: Request,
    session: Session,
    idempotency_key: KeyHeader = None,
) -> OnceOnly:
    identity = _identity(request, idempotency_key)
    return await _claim(session, identity, await _fingerprint(request))


class UploadKey:
    """The key of a request whose body is read as it arrives: claimed when its digest is known."""

    def __init__(self, request: Request, identity: dict[str, str]) -> None:
        self._request = request
        self._identity = identity

    async def claim(self, session: AsyncSession, body_digest: bytes) -> OnceOnly:
        """The claimed key. Raises Replay, RequestInProgress or IdempotencyKeyReused."""
        fingerprint = hashlib.sha256(_asked(self._request) + body_digest).digest()
        return await _claim(session, self._identity, fingerprint)


async def _upload_key(request: Request, idempotency_key: KeyHeader = None) -> UploadKey:
    return UploadKey(request, _identity(request, idempotency_key))


def _identity(request: Request, sent: str | None) -> dict[str, str]:
    key = (sent or "").strip().strip('"')
    if not key:
        raise IdempotencyKeyMissing("请在请求头带上 Idempotency-Key，重试时保持不变")
    if not _KEY.match(key):
        raise MalformedRequest("Idempotency-Key 至多 255 个可见 ASCII 字符")
    principal = request.app.state.tokens.principal(request.headers.get("authorization", ""))
    return {"region_code": principal.region_code, "subject": principal.subject, "key": key}


async def _claim(session: AsyncSession, identity: dict[str, str], fingerprint: bytes) -> OnceOnly:
    claimed = await session.scalar(
        _CLAIM,
        {
            **identity,
            "lock": "\n".join(identity.values()),
            "fingerprint": fingerprint,
            "at": clock.now(),
        },
    )
    if claimed is None:
        stored = (await session.execute(_STORED, identity)).mappings().one_or_none()
        if stored is None:
            raise RequestInProgress("请稍候再试", headers={"Retry-After": "1"})
        _replay(stored, fingerprint)
    return OnceOnly(session, identity)


def _replay(stored: Mapping[Any, Any], fingerprint: bytes) -> NoReturn:
    if stored["fingerprint"] != fingerprint:
        raise IdempotencyKeyReused("请为另一请求换一个 Idempotency-Key")
    headers = stored["headers"]
    kept: dict[str, str] = json.loads(headers) if isinstance(headers, str) else headers
    raise Replay(
        _response(stored["status"], {**kept, "Idempotency-Replayed": "true"}, stored["body"])
    )


async def on_replay(_request: Request, error: Exception) -> Response:
    """The exception handler that sends the stored answer."""
    assert isinstance(error, Replay)
    return error.response


async def _fingerprint(request: Request) -> bytes:
    return hashlib.sha256(_asked(request) + await request.body()).digest()


def _asked(request: Request) -> bytes:
    return f"{request.method} {request.url.path}?{request.url.query}\n".encode()


def _response(status: int, headers: dict[str, Any], body: bytes) -> Response:
    return Response(body, status, headers, media_type="application/json")


Once = Annotated[OnceOnly, Depends(_once)]
OnceByStatement = Annotated[OneStatement, Depends(_one_statement)]
OnceUploaded = Annotated[UploadKey, Depends(_upload_key)]
