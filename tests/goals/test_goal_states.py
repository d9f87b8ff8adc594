"""The life of a goal as values: which step is open to which state, and what a review leads to."""

from itertools import product

import pytest

from services.goals.access import POLICY, action_of, allowed_on_goal
from services.goals.domain.goal_states import (
    LABELS,
    STEP_LABELS,
    ReviewGrade,
    Status,
    Step,
    StepRefused,
    after_review,
    after_submission,
    needs_reason,
    require,
    steps_from,
)
from shared.auth import Principal, Role

#: State → step, for a goal no version of which is in force. Whatever is not here is refused.
OPEN = {
    Status.DRAFT: {Step.REVISE, Step.SUBMIT},
    Status.RETURNED: {Step.REVISE, Step.SUBMIT},
    Status.IMPROVING: {Step.REVISE, Step.SUBMIT},
    Status.SUBMITTED: {Step.RECALL, Step.REVIEW},
    Status.REVIEWED: {Step.WITHDRAW_REVIEW, Step.APPROVE},
    Status.REJECTED: {Step.WITHDRAW_REVIEW},
    Status.APPROVED: {Step.ADJUST},
}
#: While a version is in force an adjustment may be given up, and what is in force be published.
GIVEN_UP_FROM = {Status.DRAFT, Status.RETURNED, Status.IMPROVING, Status.REJECTED}

#: Who takes which step.
HANDS = {
    Role.UNIT_FILLER: {Step.DRAFT, Step.REVISE, Step.ADJUST, Step.CANCEL_ADJUSTMENT},
    Role.UNIT_APPROVER: {Step.SUBMIT, Step.RECALL, Step.DISCLOSE},
    Role.FINANCE_OFFICER: {Step.REVIEW},
    Role.FINANCE_REVIEWER: {Step.WITHDRAW_REVIEW, Step.APPROVE, Step.EXEMPT},
}


def open_steps(status: Status, *, approved: bool, disclosed: bool) -> set[Step]:
    """The table above, read."""
    steps = set(OPEN[status])
    if approved and status in GIVEN_UP_FROM:
        steps.add(Step.CANCEL_ADJUSTMENT)
    if approved and not disclosed:
        steps |= {Step.DISCLOSE, Step.EXEMPT}
    return steps


@pytest.mark.parametrize("status", list(Status))
def test_every_step_not_listed_for_a_state_is_refused(status: Status) -> None:
    for step, approved, disclosed in product(Step, (True, False), (True, False)):
        if step in open_steps(status, approved=approved, disclosed=disclosed):
            require(status, step, approved=approved, disclosed=disclosed)
        else:
            with pytest.raises(StepRefused, match=LABELS[status]):
                require(status, step, approved=approved, disclosed=disclosed)


@pytest.mark.parametrize("role", list(Role))
def test_every_state_role_and_action_is_decided(role: Role) -> None:
    someone = Principal("p", "p", frozenset({role}), "640104000", ("219001",))
    for status, approved, disclosed in product(Status, (True, False), (True, False)):
        allowed = allowed_on_goal(someone, status, approved=approved, disclosed=disclosed)
        hands = HANDS.get(role, set())
        expected = open_steps(status, approved=approved, disclosed=disclosed) & hands
        assert set(allowed) == {action_of(step) for step in expected}


def test_every_step_has_an_action_and_a_name() -> None:
    for step in Step:
        assert action_of(step) in POLICY
        assert STEP_LABELS[step]
    assert {step for hands in HANDS.values() for step in hands} == set(Step)


@pytest.mark.parametrize(
    ("grade", "status", "reason_due"),
    [
        ("excellent", "reviewed", False),  # 优：直接进入下一步
        ("good", "improving", True),  # 良：完善后进入下一步
        ("fair", "returned", True),  # 中：修改后重新报送审核
        ("poor", "rejected", True),  # 差：不得进入下一步
    ],
)
def test_the_consequence_of_a_review(grade: str, status: str, reason_due: bool) -> None:
    assert after_review(ReviewGrade(grade)) == status
    assert needs_reason(ReviewGrade(grade)) is reason_due


@pytest.mark.parametrize(
    ("status", "then"),
    [("draft", "submitted"), ("returned", "submitted"), ("improving", "reviewed")],
)
def test_only_what_was_to_be_improved_goes_on_without_a_second_review(
    status: str, then: str
) -> None:
    assert after_submission(status) == then


def test_an_approved_goal_is_left_only_by_an_adjustment() -> None:
    assert steps_from(Status.APPROVED, approved=True, disclosed=True) == (Step.ADJUST,)
