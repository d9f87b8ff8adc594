"""Answers (回应) to a warning: which there are, by when, and what becomes of a false alarm."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from services.monitoring.domain.calendar import Calendar, DayKind


class Answer(StrEnum):
    """What a unit may do about a warning."""

    MEASURES = "measures"
    ADJUST_GOAL = "adjust_goal"
    TRANSFER = "transfer"
    CANCEL = "cancel"
    FALSE_ALARM = "false_alarm"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Answer.MEASURES: "采取措施，继续实施",
    Answer.ADJUST_GOAL: "申请调整绩效目标",
    Answer.TRANSFER: "申请调剂资金",
    Answer.CANCEL: "申请取消项目",
    Answer.FALSE_ALARM: "误报，说明理由",
}


@dataclass(frozen=True)
class Answering:
    """How a warning has to be answered: in how many days of which kind, how, and what silence
    means."""

    days: int
    allowed: tuple[Answer, ...]
    on_silence: str
    kind: DayKind = DayKind.CALENDAR

    def as_dict(self) -> dict[str, Any]:
        """The terms as JSON can hold them.

        Calendar days go unsaid, as before there were others: what is kept stays the same wording.
        """
        kind = {} if self.kind is DayKind.CALENDAR else {"kind": self.kind.value}
        return {
            "days": self.days,
            **kind,
            "allowed": [answer.value for answer in self.allowed],
            "on_silence": self.on_silence,
        }

    @classmethod
    def read(cls, terms: Mapping[str, Any]) -> "Answering":
        """Read the terms of a pack. Raises KeyError, TypeError, ValueError on unsound ones."""
        if type(terms["days"]) is not int or terms["days"] < 1:
            raise ValueError("answer.days: must be a whole number of days")
        allowed = tuple(Answer(answer) for answer in terms["allowed"])
        kind = DayKind(terms.get("kind", DayKind.CALENDAR))
        return cls(terms["days"], allowed, str(terms["on_silence"]), kind)


def answer_due(told_on: date, terms: Answering, calendar: Calendar) -> date:
    """The last day to answer: so many days after the day the warning was given.

    Raises CalendarMissing when working days lead into a year without data.
    """
    return calendar.add_days(told_on, terms.days, terms.kind)


def answer_overdue(*, is_open: bool, answer: str | None, due_on: date, today: date) -> bool:
    """Whether a warning still stands unanswered after its day."""
    return is_open and answer is None and due_on < today
