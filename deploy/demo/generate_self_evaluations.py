"""What the units report at the end of the year."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from deploy.demo.generate_files import Row, cents, plain, ratio_score
from deploy.demo.generate_goals import Goal, Indicator
from deploy.demo.generate_payments import Pace
from deploy.demo.generate_readings import is_met, met, missed, reading, share

SELF_EVALUATION_COLUMNS = ("project_code", "goal_actual", "exec_reason", "synthetic")
SELF_EVALUATION_ROW_COLUMNS = (
    "project_code", "position", "actual_value", "band", "self_score", "reason", "synthetic",
)  # fmt: skip

_OVER = Decimal("1.3")
_REASONS = {
    "quantity": "部分任务推迟到次年一季度，少完成的数量已列入次年计划，并按月核对进度。",
    "quality": "抽查发现少数不合格，已返工并扣减服务费，次年增加过程抽查。",
    "timeliness": "有批次晚于计划日期，原因是前期手续用时长，次年提前一个月启动。",
    "cost": "材料价格上涨使单位成本超出上限，超出部分由单位在本项目内消化。",
    "satisfaction": "问卷中对办理时长评价偏低，已调整窗口排班并公开办理时限。",
}
_BENEFIT_REASON = "效果在部分服务对象中尚未显现，次年二季度再回访一次。"


@dataclass(frozen=True)
class Answer:
    """One row of a self-evaluation as the unit fills it, and the score the rule gives it."""

    goal: Goal
    indicator: Indicator
    actual: Decimal | None
    band: str
    score: Decimal
    reason: str


def build_answers(goals: list[Goal], paces: dict[str, Pace]) -> list[Answer]:
    rng = Random("xingqing-2023-self-evaluations")
    return [
        _answer(goal, row, paces[goal.project.code], rng)
        for goal in goals
        for row in goal.indicators
    ]


def answer_rows(answers: list[Answer]) -> Iterator[Row]:
    for answer in answers:
        qualitative = answer.actual is None
        yield {
            "project_code": answer.goal.project.code,
            "position": str(answer.indicator.position),
            "actual_value": "" if answer.actual is None else plain(answer.actual),
            "band": answer.band,
            "self_score": plain(answer.score) if qualitative else "",
            "reason": answer.reason,
            "synthetic": "true",
        }


def self_evaluation_rows(
    goals: list[Goal], answers: list[Answer], paid: dict[str, Decimal]
) -> Iterator[Row]:
    actual = {
        (answer.goal.project.code, answer.indicator.level2): answer.actual for answer in answers
    }
    for goal in goals:
        code = goal.project.code
        rate = paid[code] / goal.project.total
        yield {
            "project_code": code,
            "goal_actual": _goal_actual(goal, actual, rate),
            "exec_reason": _exec_reason(rate),
            "synthetic": "true",
        }


def _goal_actual(goal: Goal, actual: dict[tuple[str, str], Decimal | None], rate: Decimal) -> str:
    done, asked = actual[goal.project.code, "quantity"], actual[goal.project.code, "satisfaction"]
    assert done is not None
    assert asked is not None
    row, opinion = goal.of("quantity"), goal.of("satisfaction").name
    return (
        f"全年{row.name} {plain(done)} {row.unit}（目标 {goal.project.plan.quantity} {row.unit}），"
        f"资金执行率 {plain(cents(rate * 100))} %，{opinion} {plain(asked)} %。"
    )


def _exec_reason(rate: Decimal) -> str:
    if rate >= Decimal("0.9"):
        return ""
    return "合同签订晚、验收推迟，尾款转到次年支付；未支付部分已列入次年一季度支付计划。"


def _answer(goal: Goal, row: Indicator, pace: Pace, rng: Random) -> Answer:
    if row.target is None:
        return _state(goal, row, pace, rng)
    actual = _actual(goal, row, pace, rng)
    score = ratio_score(row.operator, row.target, actual, row.weight)
    return Answer(goal, row, actual, "", score, _reason(row, actual))


def _actual(goal: Goal, row: Indicator, pace: Pace, rng: Random) -> Decimal:
    chance = rng.random()
    if pace.late and row.level2 in ("quantity", "timeliness"):
        return missed(row, share(rng, 120, 360))
    if not goal.project.invented:
        return met(row, rng)
    if chance < 0.1:
        return missed(row, share(rng, 15, 70))
    if row.counted and chance > 0.95:
        return reading(row, share(rng, 1360, 1600))
    return met(row, rng)


def _reason(row: Indicator, actual: Decimal) -> str:
    assert row.target is not None
    if not is_met(row, actual):
        return _REASONS.get(row.level2, _BENEFIT_REASON)
    if row.operator != "<=" and actual > row.target * _OVER:
        return (
            "申报时按上年需求测算，当年服务对象申请多于预计，单位成本下降；次年按实际水平调整目标。"
        )
    return ""


def _state(goal: Goal, row: Indicator, pace: Pace, rng: Random) -> Answer:
    """A qualitative row: the unit picks a band and a score inside it."""
    chance = rng.random()
    band, low, high = "achieved", 1000, 1001
    if pace.late:
        failed = pace.final < Decimal("0.62")
        band, low, high = ("failed", 450, 590) if failed else ("partial", 620, 780)
    elif goal.project.invented and chance < 0.2:
        low, high = 850, 990
    score = cents(row.weight * share(rng, low, high))
    reason = "" if score == row.weight else _BENEFIT_REASON
    return Answer(goal, row, None, band, score, reason)
