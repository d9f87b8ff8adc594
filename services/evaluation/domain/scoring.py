"""Scores of the lines of a self-evaluation (单位自评): execution rate and indicators."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from services.evaluation.domain import formulas
from services.evaluation.domain.findings import (
    Finding,
    Severity,
    blank,
    cell_missing,
    deviation_reason_missing,
    not_a_number,
    out_of_range,
)
from services.evaluation.domain.formulas import Points
from services.evaluation.domain.indicators import IndicatorRow
from services.evaluation.domain.lines import Line, Subject, scored, unscored
from services.evaluation.domain.numbers import Rounding, plain
from services.evaluation.domain.profiles import Operator, ScoringProfile
from services.evaluation.domain.qualitative import score_qualitative


def score_execution(
    budget: Decimal | None,
    executed: Decimal | None,
    *,
    weight: Decimal,
    rule: ScoringProfile,
    reason: str | None = None,
) -> Line:
    """Score the budget execution rate (预算执行率); without a budget the line doesn't apply.

    `budget` is the one the rule divides by.
    """
    cell = rule.execution_rule.denominator.cell
    inputs = {
        "weight": plain(weight),
        cell: None if budget is None else plain(budget),
        "executed": None if executed is None else plain(executed),
        "reason": reason,
    }
    subject = Subject(rule.execution.label, weight, rule.execution_rule.citation, inputs)
    if budget is None or executed is None:
        cells = {cell: budget, "executed": executed}
        return unscored(subject, *[cell_missing(c) for c, value in cells.items() if value is None])
    if budget <= 0:
        return unscored(subject, _no_budget(cell), applicable=False)
    points = formulas.execution(weight, budget, executed, rule.execution_rule)
    change = f"全年执行数达到 {plain(budget)} 时得满分 {plain(weight)} 分"
    line = scored(subject, points, rule.rounding, change=change)
    rate = Fraction(executed) / Fraction(budget)
    if rate < Fraction(rule.low_execution.bound) and blank(reason):
        return replace(line, findings=(_low_execution(rate, rule),))
    return line


def _no_budget(cell: str) -> Finding:
    return Finding(
        code="execution_not_applicable",
        pointer=f"/{cell}",
        message="预算数不大于零，没有执行率：这一项不适用，既不按零分也不按满分计",
        mend="请核对预算数；预算数大于零时按执行率计分",
        severity=Severity.HINT,
    )


def _low_execution(rate: Fraction, rule: ScoringProfile) -> Finding:
    bound = plain(rule.low_execution.bound * 100)
    return Finding(
        code="low_exec_reason_missing",
        pointer="/exec_reason",
        message=f"预算执行率 {_percent(rate)} 低于 {bound}%，没有说明原因",
        mend="请说明执行率偏低的原因和改进措施",
    )


def _percent(share: Fraction) -> str:
    """Two places, cut off and not rounded: 89.999 % must not read as 90 %."""
    return f"{plain(Decimal(int(share * 10000)) / 100)}%"


def score_indicator(row: IndicatorRow, rule: ScoringProfile) -> Line:
    """Score one indicator; what hinders it or lacks a reason is in the line's findings."""
    if row.operator is Operator.QUALITATIVE:
        return score_qualitative(row, rule)
    by_steps = _by_steps(row, rule)
    subject = row.under(rule.satisfaction_cited if by_steps else rule.cited_for(row.operator))
    target, actual = row.target_value, row.actual_value
    if target is None or actual is None:
        return unscored(subject, *_without_number(row))
    if by_steps:
        points = formulas.stepped(row.weight, actual, rule.satisfaction_steps)
        best = rule.satisfaction_steps[0].at_least
        change = change_of(Operator.AT_LEAST, best, row.weight)
    else:
        points = formulas.quantitative(row.operator, row.weight, target, actual, rule=rule)
        change = change_of(row.operator, target, row.weight)
    line = _with_claim(scored(subject, points, rule.rounding, change=change), row, rule.rounding)
    return replace(line, findings=line.findings + _reasons_missing(row, points, rule))


def _by_steps(row: IndicatorRow, rule: ScoringProfile) -> bool:
    """Satisfaction rates are scored by their steps where the rule has some."""
    if not rule.satisfaction_steps or row.operator in (Operator.AT_MOST, Operator.BELOW):
        return False
    return row.level1 == "satisfaction"


def _without_number(row: IndicatorRow) -> list[Finding]:
    cells = {
        "target_value": (row.target_value, row.target_text),
        "actual_value": (row.actual_value, row.actual_text),
    }
    return [
        cell_missing(cell) if written is None or blank(written) else not_a_number(cell, written)
        for cell, (value, written) in cells.items()
        if value is None
    ]


def change_of(operator: Operator, target: Decimal, weight: Decimal) -> str:
    """What earns full marks: what changes the score of a line below, and holds it above."""
    wanted = f"{operator.symbol} {plain(target)}"
    return f"实际完成值 {wanted} 时得满分 {plain(weight)} 分"


def _with_claim(line: Line, row: IndicatorRow, rounding: Rounding) -> Line:
    """A claim off the rule counts once it has a reason; until then the rule's score does."""
    if row.self_score is None:
        return line
    if not 0 <= row.self_score <= row.weight:
        bounds = f"0 ≤ 得分 ≤ {plain(row.weight)}"
        return replace(line, findings=(out_of_range("self_score", row.self_score, bounds),))
    claimed = rounding.of(row.self_score)
    if claimed == line.rule_score:
        return line
    if blank(row.reason):
        return replace(line, findings=(_off_rule(claimed, line),))
    why = f"按规则应得 {line.rule_score} 分，自评 {claimed} 分，理由：{row.reason}"
    receipt = replace(line.receipt, points_lost=row.weight - claimed, why=why)
    return replace(line, score=claimed, receipt=receipt)


def _off_rule(claimed: Decimal, line: Line) -> Finding:
    return Finding(
        code="score_off_rule",
        pointer="/self_score",
        message=f"自评 {claimed} 分，按规则应得 {line.rule_score} 分（{line.receipt.arithmetic}）",
        mend="请改为按规则计算的得分，或说明理由",
    )


def _reasons_missing(
    row: IndicatorRow, points: Points, rule: ScoringProfile
) -> tuple[Finding, ...]:
    if not blank(row.reason):
        return ()
    if not points.reached:
        return (deviation_reason_missing(row.name),)
    return (_over_achievement(row, rule),) if _over_achieved(row, rule) else ()


def _over_achieved(row: IndicatorRow, rule: ScoringProfile) -> bool:
    target, actual = row.target_value, row.actual_value
    if row.operator not in rule.over_achievement_operators or target is None or actual is None:
        return False
    return target > 0 and actual > target * rule.over_achievement.bound


def _over_achievement(row: IndicatorRow, rule: ScoringProfile) -> Finding:
    bound = plain(rule.over_achievement.bound * 100)
    return Finding(
        code="overachievement_reason_missing",
        pointer="/reason",
        message=f"“{row.name}”的实际完成值超过年度指标值的 {bound}%，没有说明原因",
        mend="请说明原因；年度指标值设定明显偏低的，应适度调减得分",
    )
