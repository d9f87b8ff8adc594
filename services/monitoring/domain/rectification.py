"""States and deadline of a rectification (整改): from the letter (整改函) to its verification."""

from datetime import date
from enum import StrEnum


class RectificationStatus(StrEnum):
    ISSUED = "issued"
    MEASURES_FILED = "measures_filed"
    VERIFIED = "verified"
    RETURNED = "returned"

    @property
    def label(self) -> str:
        return _LABELS[self]


class RectificationAction(StrEnum):
    FILE_MEASURES = "file_measures"
    VERIFY = "verify"
    RETURN = "return"


_LABELS = {
    RectificationStatus.ISSUED: "已下达",
    RectificationStatus.MEASURES_FILED: "已报整改措施",
    RectificationStatus.VERIFIED: "已核实销号",
    RectificationStatus.RETURNED: "已退回",
}

_NEXT = {
    (
        RectificationStatus.ISSUED,
        RectificationAction.FILE_MEASURES,
    ): RectificationStatus.MEASURES_FILED,
    (
        RectificationStatus.MEASURES_FILED,
        RectificationAction.VERIFY,
    ): RectificationStatus.VERIFIED,
    (
        RectificationStatus.MEASURES_FILED,
        RectificationAction.RETURN,
    ): RectificationStatus.RETURNED,
    (
        RectificationStatus.RETURNED,
        RectificationAction.FILE_MEASURES,
    ): RectificationStatus.MEASURES_FILED,
}

_UNIT_OWES_MEASURES = frozenset({RectificationStatus.ISSUED, RectificationStatus.RETURNED})


class RectificationActionRefused(ValueError):
    """The rectification's status doesn't allow the action, or a return came without a reason."""


def allowed_rectification_actions(status: RectificationStatus) -> list[RectificationAction]:
    """What the status allows; who may do it is decided elsewhere."""
    return [action for (at, action) in _NEXT if at == status]


def next_rectification_status(
    status: RectificationStatus, action: RectificationAction, *, reason: str | None = None
) -> RectificationStatus:
    """The status after the action. Raises RectificationActionRefused; a return needs a reason."""
    after = _NEXT.get((status, action))
    if after is None:
        raise RectificationActionRefused(f"整改{status.label}，不能执行该操作")
    if action is RectificationAction.RETURN and not (reason or "").strip():
        raise RectificationActionRefused("退回整改措施须说明理由")
    return after


def days_left(due_on: date, today: date) -> int:
    """Calendar days to the deadline: 0 on the day itself, negative after it."""
    return (due_on - today).days


def overdue(status: RectificationStatus, due_on: date, today: date) -> bool:
    """Whether the unit still owes its measures after the due day (逾期)."""
    return status in _UNIT_OWES_MEASURES and days_left(due_on, today) < 0
