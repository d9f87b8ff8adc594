"""Bulk imports: every row answered for, safe to repeat, all rows written by one statement."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Generic, Literal, TypeVar

import orjson
from fastapi import Query
from pydantic import BaseModel, ValidationError
from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import AsyncSession

from shared.fields import In, Out
from shared.handlers import field_errors
from shared.problems import FieldError, InvalidPayload

MAX_ROWS = 2000
_M = TypeVar("_M", bound=BaseModel)

DryRun = Annotated[bool, Query(description="检查并报告结果，但不保存")]
Atomic = Annotated[Literal["row", "all"], Query(description="row：逐行入库；all：有错则全不入库")]


class BulkIn(In):
    """Rows to import; each is validated on its own."""

    items: list[dict[str, Any]]


class RowResult(Out):
    """What became of one row."""

    index: int
    key: str | None
    status: Literal["created", "updated", "unchanged", "failed"]
    errors: list[FieldError]


class BulkOut(Out):
    """Counts, and every row in the order sent."""

    dry_run: bool
    created: int
    updated: int
    unchanged: int
    failed: int
    results: list[RowResult]


class Rows(Generic[_M]):
    """Rows under import: the good ones by key, the others with their errors."""

    def __init__(self, items: Sequence[dict[str, Any]], model: type[_M], key: Callable[[_M], str]):
        if not 1 <= len(items) <= MAX_ROWS:
            raise InvalidPayload(f"每次 1–{MAX_ROWS} 行")
        self.good: dict[str, tuple[int, _M]] = {}
        self._results: dict[int, RowResult] = {}
        for index, item in enumerate(items):
            self._take(index, item, model, key)

    def _take(
        self, index: int, item: dict[str, Any], model: type[_M], key: Callable[[_M], str]
    ) -> None:
        try:
            row = model.model_validate(item)
        except ValidationError as error:
            self._fail(index, None, field_errors(error.errors()))
            return
        name = key(row)
        if name in self.good:
            detail = f"与第 {self.good[name][0] + 1} 行重复"
            twice = FieldError(pointer="", code="duplicate_in_batch", detail=detail, mend="请合并")
            self._fail(index, name, [twice])
        else:
            self.good[name] = (index, row)

    @property
    def models(self) -> list[_M]:
        """The rows still good."""
        return [row for _, row in self.good.values()]

    def refuse(self, wrong: Callable[[_M], FieldError | None]) -> None:
        """Fail the good rows for which `wrong` names an error."""
        for name, (index, row) in list(self.good.items()):
            error = wrong(row)
            if error is not None:
                del self.good[name]
                self._fail(index, name, [error])

    def _fail(self, index: int, key: str | None, errors: list[FieldError]) -> None:
        self._results[index] = RowResult(index=index, key=key, status="failed", errors=errors)

    def require_all(self) -> None:
        """For `atomic=all`: raise InvalidPayload when any row failed."""
        failed = sorted(self._results.items())
        if failed:
            errors = [
                error.model_copy(update={"pointer": f"/items/{index}{error.pointer}"})
                for index, result in failed
                for error in result.errors
            ]
            raise InvalidPayload(f"{len(failed)} 行有误，全部未入库", errors=errors[:50])

    def settle(self, statuses: dict[str, str]) -> None:
        """Note what the database did with each good row; one not named stayed unchanged."""
        for name, (index, _) in self.good.items():
            self._results[index] = RowResult(
                index=index, key=name, status=statuses.get(name, "unchanged"), errors=[]
            )

    def out(self, *, dry_run: bool) -> BulkOut:
        """The report."""
        results = [self._results[index] for index in sorted(self._results)]
        count = {
            status: sum(1 for result in results if result.status == status)
            for status in ("created", "updated", "unchanged", "failed")
        }
        return BulkOut(dry_run=dry_run, results=results, **count)


async def import_rows(
    session: AsyncSession,
    rows: Rows[_M],
    store: Callable[[Rows[_M]], Awaitable[None]],
    *,
    dry_run: bool,
    atomic: str,
) -> BulkOut:
    """Store the rows and report; a dry run and a failed all-or-nothing leave nothing behind."""
    async with session.begin_nested() as trial:
        await store(rows)
        if atomic == "all":
            rows.require_all()
        if dry_run:
            await trial.rollback()
    return rows.out(dry_run=dry_run)


def as_jsonb(rows: Sequence[BaseModel]) -> str:
    """Rows as one jsonb argument for `jsonb_to_recordset`."""
    return orjson.dumps([row.model_dump(mode="json") for row in rows]).decode()


async def upsert(session: AsyncSession, statement: TextClause, **values: Any) -> dict[str, str]:
    """Run an upsert `returning key, inserted` and say what it did with each key."""
    rows = (await session.execute(statement, values)).all()
    return {row.key: "created" if row.inserted else "updated" for row in rows}
