"""Who may do what in the monitoring service; what is not listed is denied."""

from services.monitoring.domain.answers import Answer
from services.monitoring.domain.forms import FormAction, FormStatus, allowed_form_actions
from services.monitoring.domain.rectification import (
    RectificationAction,
    RectificationStatus,
    allowed_rectification_actions,
)
from shared.auth import Policy, Principal, Reach, Role, reach_of
from shared.feed_routes import feed_policy

_BUREAU = (Role.FINANCE_OFFICER, Role.FINANCE_REVIEWER, Role.AUDITOR, Role.INTEGRATION)
_UNIT = (Role.UNIT_FILLER, Role.UNIT_APPROVER)
_READ = {
    **dict.fromkeys((*_BUREAU, Role.SERVICE), Reach.REGION),
    **dict.fromkeys(_UNIT, Reach.UNITS),
}
_OFFICER = {Role.FINANCE_OFFICER: Reach.REGION}

POLICY: Policy = {
    **feed_policy(),
    "payment.import": {Role.INTEGRATION: Reach.REGION},
    "payment.read": _READ,
    "execution.read": _READ,
    "round.open": _OFFICER,
    "round.read": _READ,
    "form.read": _READ,
    "form.fill": {Role.UNIT_FILLER: Reach.UNITS},
    "form.submit": {Role.UNIT_APPROVER: Reach.UNITS},
    "form.review": _OFFICER,
    "rule_run.start": _OFFICER,
    "rule_run.read": dict.fromkeys((*_BUREAU, Role.SERVICE), Reach.REGION),
    "warning.read": _READ,
    "rectification.issue": _OFFICER,
    "rectification.file_measures": {Role.UNIT_APPROVER: Reach.UNITS},
    "rectification.verify": _OFFICER,
    "rectification.read": _READ,
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
    RectificationAction.FILE_MEASURES: "rectification.file_measures",
    RectificationAction.VERIFY: "rectification.verify",
    RectificationAction.RETURN: "rectification.verify",
}


def allowed_on_round(principal: Principal) -> list[str]:
    """The actions this caller may take on a monitoring round."""
    return _permitted(principal, ["rule_run.start"])


def allowed_on_form(principal: Principal, status: str, *, filled_by: str | None) -> list[str]:
    """The actions this caller may take on a form; who filled it in doesn't submit it."""
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


def allowed_on_rectification(
    principal: Principal, status: str, *, filed_by: str | None
) -> list[str]:
    """The actions this caller may take on a rectification; who filed doesn't verify."""
    allowed = allowed_rectification_actions(RectificationStatus(status))
    actions = [_RECTIFICATION_ACTIONS[action] for action in allowed]
    if filed_by == principal.subject:
        actions = [action for action in actions if action != "rectification.verify"]
    return _permitted(principal, actions)


def _permitted(principal: Principal, actions: list[str]) -> list[str]:
    return [
        action
        for action in dict.fromkeys(actions)
        if reach_of(POLICY, principal, action) is not None
    ]
