"""Who may do what in the goals service; what is not listed is denied."""

from services.goals.domain.goal_states import Step, steps_from
from shared.auth import Policy, Principal, Reach, Role, reach_of
from shared.feed_routes import feed_policy
from shared.jobs import job_policy

_BUREAU = (Role.FINANCE_OFFICER, Role.FINANCE_REVIEWER, Role.AUDITOR, Role.INTEGRATION)
_UNIT = (Role.UNIT_FILLER, Role.UNIT_APPROVER)
_READ = {
    **dict.fromkeys((*_BUREAU, Role.SERVICE), Reach.REGION),
    **dict.fromkeys(_UNIT, Reach.UNITS),
}

POLICY: Policy = {
    **feed_policy(),
    **job_policy(),
    "unit.import": {Role.INTEGRATION: Reach.REGION},
    "unit.read": _READ,
    "project.import": {Role.INTEGRATION: Reach.REGION},
    "project.read": _READ,
    "goal.check": {**dict.fromkeys(_UNIT, Reach.UNITS), Role.FINANCE_OFFICER: Reach.REGION},
    "goal.draft": {Role.UNIT_FILLER: Reach.UNITS},
    "goal.submit": {Role.UNIT_APPROVER: Reach.UNITS},
    "goal.review": {Role.FINANCE_OFFICER: Reach.REGION},
    "goal.approve": {Role.FINANCE_REVIEWER: Reach.REGION},
    "goal.disclose": {Role.UNIT_APPROVER: Reach.UNITS},
    "goal.read": _READ,
    "goal.read_published": {**_READ, Role.PUBLIC: Reach.PUBLISHED},
    "coverage.read": dict.fromkeys((*_BUREAU, Role.SERVICE), Reach.REGION),
    "work_item.read": dict.fromkeys((*_BUREAU, *_UNIT), Reach.UNITS)
    | dict.fromkeys(_BUREAU, Reach.REGION),
}

_STEP_ACTIONS = {
    Step.REVISE: "goal.draft",
    Step.SUBMIT: "goal.submit",
    Step.REVIEW: "goal.review",
    Step.APPROVE: "goal.approve",
    Step.DISCLOSE: "goal.disclose",
}


def allowed_on_goal(principal: Principal, status: str) -> list[str]:
    """The actions this caller may take on a goal in this state."""
    actions = [_STEP_ACTIONS[step] for step in steps_from(status)]
    return [action for action in actions if reach_of(POLICY, principal, action) is not None]
