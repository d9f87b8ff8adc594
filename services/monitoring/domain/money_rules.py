"""Kinds of warning rule that look at a project's money."""

from decimal import Decimal

from services.monitoring.domain.facts import ProjectFacts
from services.monitoring.domain.ladder import Ladder, Progress, plain, shown
from services.monitoring.domain.rule_in_force import RuleInForce
from services.monitoring.domain.verdicts import (
    Need,
    NotApplicable,
    Quiet,
    Verdict,
    Warning,
    WayOut,
)

CENTS = 2


def money_against_time(facts: ProjectFacts, rule: RuleInForce) -> list[Verdict]:
    """Budget execution against the share of the year gone by, the month begun counted whole."""
    if facts.budget <= 0:
        return [NotApplicable("年度预算为 0，执行进度不适用", rule.rule_id)]
    month = facts.as_of.month
    progress = Progress(facts.paid, facts.budget * month, scale=1200, places=CENTS)
    formula = f"{plain(facts.paid)} ÷ {plain(facts.budget)} ÷ ({month} ÷ 12) × 100"
    return [_judge_money(facts, rule, progress, "支出进度（按时间折算）", formula)]


def large_slow(facts: ProjectFacts, rule: RuleInForce) -> list[Verdict]:
    """Large projects whose execution rate is low late in the year."""
    min_budget = Decimal(rule.values["min_budget"])
    from_month = rule.values["from_month"]
    if facts.budget < min_budget or facts.budget <= 0:
        return [NotApplicable(f"年度预算不足 {plain(min_budget)} 元", rule.rule_id)]
    if facts.as_of.month < from_month:
        return [NotApplicable(f"{from_month} 月起适用", rule.rule_id)]
    progress = Progress(facts.paid, facts.budget, scale=100, places=CENTS)
    formula = f"{plain(facts.paid)} ÷ {plain(facts.budget)} × 100"
    return [_judge_money(facts, rule, progress, "预算执行率", formula)]


def _judge_money(
    facts: ProjectFacts, rule: RuleInForce, progress: Progress, label: str, formula: str
) -> Verdict:
    ladder = Ladder.read(rule.values["bands"])
    rung = ladder.rung(progress.value)
    value = shown(progress.value, rung.below)
    if not rung.colour.warns or rung.below is None:
        return Quiet(rung.colour, f"{label} {value}", rule.rule_id)
    steps = [(colour, progress.needed(limit)) for colour, limit in ladder.above(rung)]
    receipt = rule.receipt(
        _inputs(facts),
        arithmetic=f"{formula} = {value}",
        threshold=f"{label}低于 {plain(rung.below)}",
        clears_when="；".join(
            f"截至 {facts.as_of.isoformat()} 累计支付达到 {plain(paid)} 元"
            f"（再支付 {plain(paid - facts.paid)} 元）转为{colour.label}"
            for colour, paid in steps
        ),
        ways_out=[WayOut(colour, (Need("paid", ">=", plain(paid)),)) for colour, paid in steps],
    )
    return Warning(rung.colour, f"{label} {value}，低于 {plain(rung.below)}", receipt)


def _inputs(facts: ProjectFacts) -> dict[str, str]:
    return {
        "as_of": facts.as_of.isoformat(),
        "month": str(facts.as_of.month),
        "budget": plain(facts.budget),
        "paid": plain(facts.paid),
    }
