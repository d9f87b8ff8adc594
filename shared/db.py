"""The database as a service sees it: one transaction a request for writes, a plain pool for reads.

Writes: `Session` begins with the first statement and commits before the answer is sent
(`scope="function"`): an answer of 2xx means that it is stored. Reads: `Reader` is asyncpg's own
pool, three times as fast as the ORM for a single row.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any, TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from fastapi import Depends, FastAPI
from sqlalchemy import MetaData, Select, func, select
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.exc import DBAPIError, IntegrityError, TimeoutError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from starlette.requests import Request
from starlette.responses import JSONResponse

from shared.auth import Caller
from shared.log import get_logger
from shared.machinery import add_machinery
from shared.problems import (
    InternalError,
    InvalidPayload,
    MalformedRequest,
    NotFound,
    Problem,
    StateConflict,
    Unavailable,
    problem_response,
)

_log = get_logger(__name__)
_T = TypeVar("_T")

_SERVER_SETTINGS = {
    "statement_timeout": "20s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "15s",
}

#: SQLSTATE classes that a later try may not meet: connection, serialisation, resources, locks, shutdown.
_PASSING = frozenset({"08", "40", "53", "55", "57"})

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def service_metadata() -> MetaData:
    """Metadata for one service's tables, the machinery's among them, with predictable names."""
    metadata = MetaData(naming_convention=NAMING)
    add_machinery(metadata)
    return metadata


def sqlalchemy_url(url: str) -> str:
    """`postgresql://…` as SQLAlchemy wants it for asyncpg."""
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)


def create_engine(url: str, *, process: str, schema: str, pool_size: int) -> AsyncEngine:
    """The write engine: every connection sees its own schema only."""
    return create_async_engine(
        sqlalchemy_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={"server_settings": _server_settings(process, schema)},
    )


async def create_pool(url: str, *, process: str, schema: str, size: int) -> "asyncpg.Pool[Any]":
    """The read pool."""
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size,
        command_timeout=20,
        server_settings=_server_settings(process, schema),
        reset=_leave_as_it_is,
    )


async def _leave_as_it_is(connection: Any) -> None:
    """Plain selects leave no session state behind: the usual reset is a round trip for nothing."""


def sessions_of(
    engine: AsyncEngine, *, on_commit: Callable[[], None]
) -> async_sessionmaker[AsyncSession]:
    """Sessions whose objects stay readable after commit; `on_commit` rings when events are out."""
    return async_sessionmaker(engine, expire_on_commit=False, info={"on_commit": on_commit})


def on_commit(session: AsyncSession, call: Callable[[], None]) -> None:
    """Call when the session's transaction is committed; also at a savepoint's end."""
    sqlalchemy_event.listen(session.sync_session, "after_commit", lambda _: call())


async def _transaction(request: Request) -> AsyncIterator[AsyncSession]:
    async with request.app.state.sessions.begin() as session:
        yield session


async def _reader(request: Request) -> "Reads":
    return reads_of(request)


def reads_of(request: Request) -> "Reads":
    """The reader, for the routes asked most often: a dependency less is a tenth less."""
    reads: Reads = request.app.state.reads
    return reads


class Reads:
    """Rows by SQL (`$1, $2, …`), each call on its own pooled connection."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def all(self, sql: str, *args: object) -> Sequence[Mapping[str, Any]]:
        """Every row of the statement."""
        connection = await self._acquired()
        try:
            rows = await connection.fetch(sql, *args)
        finally:
            await self._pool.release(connection)
        return [dict(row) for row in rows]

    async def one(self, sql: str, *args: object) -> Mapping[str, Any]:
        """The first row. Raises NotFound when there is none: missing and not yours look alike."""
        row = await self.maybe(sql, *args)
        if row is None:
            raise NotFound
        return row

    async def maybe(self, sql: str, *args: object) -> Mapping[str, Any] | None:
        """The first row, or None."""
        rows = await self.all(sql, *args)
        return rows[0] if rows else None

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator["Reads"]:
        """The same queries on one snapshot of the data: their answers agree with one another."""
        connection = await self._acquired()
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                yield SnapshotReads(connection)
        finally:
            await self._pool.release(connection)

    async def _acquired(self) -> "PoolConnectionProxy[Any]":
        async with asyncio.timeout(5):  # the pool's own limit starts two of them
            return await self._pool.acquire()


