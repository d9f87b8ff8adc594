"""The formulas (计分公式): exact points from a weight and what was measured, with the arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.evaluation.domain.numbers import Rounding, operand, plain, times
from services.evaluation.domain.profiles import (
    ExecutionMode,
    ExecutionRule,
    NegativeMode,
    Operator,
    PositiveMode,
    ScoringProfile,
    Step,
)


@dataclass(frozen=True)
class Points:
    """Points before rounding. `reached` says whether the target itself was met."""

    exact: Fraction
    reached: bool
    expression: str
    why: str


def execution(weight: Decimal, budget: Decimal, executed: Decimal, rule: ExecutionRule) -> Points:
    """Points of the execution rate, between nothing and the weight; the budget is above zero."""
    if executed < 0:
        return _nothing(weight, f"{plain(executed)} < 0 成立", "执行数为负（退回多于支付）")
    if rule.mode is ExecutionMode.BANDED:
        return stepped(weight, executed, rule.steps, whole=budget)
    if executed > budget:
        condition = f"{plain(executed)} > {plain(budget)} 成立"
        return _full(weight, condition, "执行数超过预算数，得分以分值为限")
    if rule.round_rate_first:
        return _of_rounded_rate(weight, budget, executed)
    why = "预算数全部执行" if executed == budget else "预算数未全部执行，按比例得分"
    return _share(weight, executed, budget, reached=executed == budget, why=why)


def _of_rounded_rate(weight: Decimal, budget: Decimal, executed: Decimal) -> Points:
    rate = Rounding(0).of(100 * Fraction(executed) / Fraction(budget))
    why = f"执行率先四舍五入为 {plain(rate)}%，再乘以分值"
    return _share(weight, rate, Decimal(100), reached=executed == budget, why=why)


def stepped(
    weight: Decimal, value: Decimal, steps: Sequence[Step], *, whole: Decimal = Decimal(1)
) -> Points:
    """The share of the highest step (档) that the value reaches; steps are parts of `whole`."""
    for step in steps:
        bound = times(step.at_least, whole)
        if value >= bound:
            return Points(
                exact=Fraction(weight) * Fraction(step.share),
                reached=step.share == 1,
                expression=f"{plain(value)} ≥ {plain(bound)} 成立：{plain(weight)} × {plain(step.share)}",
                why=f"按所达到的档次得分值的 {plain(times(step.share, Decimal(100)))}%",
            )
    return _nothing(weight, f"{plain(value)} < 0 成立", "实际完成值为负")


def checklist(weight: Decimal, met: int, total: int) -> Points:
    """Weight × points met ÷ points on the list (评价要点)."""
    why = f"{total} 个评价要点中符合 {met} 个"
    return _share(weight, Decimal(met), Decimal(total), reached=met == total, why=why)


def quantitative(
    operator: Operator, weight: Decimal, target: Decimal, actual: Decimal, *, rule: ScoringProfile
) -> Points:
    """Points of a quantitative indicator (定量指标) by the formulas of the rule."""
    condition = f"{plain(actual)} {operator.symbol} {plain(target)}"
    if operator is Operator.EQUAL and actual > target > 0:
        condition = f"{plain(actual)} > {plain(target)} 成立"
        return _full(weight, condition, "超过年度指标值，得分以分值为限")
    if _reached(operator, target, actual):
        return _full(weight, f"{condition} 成立", "达到年度指标值，得满分")
    if target <= 0:
        why = "年度指标值不大于零，比例没有意义：达到得满分，未达到不得分"
        return _nothing(weight, f"{condition} 不成立", why)
    if operator in (Operator.AT_MOST, Operator.BELOW):
        return _over_limit(weight, target, actual, rule.negative_mode)
    chosen = rule.equal if operator is Operator.EQUAL else rule.positive
    if chosen.mode is PositiveMode.DIRECT:
        return _nothing(weight, f"{condition} 不成立", "直接赋分：未达到年度指标值不得分")
    return _short_of_target(weight, target, actual, chosen.passing)


def _reached(operator: Operator, target: Decimal, actual: Decimal) -> bool:
    match operator:
        case Operator.AT_LEAST:
            return actual >= target
        case Operator.ABOVE:
            return actual > target
        case Operator.AT_MOST:
            return actual <= target
        case Operator.BELOW:
            return actual < target
        case _:
            return actual == target


def _short_of_target(weight: Decimal, target: Decimal, actual: Decimal, passing: Decimal) -> Points:
    if actual < 0:
        return _nothing(weight, f"{plain(actual)} < 0 成立", "实际完成值为负")
    floor = times(passing, target)
    if actual < floor:
        condition = f"{plain(actual)} < {plain(floor)} 成立"
        return _nothing(weight, condition, f"低于及格线（年度指标值的 {plain(passing * 100)}%）")
    why = "未达到年度指标值，按实际完成值与年度指标值的比例得分"
    return _share(weight, actual, target, reached=False, why=why)


def _over_limit(weight: Decimal, target: Decimal, actual: Decimal, mode: NegativeMode) -> Points:
    if mode is NegativeMode.RATIO:
        why = "超过年度指标值，按年度指标值与实际完成值的比例得分"
        return _share(weight, target, actual, reached=False, why=why)
    if actual >= 2 * target:
        condition = f"{plain(actual)} ≥ {plain(2 * target)} 成立"
        return _nothing(weight, condition, "达到年度指标值的两倍，扣完")
    return Points(
        exact=Fraction(weight) * (2 * Fraction(target) - Fraction(actual)) / Fraction(target),
        reached=False,
        expression=f"{plain(weight)} × (2 × {plain(target)} - {plain(actual)}) ÷ {plain(target)}",
        why="超过年度指标值，按超出的比例扣分，达到两倍扣完",
    )


def _share(weight: Decimal, part: Decimal, whole: Decimal, *, reached: bool, why: str) -> Points:
    return Points(
        exact=Fraction(weight) * Fraction(part) / Fraction(whole),
        reached=reached,
        expression=f"{plain(weight)} × {operand(part)} ÷ {operand(whole)}",
        why=why,
    )


def _full(weight: Decimal, condition: str, why: str) -> Points:
    return Points(Fraction(weight), True, f"{condition}：{plain(weight)} × 1", why)


def _nothing(weight: Decimal, condition: str, why: str) -> Points:
    return Points(Fraction(0), False, f"{condition}：{plain(weight)} × 0", why)
