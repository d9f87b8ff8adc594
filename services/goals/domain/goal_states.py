"""The life of a goal (绩效目标): drafted, submitted, reviewed, approved with the budget, and later
adjusted, but only together with a change of its budget."""

from collections.abc import Mapping
from enum import StrEnum


class Status(StrEnum):
    """状态. 草稿 · 已报送 · 退回修改 · 待完善 · 审核通过 · 不予通过 · 已批复."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    IMPROVING = "improving"
    REVIEWED = "reviewed"
    REJECTED = "rejected"
    APPROVED = "approved"


class Step(StrEnum):
    """What is done to a goal; the value is also the action a role needs, behind `goal.`."""

    DRAFT = "draft"
    REVISE = "revise"
    SUBMIT = "submit"
    RECALL = "recall"
    REVIEW = "review"
    WITHDRAW_REVIEW = "withdraw_review"
    APPROVE = "approve"
    ADJUST = "adjust"
    CANCEL_ADJUSTMENT = "cancel_adjustment"
    DISCLOSE = "disclose"
    EXEMPT = "exempt"


class ReviewGrade(StrEnum):
    """审核结论 优·良·中·差 (财预〔2015〕88号 第二十五条), best first."""

    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


LABELS = {
    Status.DRAFT: "草稿",
    Status.SUBMITTED: "已报送",
    Status.RETURNED: "退回修改",
    Status.IMPROVING: "待完善",
    Status.REVIEWED: "审核通过",
    Status.REJECTED: "不予通过",
    Status.APPROVED: "已批复",
}
STEP_LABELS = {
    Step.DRAFT: "起草",
    Step.REVISE: "修改",
    Step.SUBMIT: "报送",
    Step.RECALL: "撤回报送",
    Step.REVIEW: "审核",
    Step.WITHDRAW_REVIEW: "撤销审核结论",
    Step.APPROVE: "批复",
    Step.ADJUST: "申请调整",
    Step.CANCEL_ADJUSTMENT: "放弃调整",
    Step.DISCLOSE: "公开",
    Step.EXEMPT: "免予公开",
}

_STEPS: Mapping[Status, tuple[Step, ...]] = {
    Status.DRAFT: (Step.REVISE, Step.SUBMIT),
    Status.RETURNED: (Step.REVISE, Step.SUBMIT),
    Status.IMPROVING: (Step.REVISE, Step.SUBMIT),
    Status.SUBMITTED: (Step.RECALL, Step.REVIEW),
    Status.REVIEWED: (Step.WITHDRAW_REVIEW, Step.APPROVE),
    Status.REJECTED: (Step.WITHDRAW_REVIEW,),
    Status.APPROVED: (Step.ADJUST,),
}
#: From here an adjustment can still be given up; the version in force stays as it is.
_GIVEN_UP_FROM = frozenset({Status.DRAFT, Status.RETURNED, Status.IMPROVING, Status.REJECTED})

_AFTER_REVIEW = {
    ReviewGrade.EXCELLENT: Status.REVIEWED,
    ReviewGrade.GOOD: Status.IMPROVING,
    ReviewGrade.FAIR: Status.RETURNED,
    ReviewGrade.POOR: Status.REJECTED,
}


class StepRefused(Exception):
    """The state does not allow the step; the message says so in Chinese."""


def steps_from(status: str, *, approved: bool = False, disclosed: bool = False) -> tuple[Step, ...]:
    """The steps a goal is open to: `approved` when a version of it is in force, `disclosed` when
    that version was published or is exempt."""
    steps = _STEPS[Status(status)]
    if approved and Status(status) in _GIVEN_UP_FROM:
        steps += (Step.CANCEL_ADJUSTMENT,)
    if approved and not disclosed:
        steps += (Step.DISCLOSE, Step.EXEMPT)
    return steps


def require(status: str, step: Step, *, approved: bool = False, disclosed: bool = False) -> None:
    """Raise StepRefused unless the state allows the step."""
    if step in steps_from(status, approved=approved, disclosed=disclosed):
        return
    settled = step is Step.EXEMPT and approved and disclosed
    because = "：现行版本已公开或已免予公开" if settled else ""
    raise StepRefused(f"{LABELS[Status(status)]}的目标不能{STEP_LABELS[step]}{because}")


def after_submission(status: str) -> Status:
    """待完善的 goes on without a second review (良: 完善后进入下一步); all others wait for one."""
    return Status.REVIEWED if status == Status.IMPROVING else Status.SUBMITTED


def after_review(grade: ReviewGrade) -> Status:
    """优 goes on to the budget; 良 once it is improved; 中 comes back for a new review; 差 may not go on."""
    return _AFTER_REVIEW[grade]


def needs_reason(grade: ReviewGrade) -> bool:
    """Whatever is not 优 has to be explained."""
    return grade is not ReviewGrade.EXCELLENT
