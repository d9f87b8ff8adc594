"""The rows of an xlsx file's first sheet as JSON lines: `python -m shared.jobs_sheet <file>`.

A process of its own: a workbook has to be unpacked as a whole, and what it unpacks to is the
sender's choice. Here that ends with this process, not with the service.
"""

import resource
import sys
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from python_calamine import CalamineError, CalamineWorkbook

_MAX_MEMORY_BYTES = 1536 * 1024 * 1024
_MAX_CPU_SECONDS = 120


def text_of(cell: Any) -> str:
    """A cell as a person would type it: 219001 and not 219001.0, 0.3 and not 0.30000000000000004."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return format(Decimal(format(cell, ".15g")), "f")
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def main() -> int:
    """Write the rows to standard output; the exit code says whether it was a workbook."""
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY_BYTES, _MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_MAX_CPU_SECONDS, _MAX_CPU_SECONDS))
    try:
        sheet = CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0)
    except CalamineError as error:
        print(error, file=sys.stderr)  # noqa: T201 - what a process of its own has to say
        return 1
    for row in sheet.iter_rows():
        cells = [text_of(cell) for cell in row]
        sys.stdout.buffer.write(orjson.dumps(cells) + b"\n" if any(cells) else b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