class SnapshotReads(Reads):
    """Queries on one connection, one after the other, inside its transaction."""

    def __init__(self, connection: "PoolConnectionProxy[Any]") -> None:
        self._connection = connection

    async def all(self, sql: str, *args: object) -> Sequence[Mapping[str, Any]]:
        """Every row of the statement."""
        return [dict(row) for row in await self._connection.fetch(sql, *args)]


class TransactionReads(Reads):
    """The same queries inside a write's transaction: they see what it has done so far."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self, sql: str, *args: object) -> Sequence[Mapping[str, Any]]:
        """Every row of the statement."""
        await self._session.flush()
        connection = await self._session.connection()
        rows = await connection.exec_driver_sql(sql, args)
        return [dict(row) for row in rows.mappings()]


Session = Annotated[AsyncSession, Depends(_transaction, scope="function")]
Reader = Annotated[Reads, Depends(_reader)]


async def lock_one(session: AsyncSession, statement: Select[_T]) -> _T:
    """The one row of a select, locked for this transaction. Raises NotFound."""
    row: _T | None = await session.scalar(statement.with_for_update())
    if row is None:
        raise NotFound
    return row


async def wait_turn(session: AsyncSession, lock: str) -> None:
    """Wait until no other transaction holds this turn; it ends with the transaction."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(lock, 0))))


def within(statement: Select[_T], table: Any, caller: Caller) -> Select[_T]:
    """Limit a select to the rows the caller reaches: the region, and the units if so limited."""
    statement = statement.where(table.region_code == caller.region_code)
    if caller.units is not None:
        statement = statement.where(table.unit_code.in_(caller.units))
    return statement


def install_db_handlers(app: FastAPI) -> None:
    """Answer for what the database refuses."""
    app.add_exception_handler(IntegrityError, _on_refused)
    app.add_exception_handler(DBAPIError, _on_database)
    app.add_exception_handler(asyncpg.PostgresError, _on_reads)
    for error in (TimeoutError, asyncio.TimeoutError, OSError):
        app.add_exception_handler(error, _on_busy)


async def _on_refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, IntegrityError)
    constraint = getattr(error.orig.__cause__, "constraint_name", None) if error.orig else None
    _log.warning("refused_by_database", constraint=constraint)
    return problem_response(request, StateConflict(f"与已有数据冲突（{constraint}）"))


async def _on_database(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DBAPIError)
    sqlstate = getattr(error.orig, "sqlstate", None) or ""
    _log.warning("database", sqlstate=sqlstate, error=str(error.orig))
    problem = _problem_of(request, "08" if error.connection_invalidated else sqlstate)
    return problem_response(request, problem)


async def _on_reads(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, asyncpg.PostgresError)
    sqlstate = error.sqlstate or ""
    _log.warning("database", sqlstate=sqlstate, error=str(error))
    return problem_response(request, _problem_of(request, sqlstate))


def _problem_of(request: Request, sqlstate: str) -> Problem:
    if sqlstate[:2] in _PASSING:
        return Unavailable("数据库暂时不可用", headers={"Retry-After": "2"})
    if sqlstate.startswith("22"):
        refusal = MalformedRequest if request.method == "GET" else InvalidPayload
        return refusal("数值或文本超出数据库可存储的范围")
    return InternalError("请凭追踪编号联系运维人员")


async def _on_busy(request: Request, error: Exception) -> JSONResponse:
    _log.warning("database_busy", error=repr(error))
    problem = Unavailable("系统繁忙，请稍后再试", headers={"Retry-After": "2"})
    return problem_response(request, problem)


def _server_settings(process: str, schema: str) -> dict[str, str]:
    return {"application_name": f"wenxiao-{process}", "search_path": schema, **_SERVER_SETTINGS}
