"""合同期: where a contract stands on a day."""

from datetime import date

STATUSES = {
    "not_started": "未开始",
    "running": "履行中",
    "expired": "已到期",
    "terminated": "已提前终止",
}
TERMS = {"concluded": "签订", "extended": "延期", "terminated": "提前终止"}


def status_on(day: date, *, starts_on: date, ends_on: date, terminated_on: date | None) -> str:
    """A terminated contract is so from the instant it was ended, its last day included."""
    if terminated_on is not None:
        return "terminated"
    if day < starts_on:
        return "not_started"
    return "running" if day <= ends_on else "expired"
