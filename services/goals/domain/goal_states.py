"""The life of a goal (绩效目标): drafted, submitted, reviewed, approved with the budget, disclosed."""

from enum import StrEnum


class Status(StrEnum):
    """状态. 草稿 · 已报送 · 退回修改 · 审核通过 · 不予通过 · 已批复."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REVIEWED = "reviewed"
    REJECTED = "rejected"
    APPROVED = "approved"


class Step(StrEnum):
    """What is done to a goal."""

    REVISE = "revise"
    SUBMIT = "submit"
    REVIEW = "review"
    APPROVE = "approve"
    DISCLOSE = "disclose"


class ReviewGrade(StrEnum):
    """审核结论 优·良·中·差 (财预〔2015〕88号 第二十五条)."""

    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


LABELS = {
    Status.DRAFT: "草稿",
    Status.SUBMITTED: "已报送",
    Status.RETURNED: "退回修改",
    Status.REVIEWED: "审核通过",
    Status.REJECTED: "不予通过",
    Status.APPROVED: "已批复",
}

_STEPS: dict[Status, tuple[Step, ...]] = {
    Status.DRAFT: (Step.REVISE, Step.SUBMIT),
    Status.RETURNED: (Step.REVISE, Step.SUBMIT),
    Status.SUBMITTED: (Step.REVIEW,),
    Status.REVIEWED: (Step.APPROVE,),
    Status.REJECTED: (),
    Status.APPROVED: (Step.DISCLOSE,),
}

_AFTER_REVIEW = {
    ReviewGrade.EXCELLENT: Status.REVIEWED,
    ReviewGrade.GOOD: Status.REVIEWED,
    ReviewGrade.FAIR: Status.RETURNED,
    ReviewGrade.POOR: Status.REJECTED,
}


class StepRefused(Exception):
    """The state does not allow the step; the message says so in Chinese."""


def steps_from(status: str) -> tuple[Step, ...]:
    """The steps a goal in this state is open to."""
    return _STEPS[Status(status)]


def require(status: str, step: Step) -> None:
    """Raise StepRefused unless the state allows the step."""
    if step not in steps_from(status):
        raise StepRefused(f"{LABELS[Status(status)]}的目标不能执行此操作")


def after_review(grade: ReviewGrade) -> Status:
    """优、良 go on to the budget; 中 goes back to be mended; 差 may not go on."""
    return _AFTER_REVIEW[grade]


def needs_reason(grade: ReviewGrade) -> bool:
    """A return or a rejection has to be explained."""
    return grade in (ReviewGrade.FAIR, ReviewGrade.POOR)
