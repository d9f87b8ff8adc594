"""States, deadlines and lateness of a rectification (整改): from the letter (整改函) to its end.

Lateness stands beside the state: a letter that is overdue is still issued, received or returned.
"""

from datetime import date
from enum import StrEnum


class RectificationStatus(StrEnum):
    ISSUED = "issued"
    RECEIVED = "received"
    MEASURES_FILED = "measures_filed"
    IN_PROGRESS = "in_progress"
    VERIFIED = "verified"
    RETURNED = "returned"

    @property
    def label(self) -> str:
        return _LABELS[self]


class RectificationAction(StrEnum):
    RECEIVE = "receive"
    FILE_MEASURES = "file_measures"
    REPORT_PROGRESS = "report_progress"
    EXTEND = "extend"
    VERIFY = "verify"
    RETURN = "return"


class Lateness(StrEnum):
    ON_TIME = "on_time"
    OVERDUE = "overdue"
    ESCALATED = "escalated"

    @property
    def label(self) -> str:
        return {"on_time": "未逾期", "overdue": "已逾期", "escalated": "逾期已升级"}[self]


_Status, _Action = RectificationStatus, RectificationAction

_LABELS = {
    _Status.ISSUED: "已下达",
    _Status.RECEIVED: "已签收",
    _Status.MEASURES_FILED: "已报整改措施",
    _Status.IN_PROGRESS: "整改中",
    _Status.VERIFIED: "已核实销号",
    _Status.RETURNED: "已退回",
}

_NEXT = {
    (_Status.ISSUED, _Action.RECEIVE): _Status.RECEIVED,
    (_Status.ISSUED, _Action.FILE_MEASURES): _Status.MEASURES_FILED,
    (_Status.ISSUED, _Action.EXTEND): _Status.ISSUED,
    (_Status.RECEIVED, _Action.FILE_MEASURES): _Status.MEASURES_FILED,
    (_Status.RECEIVED, _Action.EXTEND): _Status.RECEIVED,
    (_Status.MEASURES_FILED, _Action.REPORT_PROGRESS): _Status.IN_PROGRESS,
    (_Status.MEASURES_FILED, _Action.VERIFY): _Status.VERIFIED,
    (_Status.MEASURES_FILED, _Action.RETURN): _Status.RETURNED,
    (_Status.IN_PROGRESS, _Action.REPORT_PROGRESS): _Status.IN_PROGRESS,
    (_Status.IN_PROGRESS, _Action.EXTEND): _Status.IN_PROGRESS,
    (_Status.IN_PROGRESS, _Action.VERIFY): _Status.VERIFIED,
    (_Status.IN_PROGRESS, _Action.RETURN): _Status.RETURNED,
    (_Status.RETURNED, _Action.FILE_MEASURES): _Status.MEASURES_FILED,
    (_Status.RETURNED, _Action.EXTEND): _Status.RETURNED,
}

_NEEDS_REASON = {_Action.RETURN: "退回整改措施须说明理由", _Action.EXTEND: "延期须说明理由"}

_UNIT_OWES_MEASURES = frozenset({_Status.ISSUED, _Status.RECEIVED, _Status.RETURNED})


class RectificationActionRefused(ValueError):
    """The rectification's status doesn't allow the action, or a reason is missing."""


def allowed_rectification_actions(status: RectificationStatus) -> list[RectificationAction]:
    """What the status allows; who may do it is decided elsewhere."""
    return [action for (at, action) in _NEXT if at == status]


def next_rectification_status(
    status: RectificationStatus, action: RectificationAction, *, reason: str | None = None
) -> RectificationStatus:
    """The status after the action. Raises RectificationActionRefused; some need a reason."""
    after = _NEXT.get((status, action))
    if after is None:
        raise RectificationActionRefused(f"整改{status.label}，不能执行该操作")
    if action in _NEEDS_REASON and not (reason or "").strip():
        raise RectificationActionRefused(_NEEDS_REASON[action])
    return after


def owed_on(
    status: RectificationStatus,
    *,
    due_on: date,
    finish_due_on: date | None,
    completed_on: date | None,
) -> date | None:
    """The day by which the unit has to act; None while it is the bureau's turn or all is done."""
    if status in _UNIT_OWES_MEASURES:
        return due_on
    if status is _Status.IN_PROGRESS and completed_on is None:
        return finish_due_on
    return None


def lateness(owed: date | None, today: date, *, escalates_before: date | None) -> Lateness:
    """How late the unit is. What was owed before `escalates_before` has gone to the next level."""
    if owed is None or owed >= today:
        return Lateness.ON_TIME
    if escalates_before is not None and owed < escalates_before:
        return Lateness.ESCALATED
    return Lateness.OVERDUE


def days_left(due_on: date, today: date) -> int:
    """Calendar days to the deadline: 0 on the day itself, negative after it."""
    return (due_on - today).days
