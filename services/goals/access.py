"""Who may do what in the goals service; what is not listed is denied."""

from services.goals.domain.entry_states import EntryStep, entry_steps_from
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
_FILLER = {Role.UNIT_FILLER: Reach.UNITS}
_APPROVER = {Role.UNIT_APPROVER: Reach.UNITS}
_OFFICER = {Role.FINANCE_OFFICER: Reach.REGION}
_REVIEWER = {Role.FINANCE_REVIEWER: Reach.REGION}

POLICY: Policy = {
    **feed_policy(),
    **job_policy(),
    "unit.import": {Role.INTEGRATION: Reach.REGION},
    "unit.read": _READ,
    "unit.assign_officer": {Role.FINANCE_REVIEWER: Reach.REGION},
    "region.read": _READ,
    "region.write": {Role.INTEGRATION: Reach.REGION},
    "budget_cycle.read": _READ,
    "budget_cycle.write": {Role.FINANCE_REVIEWER: Reach.REGION},
    "budget_change.read": _READ,
    "budget_change.import": {Role.INTEGRATION: Reach.REGION},
    "budget_change.withdraw": {Role.INTEGRATION: Reach.REGION},
    "project.import": {Role.INTEGRATION: Reach.REGION},
    "project.read": _READ,
    "goal.check": {**dict.fromkeys(_UNIT, Reach.UNITS), **_OFFICER},
    "goal.draft": _FILLER,
    "goal.revise": _FILLER,
    "goal.submit": _APPROVER,
    "goal.recall": _APPROVER,
    "goal.review": _OFFICER,
    "goal.withdraw_review": _REVIEWER,
    "goal.approve": _REVIEWER,
    "goal.adjust": _FILLER,
    "goal.cancel_adjustment": _FILLER,
    "goal.disclose": _APPROVER,
    "goal.exempt": _REVIEWER,
    "goal.read": _READ,
    "goal.read_published": {**_READ, Role.PUBLIC: Reach.PUBLISHED},
    "notice.receive": _APPROVER,
    "notice.read": _READ,
    # Help says nothing of any region: everyone who signed in may read it.
    "form.read": dict.fromkeys(set(Role) - {Role.PUBLIC}, Reach.PUBLISHED),
    "coverage.read": dict.fromkeys((*_BUREAU, Role.SERVICE), Reach.REGION),
    "review_statistics.read": _READ,
    "indicator.read": _READ,
    "indicator.propose": {Role.UNIT_FILLER: Reach.UNITS, Role.FINANCE_OFFICER: Reach.REGION},
    "indicator.revise": {Role.UNIT_FILLER: Reach.UNITS, Role.FINANCE_OFFICER: Reach.REGION},
    "indicator.confirm": {Role.FINANCE_REVIEWER: Reach.REGION},
    "indicator.retire": {Role.FINANCE_REVIEWER: Reach.REGION},
    "work_item.read": dict.fromkeys((*_BUREAU, *_UNIT), Reach.UNITS)
    | dict.fromkeys(_BUREAU, Reach.REGION),
}


def allowed_on_goal(
    principal: Principal, status: str, *, approved: bool = False, disclosed: bool = False
) -> list[str]:
    """The actions this caller may take on a goal in this state; see `steps_from`."""
    steps = steps_from(status, approved=approved, disclosed=disclosed)
    return allowed(principal, *map(action_of, steps))


def allowed_on_notice(principal: Principal, *, received: bool) -> list[str]:
    """The actions this caller may take on a notice."""
    return [] if received else allowed(principal, "notice.receive")


def action_of(step: Step) -> str:
    """The action that a step of a goal needs."""
    return f"goal.{step}"


_ENTRY_ACTIONS = {
    EntryStep.REVISE: "indicator.revise",
    EntryStep.CONFIRM: "indicator.confirm",
    EntryStep.RETIRE: "indicator.retire",
}


def allowed_on_entry(principal: Principal, status: str, proposed_by: str | None) -> list[str]:
    """The actions this caller may take on an entry of the region's own: the proposer revises, and
    never confirms."""
    mine = proposed_by == principal.subject
    unfit = EntryStep.CONFIRM if mine else EntryStep.REVISE
    actions = [_ENTRY_ACTIONS[step] for step in entry_steps_from(status) if step is not unfit]
    return allowed(principal, *actions)


def allowed(principal: Principal, *actions: str) -> list[str]:
    """Those of the actions that one of the caller's roles has."""
    return [action for action in actions if reach_of(POLICY, principal, action) is not None]
