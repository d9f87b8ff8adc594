"""Who may do what in the monitoring service; what is not listed is denied."""

from collections.abc import Collection

from services.monitoring.domain.answers import Answer
from services.monitoring.domain.forms import FormAction, FormStatus, allowed_form_actions
from services.monitoring.domain.payment_control import (
    ControlAction,
    ControlStatus,
    allowed_control_actions,
)
from services.monitoring.domain.rectification import (
    RectificationAction,
    RectificationStatus,
    allowed_rectification_actions,
)
from services.monitoring.domain.rounds import RoundStatus
from shared.auth import Policy, Principal, Reach, Role, reach_of
from shared.feed_routes import feed_policy
from shared.jobs import job_policy

_BUREAU = (Role.FINANCE_OFFICER, Role.FINANCE_REVIEWER, Role.AUDITOR, Role.INTEGRATION)
_UNIT = (Role.UNIT_FILLER, Role.UNIT_APPROVER)
_READ = {
    **dict.fromkeys((*_BUREAU, Role.SERVICE), Reach.REGION),
    **dict.fromkeys(_UNIT, Reach.UNITS),
}
_OFFICER = {Role.FINANCE_OFFICER: Reach.REGION}
_REVIEWER = {Role.FINANCE_REVIEWER: Reach.REGION}

POLICY: Policy = {
    **feed_policy(),
    **job_policy(),
    "payment.import": {Role.INTEGRATION: Reach.REGION},
    "payment.read": _READ,
    "execution.read": _READ,
    "fund_receipt.import": {Role.INTEGRATION: Reach.REGION},
    "payment_plan.import": {Role.INTEGRATION: Reach.REGION},
    "payment_plan.write": {Role.UNIT_FILLER: Reach.UNITS},
    "payment_plan.read": _READ,
    "tender.import": {Role.INTEGRATION: Reach.REGION},
    "tender.read": _READ,
    "round.open": _OFFICER,
    "round.read": _READ,
    "round.extend": _OFFICER,
    "round.close": _OFFICER,
    "round.remind": _OFFICER,
    "reminder.read": _READ,
    "form.read": _READ,
    "form.fill": {Role.UNIT_FILLER: Reach.UNITS},
    "form.check": dict.fromkeys(_UNIT, Reach.UNITS),
    "form.submit": {Role.UNIT_APPROVER: Reach.UNITS},
    "form.review": _OFFICER,
    "rule_run.start": _OFFICER,
    "rule_run.read": dict.fromkeys((*_BUREAU, Role.SERVICE), Reach.REGION),
    "warning.read": _READ,
    "rectification.issue": _OFFICER,
    "rectification.file_measures": {Role.UNIT_APPROVER: Reach.UNITS},
    "rectification.verify": _OFFICER,
    "rectification.receive": dict.fromkeys(_UNIT, Reach.UNITS),
    "rectification.report_progress": {Role.UNIT_APPROVER: Reach.UNITS},
    "rectification.extend": _REVIEWER,
    "rectification.read": _READ,
    "evidence.upload": {**dict.fromkeys(_UNIT, Reach.UNITS), **_OFFICER},
    "evidence.read": _READ,
    "payment_control.propose": _OFFICER,
    "payment_control.decide": _REVIEWER,
    "payment_control.read": _READ,
    "statistics.read": _READ,
    "project_monitoring.read": _READ,
    "rule_run.cancel": _OFFICER,
    "rule_pack.read": dict.fromkeys((*_BUREAU, *_UNIT, Role.SERVICE), Reach.REGION),
    "rule_trial.run": dict.fromkeys((Role.FINANCE_OFFICER, Role.FINANCE_REVIEWER), Reach.REGION),
    "warning.answer": {Role.UNIT_APPROVER: Reach.UNITS},
    "warning.decide_answer": _OFFICER,
    "work_item.read": dict.fromkeys(_UNIT, Reach.UNITS) | dict.fromkeys(_BUREAU, Reach.REGION),
}

