"""Identifiers: UUIDv7 for rows, W3C trace ids for requests."""

import re
from contextvars import ContextVar
from random import getrandbits
from uuid import UUID

from uuid6 import uuid7 as _uuid7

_TRACEPARENT = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$")
_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")

#: Headers that carry the ids of the present request on to the next process.
outgoing_ids: ContextVar[dict[str, str] | None] = ContextVar("outgoing_ids", default=None)


def new_id() -> UUID:
    """A time-ordered UUIDv7."""
    return UUID(int=_uuid7().int)


def new_ids(count: int) -> list[UUID]:
    """As many UUIDv7 in ascending order: one instant, numbers that follow one another."""
    first = _uuid7().int
    return [UUID(int=first + n) for n in range(count)]


def child_traceparent(parent: str | None) -> str:
    """The next span of `parent`'s trace, or the first of a new one when it is not valid W3C."""
    match = _TRACEPARENT.match(parent or "")
    trace_id = match[1] if match and match[1] != "0" * 32 else f"{getrandbits(128):032x}"
    return f"00-{trace_id}-{getrandbits(64):016x}-01"


def trace_id_of(traceparent: str) -> str:
    """The 32 hex digits that name the whole trace."""
    return traceparent[3:35]


def request_id_from(sent: str | None) -> str:
    """What the client sent if it is harmless, else a new id."""
    return sent if sent and _REQUEST_ID.match(sent) else f"{getrandbits(96):024x}"
