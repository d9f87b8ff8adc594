"""The agency's re-check of all self-evaluations (复审) and the letters it leads to (整改函)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from deploy.demo.generate_files import EXAMPLE, Row, flag, plain
from deploy.demo.generate_goals import Goal
from deploy.demo.generate_payments import Pace
from deploy.demo.generate_people import RECHECK_CONTRACT
from deploy.demo.generate_self_evaluations import Answer

RECHECK_COLUMNS = (
    "project_code", "contract_no", "evidence_missing", "execution_slow", "rectification_advised",
    "synthetic",
)  # fmt: skip
RECHECK_ROW_COLUMNS = ("project_code", "position", "review_score", "note", "synthetic")
LETTER_COLUMNS = (
    "unit_code", "letter_no", "due_on", "project_code", "text", "measures", "completed_on",
    "verified", "returned_reason", "synthetic",
)  # fmt: skip

_NOTES = {
    "quantity": "佐证台账的数量少于填报数，按台账扣减。",
    "quality": "抽查样本中有未留验收记录的，扣减。",
    "timeliness": "部分完成日期没有签收单证明，扣减。",
    "cost": "成本计算未包括配套费用，扣减。",
    "satisfaction": "问卷样本少于三十份，扣减。",
}
_BENEFIT_NOTE = "效益数据没有说明来源，扣减。"
_MEASURES = (
    "已补签支付计划并按月报送进度；次年项目提前完成采购；对未完成任务逐项明确责任人和完成日期。"
)


@dataclass(frozen=True)
class Review:
    answer: Answer
    score: Decimal
    note: str


def build_reviews(answers: list[Answer]) -> list[Review]:
    rng = Random("xingqing-2023-rechecks")
    return [_review(answer, rng) for answer in answers]


def review_rows(reviews: list[Review]) -> Iterator[Row]:
    for review in reviews:
        yield {
            "project_code": review.answer.goal.project.code,
            "position": str(review.answer.indicator.position),
            "review_score": plain(review.score),
            "note": review.note,
            "synthetic": "true",
        }


def recheck_rows(goals: list[Goal], reviews: list[Review], paces: dict[str, Pace]) -> Iterator[Row]:
    lowered: dict[str, list[Review]] = {}
    for review in reviews:
        if review.note:
            lowered.setdefault(review.answer.goal.project.code, []).append(review)
    for goal in goals:
        code, late = goal.project.code, paces[goal.project.code].late
        yield {
            "project_code": code,
            "contract_no": RECHECK_CONTRACT,
            "evidence_missing": _evidence_missing(lowered.get(code, [])),
            "execution_slow": "支付进度慢、实施迟滞，建议发函整改。" if late else "",
            "rectification_advised": flag(late),
            "synthetic": "true",
        }


def rectification_letters(goals: list[Goal], paces: dict[str, Pace]) -> list[Row]:
    """One letter to each unit with a late project, one row for each problem in it."""
    late: dict[str, list[str]] = {}
    for goal in goals:
        if paces[goal.project.code].late:
            late.setdefault(goal.project.unit.code, []).append(goal.project.code)
    return [
        _problem(number, unit_code, code, paces[code], last=len(late))
        for number, (unit_code, codes) in enumerate(late.items(), start=1)
        for code in codes
    ]


def _review(answer: Answer, rng: Random) -> Review:
    """Numbers are marked down where the evidence is thin; a band stays the unit's."""
    cut = Decimal(rng.randrange(1, 5)) / 2
    lowered = rng.random() < 0.05 and answer.goal.project.invented and answer.actual is not None
    if not lowered or answer.score <= 3:
        return Review(answer, answer.score, "")
    return Review(answer, answer.score - cut, _NOTES.get(answer.indicator.level2, _BENEFIT_NOTE))


def _evidence_missing(lowered: list[Review]) -> str:
    if not lowered:
        return ""
    lost = sum((review.answer.score - review.score for review in lowered), Decimal(0))
    return f"{len(lowered)} 个指标佐证不足，共扣减 {plain(lost)} 分。"


def _problem(number: int, unit_code: str, code: str, pace: Pace, *, last: int) -> Row:
    """The last letter still waits for measures, the one before for verification."""
    answered = number < last
    back = "措施没有写明完成日期和责任人，请补充后重报。" if number == 3 else ""
    return {
        "unit_code": unit_code,
        "letter_no": f"兴财绩函〔2024〕{number}号{EXAMPLE}",
        "due_on": "2024-06-28",
        "project_code": code,
        "text": f"全年支付进度约 {pace.final:.0%}，实施迟滞，请整改并反馈。{EXAMPLE}",
        "measures": _MEASURES + EXAMPLE if answered else "",
        "completed_on": f"2024-06-{17 + number % 5}" if answered else "",
        "verified": flag(number < last - 1),
        "returned_reason": back,
        "synthetic": "true",
    }
