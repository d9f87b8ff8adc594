"""Who may do what in the evaluation service; what is not listed is denied."""

from services.evaluation.domain.states import Life
from shared.auth import Policy, Principal, Reach, Role, reach_of
from shared.feed_routes import feed_policy

_FINANCE = (Role.FINANCE_OFFICER, Role.FINANCE_REVIEWER, Role.AUDITOR)
_BUREAU = dict.fromkeys((*_FINANCE, Role.INTEGRATION, Role.SERVICE), Reach.REGION)
_UNIT = dict.fromkeys((Role.UNIT_FILLER, Role.UNIT_APPROVER), Reach.UNITS)
_AGENCY = {Role.AGENCY_EVALUATOR: Reach.AGENCY}
_OFFICER = {Role.FINANCE_OFFICER: Reach.REGION}

POLICY: Policy = {
    **feed_policy(),
    "self_evaluation.open": _OFFICER,
    "self_evaluation.fill": {Role.UNIT_FILLER: Reach.UNITS},
    "self_evaluation.submit": {Role.UNIT_APPROVER: Reach.UNITS},
    "self_evaluation.recheck": _AGENCY,
    "self_evaluation.read": {**_BUREAU, **_UNIT, **_AGENCY},
    "agency.register": _OFFICER,
    "agency.read": {**_BUREAU, **_AGENCY},
    "engagement.conclude": _OFFICER,
    "engagement.read": {**_BUREAU, **_AGENCY},
    "rectification.request": _OFFICER,
    "rectification.read": {**_BUREAU, **_UNIT},
    "evaluation.plan": _OFFICER,
    "evaluation.score": _AGENCY,
    "evaluation.finalize": {Role.FINANCE_REVIEWER: Reach.REGION},
    "evaluation.read": {**_BUREAU, **_AGENCY},
    "result.read": {**_BUREAU, **_UNIT, **_AGENCY},
    "ex_ante.record": _OFFICER,
    "ex_ante.confirm": {Role.FINANCE_REVIEWER: Reach.REGION},
    "ex_ante.read": {**_BUREAU, **_UNIT, **_AGENCY},
    "summary.read": dict.fromkeys(_FINANCE, Reach.REGION),
    "circular.propose": dict.fromkeys(_FINANCE, Reach.REGION),
    "circular.issue": _OFFICER,
    "circular.read": dict.fromkeys((*_FINANCE, *_UNIT), Reach.REGION),
    "score_profile.read": {**_BUREAU, **_UNIT, **_AGENCY},
    "work_item.read": {**dict.fromkeys(_FINANCE, Reach.REGION), **_UNIT, **_AGENCY},
}


def allowed(principal: Principal, life: Life, status: str) -> list[str]:
    """The actions this caller may take on something that is in this state."""
    return [a for a in life.actions[status] if reach_of(POLICY, principal, a) is not None]
