"""A chunk of a job's lines: read and validated, then stored, with an outcome for every line."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Generic, TypeVar

import orjson
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.auth import Caller
from shared.bulk import Refusal, Rows
from shared.handlers import field_errors
from shared.jobs import LETTERS, NO_ROW, Importer
from shared.jobs_files import MAX_LINE_BYTES
from shared.problems import FieldError, InvalidPayload, MalformedRequest
from shared.requests import parse_json

_M = TypeVar("_M", bound=BaseModel)

#: So many lines are validated before others in this process have their turn.
_SLICE = 50
_MAX_KEY = 100


class LineRefused(Exception):
    """What a line says can't be read as a row."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__(len(errors))
        self.errors = errors


class Chunk(Generic[_M]):
    """Lines of a job; `letters`, `keys` and `errors` say what became of each, by position."""

    def __init__(self, number: int, size: int) -> None:
        self.number = number
        self.letters = [NO_ROW] * size
        self.keys = [""] * size
        self.errors: dict[int, list[FieldError]] = {}
        #: The first row of each key, the second ones, …: none holds a key twice.
        self.rounds: list[Rows[_M]] = []

    def counts(self) -> Counter[str]:
        """How many rows are done, and how many with which outcome."""
        counts = Counter({word: self.letters.count(letter) for word, letter in LETTERS.items()})
        counts["done"] = len(self.letters) - self.letters.count(NO_ROW)
        return counts

    def skip_good(self) -> None:
        """Nothing was stored: the good rows wait for the others."""
        self.letters = [
            letter if letter in (NO_ROW, LETTERS["failed"]) else LETTERS["skipped"]
            for letter in self.letters
        ]

    def note(self, rows: Rows[_M]) -> None:
        """Take over the outcomes of stored rows."""
        for name, (position, _) in rows.good.items():
            self.letters[position] = LETTERS[rows.statuses[name]]
        for position, refusal in rows.failed.items():
            self.fail(position, refusal.errors)

    def fail(self, position: int, errors: list[FieldError]) -> None:
        """A line's row is wrong."""
        self.letters[position] = LETTERS["failed"]
        self.errors[position] = errors


async def read_chunk(
    number: int, body: bytes, columns: Sequence[str] | None, importer: Importer[_M]
) -> Chunk[_M]:
    """Read and validate the lines, a few at a time: a neighbour's request comes in between."""
    lines = body.split(b"\n")
    chunk: Chunk[_M] = Chunk(number, len(lines))
    seen: dict[str, int] = {}
    for position, line in enumerate(lines):
        if line and not line.isspace():
            _take(chunk, seen, position, line, columns, importer)
        if position % _SLICE == _SLICE - 1:
            await asyncio.sleep(0)
    return chunk


def _take(
    chunk: Chunk[_M],
    seen: dict[str, int],
    position: int,
    line: bytes,
    columns: Sequence[str] | None,
    importer: Importer[_M],
) -> None:
    try:
        item = _item(line, columns, importer)
        key = item.get(importer.key_field)
        if isinstance(key, str) and len(key) <= _MAX_KEY and "\n" not in key:
            chunk.keys[position] = key
        row = importer.model.model_validate(item)
    except LineRefused as refused:
        chunk.fail(position, refused.errors)
    except ValidationError as error:
        chunk.fail(position, field_errors(error.errors()))
    else:
        key = chunk.keys[position] = getattr(row, importer.key_field)
        turn = seen[key] = seen.get(key, -1) + 1
        if turn == len(chunk.rounds):
            chunk.rounds.append(_no_rows(importer))
        chunk.rounds[turn].good[key] = (position, row)


def _no_rows(importer: Importer[_M]) -> Rows[_M]:
    return Rows([], importer.model, attrgetter(importer.key_field))


def _item(line: bytes, columns: Sequence[str] | None, importer: Importer[_M]) -> dict[str, Any]:
    if len(line) > MAX_LINE_BYTES:
        raise _refused("line_too_long", f"一行至多 {MAX_LINE_BYTES} 字节", "请检查引号与换行")
    value = _json(line)
    if columns is None:
        if not isinstance(value, dict):
            raise _refused("line_invalid", "不是 JSON 对象", "每行写一个项目：{…}")
        return value
    if not isinstance(value, list):
        raise _refused("line_invalid", str(value), "请检查此行的引号与编码")
    if len(value) > len(columns) and any(value[len(columns) :]):
        detail = f"有 {len(value)} 个单元格，表头只有 {len(columns)} 列"
        raise _refused("too_many_cells", detail, "含逗号的文本请用引号括起")
    cells = {code: cell.strip() for code, cell in zip(columns, value, strict=False)}
    return importer.shape({code: cell for code, cell in cells.items() if cell})


def _json(line: bytes) -> Any:
    """As strict as `parse_json`, at a quarter of its cost for a line without an escape.

    orjson refuses NaN and bad Unicode, but lets the last of two equal field names win. Without
    backslashes each text has two quotes: then fewer of them come out than went in.
    """
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        detail = f"不是有效的 JSON：第 {error.colno} 列"
        raise _refused("line_invalid", detail, "每行一个 JSON 对象，UTF-8 编码") from error
    if b"\\" not in line and orjson.dumps(value).count(b'"') == line.count(b'"'):
        return value
    try:
        parse_json(line)
    except MalformedRequest as error:
        detail = str(error.detail).replace("请求体", "此行")
        raise _refused("line_invalid", detail, "每行一个 JSON 对象") from error
    except InvalidPayload as error:
        raise LineRefused(error.errors) from error
    return value


def _refused(code: str, detail: str, mend: str) -> LineRefused:
    return LineRefused([FieldError(pointer="", code=code, detail=detail, mend=mend)])


async def apply(
    session: AsyncSession, chunk: Chunk[_M], importer: Importer[_M], *, by: Caller, trial: bool
) -> None:
    """Store the chunk's rows; a trial takes them back, each line held against what is stored."""
    for rows in chunk.rounds:
        for part in await _store(session, rows, importer, by=by, trial=trial):
            chunk.note(part)


async def _store(
    session: AsyncSession, rows: Rows[_M], importer: Importer[_M], *, by: Caller, trial: bool
) -> list[Rows[_M]]:
    """Store rows at once; when the database refuses one of them, the halves, down to that one."""
    whole = dict(rows.good)
    try:
        async with session.begin_nested() as savepoint:
            await importer.store(session, rows, by, clock.now())
            if trial:
                await savepoint.rollback()
    except (IntegrityError, DataError) as error:
        parts = _halves(whole, importer)
        if len(parts) == 1:
            constraint = getattr(getattr(error.orig, "__cause__", None), "constraint_name", None)
            ((key, (position, _)),) = whole.items()
            parts[0].good.clear()
            parts[0].failed[position] = Refusal(key, [_by_database(constraint)])
            return parts
        return [
            stored
            for part in parts
            for stored in await _store(session, part, importer, by=by, trial=trial)
        ]
    return [rows]


def _halves(good: dict[str, tuple[int, _M]], importer: Importer[_M]) -> list[Rows[_M]]:
    entries = list(good.items())
    middle = (len(entries) + 1) // 2
    parts = []
    for share in (entries[:middle], entries[middle:]):
        if share:
            part = _no_rows(importer)
            part.good.update(share)
            parts.append(part)
    return parts


def _by_database(constraint: str | None) -> FieldError:
    detail = f"与已有数据冲突（{constraint}）" if constraint else "超出数据库可存储的范围"
    return FieldError(
        pointer="", code="refused_by_database", detail=detail, mend="请核对此行后重新提交"
    )
