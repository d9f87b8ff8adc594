"""Import jobs: files of any length, worked off in chunks by whichever replica has time.

A job's lines take effect in the order of the file, as if each had been pushed alone: the later line
of a key wins. Its chunks are worked off one after another by the worker that holds its lease; the
transaction that stores a chunk's rows also records what became of them.

    receiving → queued → running → done | failed
                   └─────────┴───→ cancelled
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth import Caller, Policy, Principal, Reach, Role, principal_from, reach_of
from shared.bulk import Rows
from shared.fields import Out
from shared.jobs_files import Column
from shared.problems import FieldError

_M = TypeVar("_M", bound=BaseModel)

State = Literal["queued", "running", "done", "cancelled", "failed"]
STATES = {
    "queued": "排队中",
    "running": "处理中",
    "done": "已完成",
    "cancelled": "已取消",
    "failed": "未成功",
}
OPEN_STATES = frozenset({"queued", "running"})

#: One letter a line. `skipped`: good, but not stored because another line was not.
LETTERS = {"created": "c", "updated": "u", "unchanged": "n", "failed": "f", "skipped": "s"}
WORDS = {letter: word for word, letter in LETTERS.items()}
#: A line that holds no row.
NO_ROW = "-"

#: Stores good rows with distinct keys, refuses others, settles; the same for a small import.
Store = Callable[[AsyncSession, Rows[_M], Caller, datetime], Awaitable[None]]


@dataclass(frozen=True)
class Importer(Generic[_M]):
    """What a kind of job does with a line."""

    kind: str
    model: type[_M]
    #: The field that names a row.
    key_field: str
    columns: tuple[Column, ...]
    #: Cells by column code → what NDJSON would have said.
    shape: Callable[[Mapping[str, str]], dict[str, Any]]
    store: Store[_M]


class JobOut(Out):
    """导入任务."""

    id: UUID
    kind: str
    state: State
    state_label: str
    reason: str | None
    dry_run: bool
    atomic: Literal["row", "all"]
    total_count: int
    done_count: int
    created_count: int
    updated_count: int
    unchanged_count: int
    failed_count: int
    percent: int
    created_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    version: int
    allowed_actions: list[str]


class JobRow(Out):
    """What became of one line of the file."""

    line: int
    key: str | None
    status: Literal["created", "updated", "unchanged", "failed", "skipped"]
    errors: list[FieldError]


#: What `job_out` needs of a row.
JOB_COLUMNS = """
    id, kind, state, reason, dry_run, atomic, checked, total_count, done_count, created_count,
    updated_count, unchanged_count, failed_count, created_by, created_at, started_at, finished_at,
    row_version as version
"""


def job_out(row: Mapping[str, Any], policy: Policy, caller: Caller) -> JobOut:
    """A job as its starter sees it."""
    may_cancel = reach_of(policy, caller.principal, "job.cancel") and row["state"] in OPEN_STATES
    return JobOut.model_validate(
        {
            **row,
            "state_label": STATES[row["state"]],
            "percent": _percent(row),
            "allowed_actions": ["job.cancel"] if may_cancel else [],
        }
    )


def _percent(row: Mapping[str, Any]) -> int:
    """An all-or-nothing job goes through the file twice: to check, then to store."""
    if row["state"] == "done":
        return 100
    passes = 2 if row["atomic"] == "all" and not row["dry_run"] else 1
    done = row["done_count"] + (row["total_count"] if row["checked"] else 0)
    return int(done * 100 // (row["total_count"] * passes))


def job_policy() -> Policy:
    """Who may look after jobs: the budget system after all of a region, others after their own."""
    own = (Role.FINANCE_OFFICER, Role.FINANCE_REVIEWER, Role.UNIT_FILLER, Role.UNIT_APPROVER)
    reach = {Role.INTEGRATION: Reach.REGION, **dict.fromkeys(own, Reach.UNITS)}
    return {"job.read": reach, "job.cancel": reach}


def starter_of(caller: Caller) -> str | None:
    """Whose jobs the caller reaches; None means everybody's in the region."""
    return None if caller.reach is Reach.REGION else caller.subject


def saved(caller: Caller) -> dict[str, Any]:
    """The caller as stored with a job."""
    return {"claims": caller.principal.claims(), "reach": caller.reach}


def restored(stored: Mapping[str, Any]) -> Caller:
    """The caller a job goes on for."""
    principal: Principal = principal_from(stored["claims"])
    return Caller(principal, Reach(stored["reach"]))
