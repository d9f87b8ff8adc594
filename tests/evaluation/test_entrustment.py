"""What may be entrusted to an agency, and who may do what to an evaluation in which state."""

from datetime import date
from pathlib import Path

import pytest

from services.evaluation.access import POLICY, allowed
from services.evaluation.domain.rules import load_rules
from services.evaluation.domain.states import (
    ACCOUNTABILITY,
    EVALUATION,
    EX_ANTE,
    SELF_EVALUATION,
    ActionRefused,
    Life,
)
from shared.auth import Principal, Role
from shared.rulebook import NoRuleInForce

_RULES = load_rules(Path(__file__).parents[2] / "services" / "evaluation" / "rules")


def test_setting_goals_monitoring_and_self_evaluation_may_not_be_entrusted() -> None:
    rule = _RULES.entrustment(date(2024, 3, 1))
    assert set(rule.forbidden) == {"goal_setting", "monitoring", "self_eval"}
    assert {"evaluation", "result_recheck"} <= set(rule.allowed)
    assert "财预〔2021〕6号" in rule.citation.source.title
    assert not rule.citation.source.verified


def test_there_is_no_entrustment_rule_before_the_opinion_was_issued() -> None:
    with pytest.raises(NoRuleInForce):
        _RULES.entrustment(date(2021, 1, 27))


@pytest.mark.parametrize(
    "life", [SELF_EVALUATION, EVALUATION, EX_ANTE, ACCOUNTABILITY], ids=lambda life: life.subject
)
def test_every_state_has_a_label_and_only_known_actions(life: Life) -> None:
    assert life.labels.keys() == life.actions.keys()
    assert {action for actions in life.actions.values() for action in actions} <= POLICY.keys()


def test_an_action_outside_its_state_is_refused_in_words() -> None:
    with pytest.raises(ActionRefused, match="已报送的自评不能执行此操作"):
        SELF_EVALUATION.require("submitted", "self_evaluation.fill")


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        (Role.UNIT_FILLER, ["self_evaluation.fill", "self_evaluation.refresh"]),
        (Role.UNIT_APPROVER, ["self_evaluation.submit"]),
        (Role.FINANCE_OFFICER, []),
        (Role.AGENCY_EVALUATOR, []),
        (Role.EXPERT, []),
    ],
)
def test_an_open_form_offers_each_role_its_own_actions(role: Role, actions: list[str]) -> None:
    someone = Principal("a", "a", frozenset({role}), "640104000")
    assert allowed(someone, SELF_EVALUATION, "open") == actions


def test_an_expert_tries_the_rules_answers_what_is_asked_and_scores_what_is_assigned() -> None:
    granted = {action for action, roles in POLICY.items() if Role.EXPERT in roles}
    assert granted == {
        "expert_invitation.read",
        "expert_invitation.answer",
        "score.preview",
        "work_item.read",
        "evaluation.read",
        "evaluation.declare",
        "evaluation.score",
        "evaluation.dissent",
        "working_paper.lay",
        "working_paper.withdraw",
        "working_paper.read",
    }
