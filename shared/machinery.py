"""The tables a service's schema has for the machinery: events, cursors, parked events, keys, jobs."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
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

#: What a job counts, in rows.
JOB_COUNTS = ("total", "done", "created", "updated", "unchanged", "failed")

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


def add_jobs(metadata: MetaData) -> None:
    """Declare the tables of a service that takes files: jobs, and the chunks of their lines."""
    job = Table(
        "job",
        metadata,
        Column("region_code", Text, primary_key=True),
        Column("id", Uuid, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("reason", Text),
        Column("caller", JSONB, nullable=False),
        Column("created_by", Text, nullable=False),
        Column("dry_run", Boolean, nullable=False),
        Column("atomic", Text, nullable=False),
        # 表头: the fields of a table's columns; null when each line is an object.
        Column("columns", JSONB),
        Column("chunk_count", Integer, nullable=False),
        Column("next_chunk", Integer, nullable=False),
        # Of an all-or-nothing job: every line was found good, storing comes next.
        Column("checked", Boolean, nullable=False),
        *(Column(f"{name}_count", Integer, nullable=False) for name in JOB_COUNTS),
        Column("row_version", Integer, nullable=False),
        Column("worker", Uuid),
        Column("leased_until", DateTime(timezone=True)),
        Column("tries", Integer, nullable=False),
        Column("touched_at", DateTime(timezone=True), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("started_at", DateTime(timezone=True)),
        Column("finished_at", DateTime(timezone=True)),
        CheckConstraint(
            "state in ('receiving', 'queued', 'running', 'done', 'cancelled', 'failed')", "state"
        ),
        CheckConstraint("atomic in ('row', 'all')", "atomic"),
    )
    Index(
        "ix_job_touched_at",
        job.c.touched_at,
        postgresql_where=text("state in ('queued','running')"),
    )
    Table(
        "job_chunk",
        metadata,
        Column("region_code", Text, primary_key=True),
        Column("job_id", Uuid, primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("first_line", Integer, nullable=False),
        Column("last_line", Integer, nullable=False),
        Column("body", LargeBinary, nullable=False),
        # What became of each line, one letter a line; null as long as nothing did.
        Column("statuses", Text),
        Column("keys", Text),
        Column("errors", JSONB),
        ForeignKeyConstraint(
            ["region_code", "job_id"], ["job.region_code", "job.id"], ondelete="CASCADE"
        ),
    )
