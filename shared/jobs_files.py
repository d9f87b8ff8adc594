"""Lines out of the bytes of an uploaded file, as they arrive: nothing here waits or stores.

Whatever the file was, a line leaves this module as JSON: an object (NDJSON), or the list of a
table row's cells. Lines that hold no row (blank ones, and the further lines of a quoted cell) leave
as empty, so that the n-th line out is the n-th line of the file that its sender looks at.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from shared.problems import FieldError, InvalidPayload

#: A line longer than this is no row: what is beyond is not kept.
MAX_LINE_BYTES = 64 * 1024
#: A cell with more line breaks than this is a quote that somebody forgot to close.
_MAX_RECORD_LINES = 100
_UNPAIRED = orjson.dumps("引号没有配对")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Column:
    """A column of a table: its code, its Chinese heading, and cells that may be words."""

    code: str
    label: str
    #: What people write in the cell → the code it stands for.
    words: Mapping[str, str] = field(default_factory=dict)
    required: bool = True


class Lines:
    """Cuts bytes into lines; of an endless one only the beginning is kept."""

    def __init__(self) -> None:
        self._rest = b""
        self._started = False

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that are complete now."""
        *whole, rest = (self._rest + data).split(b"\n")
        self._rest = rest[: MAX_LINE_BYTES + 1]
        return self._from_start(whole)

    def end(self) -> list[bytes]:
        """The last line, when no newline ended it."""
        return self._from_start([self._rest]) if self._rest else []

    def _from_start(self, lines: list[bytes]) -> list[bytes]:
        if lines and not self._started:
            self._started = True
            lines[0] = lines[0].removeprefix(_BOM)
        return lines


class Csv:
    """Joins lines to records, decodes them, and gives back cells as JSON.

    UTF-8 unless the first line that is not ASCII can't be: then GB18030, which Excel writes. In
    both no byte of a longer character looks like a newline or a quote.
    """

    def __init__(self) -> None:
        self._encoding: str | None = None
        #: Lines of a record whose last cell is still open.
        self._open: list[bytes] = []

    def feed(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Each complete record, and an empty line for each further line that it takes."""
        for line in lines:
            self._open.append(line)
            record = self._record(b"\n".join(self._open))
            if record is None:
                hopeless = len(self._open) >= _MAX_RECORD_LINES or self._size() > MAX_LINE_BYTES
            else:
                hopeless = len(self._open) > 1 and record == _UNPAIRED
            if hopeless:
                yield from self._give_up()
            elif record is not None:
                yield from self._with_fillers(record)

    def end(self) -> Iterator[bytes]:
        """What a quote nobody closed has kept back: its own line is wrong, the others may be well."""
        while self._open:
            yield from self._give_up()

    def _give_up(self) -> Iterator[bytes]:
        _, *others = self._open
        self._open = []
        yield _UNPAIRED
        yield from self.feed(others)

    def _with_fillers(self, record: bytes) -> Iterator[bytes]:
        yield record
        yield from (b"" for _ in self._open[1:])
        self._open = []

    def _size(self) -> int:
        return sum(map(len, self._open))

    def _record(self, raw: bytes) -> bytes | None:
        """The cells as JSON, or in their place the reason why not; None while a cell is open."""
        try:
            text = self._decoded(raw.rstrip(b"\r"))
            cells = next(csv.reader([text], strict=True), [])
        except UnicodeDecodeError:
            return orjson.dumps(f"不是有效的 {self._encoding or 'UTF-8 或 GB18030'} 文本")
        except csv.Error as error:
            return None if "end of data" in str(error) else _UNPAIRED
        return orjson.dumps(cells) if any(cells) else b""

    def _decoded(self, raw: bytes) -> str:
        if self._encoding is None:
            if raw.isascii():
                return raw.decode("ascii")
            try:
                text = raw.decode("utf-8")
            except UnicodeDecodeError:
                text = raw.decode("gb18030")
                self._encoding = "gb18030"
            else:
                self._encoding = "utf-8"
            return text
        return raw.decode(self._encoding)


def fields_of(heading: bytes, columns: Sequence[Column]) -> list[str]:
    """The codes of the columns that a heading names, by code or by label. Raises InvalidPayload."""
    cells = orjson.loads(heading)
    if not isinstance(cells, list):
        raise InvalidPayload(f"第一行应为表头：{cells}")
    known = {name: column.code for column in columns for name in (column.code, column.label)}
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    codes = [known.get(name, "") for name in names]
    required = [column for column in columns if column.required]
    errors = [
        *(_wrong(n, "unknown_column", f"不认识的列“{names[n]}”", _allowed(columns))
          for n, code in enumerate(codes) if not code),
        *(_wrong(n, "column_twice", f"列“{names[n]}”出现两次", "请只留一列")
          for n, code in enumerate(codes) if code and code in codes[:n]),
        *(_wrong(len(names), "missing_column", f"缺少列“{column.label}”", f"或写作 {column.code}")
          for column in required if column.code not in codes),
    ]  # fmt: skip
    if errors:
        raise InvalidPayload("表头不合要求，未入库任何行", errors=errors[:50])
    return codes


def _wrong(position: int, code: str, detail: str, mend: str) -> FieldError:
    return FieldError(pointer=f"/heading/{position}", code=code, detail=detail, mend=mend)


def _allowed(columns: Sequence[Column]) -> str:
    return "可用的列：" + "、".join(f"{column.label}（{column.code}）" for column in columns)
