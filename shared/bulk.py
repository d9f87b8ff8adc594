"""Bulk imports: every row answered for, safe to repeat, all rows written by one statement."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar

import orjson
from fastapi import Query
from pydantic import BaseModel, ValidationError
from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import AsyncSession

from shared.fields import In, Out
from shared.handlers import field_errors
from shared.problems import FieldError, InvalidPayload

MAX_ROWS = 2000
#: Between the values of a column in one text argument (ASCII unit separator): no value holds it,
#: for payload texts have no control characters. As an array a column takes the driver ten times as
#: long, and that time is the event loop's.
SEPARATOR = "\x1f"
_SIZE = f"每次 1–{MAX_ROWS} 行；更多的行请作为导入任务提交"
_M = TypeVar("_M", bound=BaseModel)

#: What the database did with a row.
Stored = Literal["created", "updated", "unchanged"]

DryRun = Annotated[bool, Query(description="检查并报告结果，但不保存")]
Atomic = Annotated[Literal["row", "all"], Query(description="row：逐行入库；all：有错则全不入库")]


class BulkIn(In):
    """Rows to import; each is validated on its own."""

    items: list[dict[str, Any]]


class Refusal(NamedTuple):
    """Why a row was not taken; the key is None when the row did not get that far."""

    key: str | None
    errors: list[FieldError]


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
        if len(items) > MAX_ROWS:
            raise InvalidPayload(_SIZE)
        self.good: dict[str, tuple[int, _M]] = {}
        self.failed: dict[int, Refusal] = {}
        self.statuses: dict[str, Stored] = {}
        for index, item in enumerate(items):
            self._take(index, item, model, key)

    def _take(
        self, index: int, item: dict[str, Any], model: type[_M], key: Callable[[_M], str]
    ) -> None:
        try:
            row = model.model_validate(item)
        except ValidationError as error:
            self.failed[index] = Refusal(None, field_errors(error.errors()))
            return
        name = key(row)
        if name in self.good:
            detail = f"与第 {self.good[name][0] + 1} 行重复"
            twice = FieldError(pointer="", code="duplicate_in_batch", detail=detail, mend="请合并")
            self.failed[index] = Refusal(name, [twice])
        else:
            self.good[name] = (index, row)

    @property
    def models(self) -> list[_M]:
        """The rows still good."""
        return [row for _, row in self.good.values()]

    def refuse(self, wrong: Callable[[_M], FieldError | None]) -> None:
        """Fail the good rows for which `wrong` names an error."""
        refused = [
            (name, index, error)
            for name, (index, row) in self.good.items()
            if (error := wrong(row)) is not None
        ]
        for name, index, error in refused:
            del self.good[name]
            self.failed[index] = Refusal(name, [error])

    def require_all(self) -> None:
        """For `atomic=all`: raise InvalidPayload when any row failed."""
        failed = sorted(self.failed.items())
        if failed:
            errors = [
                error.model_copy(update={"pointer": f"/items/{index}{error.pointer}"})
                for index, refusal in failed
                for error in refusal.errors
            ]
            raise InvalidPayload(f"{len(failed)} 行有误，全部未入库", errors=errors[:50])

    def settle(self, statuses: Mapping[str, Stored]) -> None:
        """Note what the database did with each good row; one not named stayed unchanged."""
        self.statuses = {name: statuses.get(name, "unchanged") for name in self.good}

    def out(self, *, dry_run: bool) -> BulkOut:
        """The report."""
        results = [
            RowResult(index=index, key=refusal.key, status="failed", errors=refusal.errors)
            for index, refusal in self.failed.items()
        ]
        results += [
            RowResult(index=index, key=name, status=self.statuses[name], errors=[])
            for name, (index, _) in self.good.items()
        ]
        results.sort(key=lambda result: result.index)
        count = Counter(result.status for result in results)
        return BulkOut(
            dry_run=dry_run,
            created=count["created"],
            updated=count["updated"],
            unchanged=count["unchanged"],
            failed=count["failed"],
            results=results,
        )


async def import_rows(
    session: AsyncSession,
    rows: Rows[_M],
    store: Callable[[Rows[_M]], Awaitable[None]],
    *,
    dry_run: bool,
    atomic: str,
) -> BulkOut:
    """Store the rows and report; a dry run and a failed all-or-nothing leave nothing behind."""
    if not rows.good and not rows.failed:
        raise InvalidPayload(_SIZE)
    async with session.begin_nested() as trial:
        await store(rows)
        if atomic == "all":
            rows.require_all()
        if dry_run:
            await trial.rollback()
    return rows.out(dry_run=dry_run)


def joined(values: Iterable[str]) -> str:
    """A column's values as one argument for `string_to_array`."""
    return SEPARATOR.join(values)


def as_jsonb(rows: Sequence[BaseModel]) -> str:
    """Rows as one jsonb argument for `jsonb_to_recordset`."""
    return orjson.dumps([row.model_dump(mode="json") for row in rows]).decode()


async def upsert(session: AsyncSession, statement: TextClause, **values: Any) -> dict[str, Stored]:
    """Run an upsert `returning key, inserted` and say what it did with each key."""
    rows = (await session.execute(statement, values)).all()
    return {row.key: "created" if row.inserted else "updated" for row in rows}
