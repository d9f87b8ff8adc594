"""How long 271 official goal forms take: export, a person's edit, import. `python -m tests.bench.forms`"""

import io
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from services.goals.usecases.goal_forms import form_of, goal_of
from shared.workbooks.fill import fill
from shared.workbooks.read import read
from shared.workbooks.remarks import annotate
from tests.goals.goal_sheets import PROJECT, TREES, sheet_of, twelve_indicators

_GOALS = 271


def main() -> None:
    """Print the processor seconds of each step, and of export, edit and import together."""
    goals = [sheet_of(twelve_indicators(number), number) for number in range(1, _GOALS + 1)]
    tree = TREES["goal-form-2021"]
    seconds: dict[str, float] = {}
    with _timed(seconds, "export"):
        data = fill(PROJECT, [form_of(PROJECT, goal, tree) for goal in goals])
    with _timed(seconds, "edit"):
        changed = _edited(data)
    with _timed(seconds, "import"):
        read_back = [goal_of(form) for form in read(PROJECT, changed).forms]
    together = sum(seconds.values())
    with _timed(seconds, "remarks"):
        annotate(changed, [error for goal in read_back for error in goal.errors])
    for step, took in seconds.items():
        print(f"{step:8} {took:6.2f} s")
    print(f"export, edit and import of {len(read_back)} goals: {together:.2f} s, {len(data)} bytes")


def _edited(data: bytes) -> bytes:
    """One text in every form replaced, as the saving program would: without parsing it here."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name).replace("居民".encode(), "群众".encode()))
    return out.getvalue()


@contextmanager
def _timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    begun = time.process_time()
    yield
    seconds[step] = time.process_time() - begun


if __name__ == "__main__":
    main()