_FORM_ACTIONS = {
    FormAction.EDIT: "form.fill",
    FormAction.SUBMIT: "form.submit",
    FormAction.ACCEPT: "form.review",
    FormAction.RETURN: "form.review",
}
_RECTIFICATION_ACTIONS = {
    RectificationAction.RECEIVE: "rectification.receive",
    RectificationAction.FILE_MEASURES: "rectification.file_measures",
    RectificationAction.REPORT_PROGRESS: "rectification.report_progress",
    RectificationAction.EXTEND: "rectification.extend",
    RectificationAction.VERIFY: "rectification.verify",
    RectificationAction.RETURN: "rectification.verify",
}
_CONTROL_ACTIONS = {
    ControlAction.IMPOSE: "payment_control.decide",
    ControlAction.DECLINE: "payment_control.decide",
    ControlAction.LIFT: "payment_control.decide",
}


def allowed_on_round(principal: Principal, status: str) -> list[str]:
    """The actions this caller may take on a monitoring round; an ended one is only judged."""
    terms = ["round.extend", "round.close", "round.remind"] if status == RoundStatus.OPEN else []
    return _permitted(principal, ["rule_run.start", *terms])


def allowed_on_form(
    principal: Principal, status: str, *, filled_by: str | None, round_closed: bool = False
) -> list[str]:
    """The actions this caller may take on a form; who filled it in doesn't submit it."""
    if round_closed:
        return []
    actions = [_FORM_ACTIONS[action] for action in allowed_form_actions(FormStatus(status))]
    if filled_by == principal.subject:
        actions = [action for action in actions if action != "form.submit"]
    return _permitted(principal, actions)


def allowed_on_warning(
    principal: Principal, status: str, *, answer: str | None, false_alarm: bool
) -> list[str]:
    """The actions this caller may take on a warning: an open one can go into a letter, its unit
    answers it, and the bureau decides on a claim that it is false."""
    if status != "open":
        return []
    claimed = answer == Answer.FALSE_ALARM and not false_alarm
    answering = [] if answer == Answer.FALSE_ALARM else ["warning.answer"]
    deciding = ["warning.decide_answer"] if claimed else []
    return _permitted(principal, ["rectification.issue", *answering, *deciding])


def allowed_on_run(principal: Principal, state: str) -> list[str]:
    """The actions this caller may take on a rule run: one that lasts can be stopped."""
    return _permitted(principal, ["rule_run.cancel"] if state in ("queued", "running") else [])


def allowed_on_plan(principal: Principal) -> list[str]:
    """The actions this caller may take on a payment plan within reach."""
    return _permitted(principal, ["payment_plan.write"])


def allowed_on_rectification(
    principal: Principal,
    status: str,
    *,
    issued_by: str,
    reported_by: Collection[str | None],
) -> list[str]:
    """The actions this caller may take on a rectification.

    Who filed measures or reported progress doesn't verify; who issued the letter doesn't extend it.
    """
    allowed = allowed_rectification_actions(RectificationStatus(status))
    actions = [_RECTIFICATION_ACTIONS[action] for action in allowed]
    barred = set()
    if principal.subject in reported_by:
        barred.add("rectification.verify")
    if principal.subject == issued_by:
        barred.add("rectification.extend")
    return _permitted(principal, [action for action in actions if action not in barred])


def allowed_on_control(principal: Principal, status: str, *, proposed_by: str) -> list[str]:
    """The actions this caller may take on a payment control; who proposed it doesn't decide."""
    allowed = allowed_control_actions(ControlStatus(status))
    if status == ControlStatus.PROPOSED and proposed_by == principal.subject:
        allowed = []
    return _permitted(principal, [_CONTROL_ACTIONS[action] for action in allowed])


def _permitted(principal: Principal, actions: list[str]) -> list[str]:
    return [
        action
        for action in dict.fromkeys(actions)
        if reach_of(POLICY, principal, action) is not None
    ]
