"""The kind of warning rule that holds a project's goals against its money (绩效与支出匹配)."""

from decimal import Decimal

from services.monitoring.domain.facts import IndicatorFacts, ProjectFacts
from services.monitoring.domain.ladder import Ladder, plain, shown
from services.monitoring.domain.money_rules import NO_BUDGET, money_inputs
from services.monitoring.domain.rule_in_force import RuleInForce
from services.monitoring.domain.verdicts import (
    Need,
    NotApplicable,
    Quiet,
    Verdict,
    Warning,
    WayOut,
)

#: Percentages are counted in whole ten-thousandths, cut off: sums of quotients stay exact.
PARTS = 10_000
_FULL = 100 * PARTS


def goal_money_gap(facts: ProjectFacts, rule: RuleInForce) -> list[Verdict]:
    """Mean achievement of the measured goals minus the execution rate, in percentage points:
    below zero the money is ahead of what it has achieved."""
    if facts.budget <= 0:
        return [NotApplicable(NO_BUDGET, rule.rule_id)]
    shares = [_share(row.actual_to_date, row) for row in facts.indicators if is_measured(row)]
    if not shares:
        return [NotApplicable("没有可计算完成率的定量指标", rule.rule_id)]
    mean = Decimal(sum(shares)) / (len(shares) * PARTS)
    rate = Decimal(_cut(facts.paid, facts.budget)) / PARTS
    ladder = Ladder.read(rule.values["bands"])
    gap = mean - rate
    rung = ladder.rung(gap)
    value = shown(gap, rung.below)
    if not rung.colour.warns or rung.below is None:
        return [Quiet(rung.colour, f"绩效与支出之差 {value} 个百分点", rule.rule_id)]
    steps = [(colour, rate + limit) for colour, limit in ladder.above(rung)]
    receipt = rule.receipt(
        money_inputs(facts) | {"measured_count": str(len(shares))},
        arithmetic=(
            f"{len(shares)} 项定量指标平均完成率 {shown(mean, None)}"
            f" - 预算执行率 {shown(rate, None)} = {value}"
        ),
        threshold=f"绩效与支出之差低于 {plain(rung.below)} 个百分点",
        clears_when="；".join(
            f"平均完成率达到 {plain(due.normalize())} 转为{colour.label}" for colour, due in steps
        ),
        ways_out=[
            WayOut(colour, (Need("average_progress", ">=", plain(due.normalize())),))
            for colour, due in steps
        ],
    )
    reason = f"支出跑在绩效前面：差 {value} 个百分点，低于 {plain(rung.below)}"
    return [Warning(rung.colour, reason, receipt)]


def is_measured(row: IndicatorFacts) -> bool:
    """Whether a row has an achievement in percent: more is better, and something is reported."""
    target = row.target
    return (
        target is not None
        and not target.is_limit
        and target.value > 0
        and row.actual_to_date is not None
    )


def _share(actual: Decimal | None, row: IndicatorFacts) -> int:
    assert actual is not None
    assert row.target_value is not None
    return _cut(actual, row.target_value)


def _cut(part: Decimal, whole: Decimal) -> int:
    return min(_FULL, int(part * _FULL // whole))
