"""States of a monitoring round (监控)."""

from enum import StrEnum


class RoundStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return "开展中" if self is RoundStatus.OPEN else "已结束"
