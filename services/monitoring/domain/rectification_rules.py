"""The rule files of rectification: deadlines, escalation, evidence, proposals to hold payments."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from services.monitoring.domain.calendar import Calendar, CalendarMissing, DayKind, calendar_of
from services.monitoring.domain.payment_control import PROPOSAL_KINDS, ProposalRule
from services.monitoring.domain.rectification import Lateness
from shared.file_kinds import FileLimits, limits_of
from shared.rulebook import Rule, UnsoundRule, Values, load_all

_FOLDER = Path(__file__).parent.parent / "rectification"


@dataclass(frozen=True)
class Term:
    """A number of days of a kind."""

    days: int
    kind: DayKind


@dataclass(frozen=True)
class RectificationRules:
    """What the files say; every answer is for a day."""

    calendar: Calendar
    deadlines: Rule
    escalation: Rule
    evidence: Rule
    controls: Rule

    def letter_due_on(self, fixed_on: date) -> date:
        """By when a letter follows a result fixed on that day. Raises CalendarMissing."""
        return self._add(fixed_on, self._term(self.deadlines, "letter_within", fixed_on))

    def measures_due_on(self, received_on: date) -> date:
        """By when a unit answers a letter received on that day. Raises CalendarMissing."""
        return self._add(received_on, self._term(self.deadlines, "measures_within", received_on))

    def escalates_before(self, today: date) -> date | None:
        """What was owed before this day has gone to the next level today; None when the days
        can't be counted for want of a calendar."""
        term = self._term(self.escalation, "escalate_after", today)
        try:
            return self.calendar.grace_begins(today, term.days, term.kind)
        except CalendarMissing:
            return None

    def evidence_limits(self, today: date) -> FileLimits:
        """What a rectification may carry today."""
        return limits_of(_values(self.evidence, today))

    def proposals(self, today: date) -> list[ProposalRule]:
        """When payments are proposed to be held today."""
        version = self.controls.on(today)
        entries = (version.values or {})["proposals"]
        return [_proposal(entry, version.label) for entry in entries]

    def _add(self, day: date, term: Term) -> date:
        return self.calendar.add_days(day, term.days, term.kind)

    def _term(self, rule: Rule, name: str, day: date) -> Term:
        return _term(_values(rule, day)[name])


@cache
def rectification_rules() -> RectificationRules:
    """The shipped files, read once and checked. Raises UnsoundRule."""
    return read_rules(_FOLDER)


def read_rules(folder: Path) -> RectificationRules:
    """The rule files of a folder, every version checked. Raises UnsoundRule."""
    files = load_all(folder)
    try:
        rules = RectificationRules(
            calendar=calendar_of(files["holidays"]),
            deadlines=files["rectification-deadlines"],
            escalation=files["rectification-escalation"],
            evidence=files["rectification-evidence"],
            controls=files["payment-controls"],
        )
    except KeyError as error:
        raise UnsoundRule(f"{folder.name}: no rule {error.args[0]}") from error
    _check(rules)
    return rules


def _check(rules: RectificationRules) -> None:
    for rule in (rules.deadlines, rules.escalation, rules.evidence, rules.controls):
        for version in rule.versions:
            if version.values is None:
                continue
            try:
                _read(rule.rule_id, version.values, version.label)
            except (KeyError, TypeError, ValueError) as error:
                raise UnsoundRule(f"{version.label}: {error!r}") from error


def _read(rule_id: str, values: Values, label: str) -> None:
    if rule_id == "rectification-deadlines":
        _term(values["letter_within"]), _term(values["measures_within"])
    elif rule_id == "rectification-escalation":
        _term(values["escalate_after"])
    elif rule_id == "rectification-evidence":
        limits_of(values)
    else:
        for entry in values["proposals"]:
            _proposal(entry, label)


def _values(rule: Rule, day: date) -> Values:
    return rule.on(day).values or {}


def _term(value: Any) -> Term:
    return Term(_positive(value["days"]), DayKind(value["kind"]))


def _proposal(entry: Values, label: str) -> ProposalRule:
    if entry["kind"] not in PROPOSAL_KINDS:
        raise ValueError(f"kind is one of {', '.join(sorted(PROPOSAL_KINDS))}")
    by_rounds = entry["kind"] == "red_rounds"
    return ProposalRule(
        rule_id=entry["id"],
        label=label,
        kind=entry["kind"],
        title=entry["title"],
        lifted_when=entry["lifted_when"],
        lateness=None if by_rounds else _late(entry["from"]),
        rounds=_positive(entry["rounds"]) if by_rounds else None,
    )


def _late(value: Any) -> str:
    if value not in (Lateness.OVERDUE, Lateness.ESCALATED):
        raise ValueError("from is overdue or escalated")
    return str(value)


def _positive(value: Any) -> int:
    if type(value) is not int or value < 1:
        raise ValueError(f"{value!r} is no positive number")
    return value
