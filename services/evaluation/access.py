"""Who may do what in the evaluation service; what is not listed is denied."""

from collections.abc import Iterable

from services.evaluation.domain.states import Life
from shared.auth import Policy, Principal, Reach, Role, reach_of
from shared.feed_routes import feed_policy

_FINANCE = (Role.FINANCE_OFFICER, Role.FINANCE_REVIEWER, Role.AUDITOR)
_BUREAU = dict.fromkeys((*_FINANCE, Role.INTEGRATION, Role.SERVICE), Reach.REGION)
_UNIT = dict.fromkeys((Role.UNIT_FILLER, Role.UNIT_APPROVER), Reach.UNITS)
_AGENCY = {Role.AGENCY_EVALUATOR: Reach.AGENCY}
_SIGNED_IN: dict[Role, Reach] = {r: Reach.REGION for r in Role if r is not Role.PUBLIC}
#: An expert belongs to no agency: what is reached is what the expert is named on.
_EXPERT = {Role.EXPERT: Reach.AGENCY}
_OFFICER = {Role.FINANCE_OFFICER: Reach.REGION}
#: The queries limit an expert to what the person was asked.
_INVITED = {Role.EXPERT: Reach.REGION}

POLICY: Policy = {
    **feed_policy(),
    "self_evaluation.open": _OFFICER,
    "self_evaluation.fill": {Role.UNIT_FILLER: Reach.UNITS},
    "self_evaluation.submit": {Role.UNIT_APPROVER: Reach.UNITS},
    "self_evaluation.recheck": {
        Role.FINANCE_OFFICER: Reach.REGION,
        Role.FINANCE_REVIEWER: Reach.REGION,
        **_AGENCY,
    },
    "form.read": {**_BUREAU, **_UNIT, **_AGENCY},
    "self_evaluation.refresh": {Role.UNIT_FILLER: Reach.UNITS},
    "self_evaluation.return": _OFFICER,
    "self_evaluation.read": {**_BUREAU, **_UNIT, **_AGENCY},
    "agency.register": _OFFICER,
    "agency.read": {**_BUREAU, **_AGENCY},
    "engagement.conclude": _OFFICER,
    "engagement.amend": _OFFICER,
    "engagement.read": {**_BUREAU, **_AGENCY},
    "expert.keep": _OFFICER,
    "expert.read": dict.fromkeys(_FINANCE, Reach.REGION),
    "recusal.record": _OFFICER,
    "recusal.read": dict.fromkeys(_FINANCE, Reach.REGION),
    "expert_draw.make": _OFFICER,
    "expert_draw.read": dict.fromkeys(_FINANCE, Reach.REGION),
    "expert_invitation.read": _INVITED,
    "expert_invitation.answer": _INVITED,
    "agency_quality.score": _OFFICER,
    "agency_quality.read": {**dict.fromkeys(_FINANCE, Reach.REGION), **_AGENCY},
    "rectification.request": _OFFICER,
    "rectification.read": {**_BUREAU, **_UNIT},
    "evaluation.plan": _OFFICER,
    "evaluation.score": {**_AGENCY, **_EXPERT},
    "evaluation.finalize": {Role.FINANCE_REVIEWER: Reach.REGION},
    "evaluation.read": {**_BUREAU, **_AGENCY, **_EXPERT},
    "evaluation.notify": _OFFICER,
    "evaluation.propose_scheme": _AGENCY,
    "evaluation.approve_framework": _OFFICER,
    "evaluation.begin_fieldwork": _AGENCY,
    "evaluation.declare": {**_AGENCY, **_EXPERT},
    "evaluation.close_scoring": _OFFICER,
    "evaluation.dissent": {**_AGENCY, **_EXPERT},
    "evaluation.draft": _AGENCY,
    "evaluation.report": _AGENCY,
    "report_quality.read": dict.fromkeys(_FINANCE, Reach.REGION),
    "evaluation.exchange_views": _OFFICER,
    "evaluation.opine": {Role.UNIT_APPROVER: Reach.UNITS},
    "evaluation.read_opinions": {**_BUREAU, **_UNIT, **_AGENCY},
    "evaluation.reply": _AGENCY,
    "evaluation.return": _OFFICER,
    "evaluation.reassign": _OFFICER,
    "evaluation.feed_back": _OFFICER,
    "evaluation.disclose": _OFFICER,
    "evaluation.archive": _OFFICER,
    "result.read": {**_BUREAU, **_UNIT, **_AGENCY},
    "ex_ante.record": _OFFICER,
    "ex_ante.confirm": {Role.FINANCE_REVIEWER: Reach.REGION},
    "ex_ante.read": {**_BUREAU, **_UNIT, **_AGENCY},
    "summary.read": dict.fromkeys(_FINANCE, Reach.REGION),
    "summary.write": _OFFICER,
    "result_proposal.make": _OFFICER,
    "result_proposal.decide": {
        Role.FINANCE_OFFICER: Reach.REGION,
        Role.FINANCE_REVIEWER: Reach.REGION,
    },
    "result_proposal.read": {**_BUREAU, **_UNIT},
    "result_proposal.count": dict.fromkeys(_FINANCE, Reach.REGION),
    "base_data.file": {Role.UNIT_FILLER: Reach.UNITS},
    "base_data.read": {**_BUREAU, **_UNIT},
    "training.record": _OFFICER,
    "training.read": {**_BUREAU, **_UNIT},
    "training.compare": dict.fromkeys(_FINANCE, Reach.REGION),
    "summary.issue": {Role.FINANCE_REVIEWER: Reach.REGION},
    "accountability.hand_over": _OFFICER,
    "accountability.note_outcome": _OFFICER,
    "accountability.read": {**dict.fromkeys(_FINANCE, Reach.REGION), **_UNIT},
    "recheck_plan.make": _OFFICER,
    "recheck_plan.read": {**dict.fromkeys(_FINANCE, Reach.REGION), **_AGENCY},
    "recheck_statistics.read": dict.fromkeys(_FINANCE, Reach.REGION),
    "recheck_finding.read": {**_BUREAU, **_UNIT, **_AGENCY},
    "circular.propose": dict.fromkeys(_FINANCE, Reach.REGION),
    "circular.issue": _OFFICER,
    "circular.read": dict.fromkeys((*_FINANCE, *_UNIT), Reach.REGION),
    "framework_preset.read": {**_BUREAU, **_UNIT, **_AGENCY},
    "working_paper.lay": {**_OFFICER, **_AGENCY, **_EXPERT},
    "working_paper.withdraw": {**_OFFICER, **_AGENCY, **_EXPERT},
    "working_paper.read": {**dict.fromkeys(_FINANCE, Reach.REGION), **_AGENCY, **_EXPERT},
    "score_profile.read": {**_BUREAU, **_UNIT, **_AGENCY},
    "agency.amend": _OFFICER,
    "agency_staff.keep": _OFFICER,
    "agency_staff.read": {**dict.fromkeys(_FINANCE, Reach.REGION), **_AGENCY},
    "score.preview": _SIGNED_IN,
    "work_item.read": {**dict.fromkeys(_FINANCE, Reach.REGION), **_UNIT, **_AGENCY, **_INVITED},
}


def allowed(principal: Principal, life: Life, status: str) -> list[str]:
    """The actions this caller may take on something that is in this state."""
    return [a for a in life.actions[status] if reach_of(POLICY, principal, a) is not None]


def permitted(principal: Principal, actions: Iterable[str]) -> list[str]:
    """Those of the actions this caller may take on something without states."""
    return [action for action in actions if reach_of(POLICY, principal, action) is not None]
