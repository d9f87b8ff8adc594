"""The tables each service's schema has for the machinery: events, cursors, parked events, keys."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import UserDefinedType


class Xid8(UserDefinedType[int]):
    """Postgres's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """The type's name in DDL."""
        return "xid8"


ischema_names["xid8"] = Xid8  # SQLAlchemy does not know the type when it reads a schema

#: Not rows of a region: where this deployment's consumers stand in each producer's feed.
DEPLOYMENT_WIDE = frozenset({"feed_cursor", "alembic_version"})


def add_machinery(metadata: MetaData) -> None:
    """Declare the machinery's tables, so that migrations create them in each schema."""
    event = Table(
        "event",
        metadata,
        Column("region_code", Text, primary_key=True),
        Column("id", Uuid, primary_key=True),
        Column("seq", BigInteger, Identity(always=True), nullable=False),
        Column("txid", Xid8, nullable=False, server_default=text("pg_current_xact_id()")),
        Column("type", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("data", JSONB, nullable=False),
        Column("time", DateTime(timezone=True), nullable=False),
        Column("traceparent", Text),
    )
    Index("ix_event_txid_seq", event.c.txid, event.c.seq)
    Table(
        "feed_cursor",
        metadata,
        Column("source", Text, primary_key=True),
        Column("position", Text, nullable=False),
    )
    Table(
        "parked_event",
        metadata,
        Column("region_code", Text, primary_key=True),
        Column("source", Text, primary_key=True),
        Column("event_id", Uuid, primary_key=True),
        Column("type", Text, nullable=False),
        Column("event", JSONB, nullable=False),
        Column("error", Text, nullable=False),
        Column("parked_at", DateTime(timezone=True), nullable=False),
    )
    Table(
        "idempotency_key",
        metadata,
        Column("region_code", Text, primary_key=True),
        Column("subject", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("fingerprint", LargeBinary, nullable=False),
        Column("status", SmallInteger),
        Column("headers", JSONB),
        Column("body", LargeBinary),
        Column("created_at", DateTime(timezone=True), nullable=False, index=True),
    )
