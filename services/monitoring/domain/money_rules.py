"""Kinds of warning rule that look at a project's money."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from services.monitoring.domain.facts import ProjectFacts
from services.monitoring.domain.ladder import Ladder, Progress, Rung, plain, shown
from services.monitoring.domain.rule_in_force import RuleInForce
from services.monitoring.domain.verdicts import (
    Colour,
    Need,
    NotApplicable,
    Quiet,
    Verdict,
    Warning,
    WayOut,
)
from shared.rulebook import Values

CENTS = 2
#: `without_plan` of a rule: a project without a plan is held against the calendar.
LINEAR = "linear"
NO_BUDGET = "年度预算为 0，执行进度不适用"


def money_against_time(facts: ProjectFacts, rule: RuleInForce) -> list[Verdict]:
    """Budget execution against the share of the year gone by, the month begun counted whole."""
    if facts.budget <= 0:
        return [NotApplicable(NO_BUDGET, rule.rule_id)]
    month = facts.as_of.month
    progress = Progress(facts.paid, facts.budget * month, scale=1200, places=CENTS)
    formula = f"{plain(facts.paid)} ÷ {plain(facts.budget)} ÷ ({month} ÷ 12) × 100"
    ladder = Ladder.read(rule.values["bands"])
    return [_judge_money(facts, rule, ladder, progress, "支出进度（按时间折算）", formula)]


def money_against_plan(facts: ProjectFacts, rule: RuleInForce) -> list[Verdict]:
    """Budget execution against the project's own payment plan; linear only where the rule says."""
    planned = facts.planned_pct
    if planned is None and rule.values["without_plan"] == LINEAR:
        return money_against_time(facts, rule)
    if facts.budget <= 0:
        return [NotApplicable(NO_BUDGET, rule.rule_id)]
    if planned is None or planned <= 0:
        why = "项目没有用款计划" if planned is None else "按用款计划本月尚不支出"
        return [NotApplicable(why, rule.rule_id)]
    progress = Progress(facts.paid, facts.budget * planned, scale=10000, places=CENTS)
    formula = f"{plain(facts.paid)} ÷ ({plain(facts.budget)} × {plain(planned)} ÷ 100) × 100"
    ladder = Ladder.read(rule.values["bands"])
    plan = {"planned_pct": plain(planned)}
    return [_judge_money(facts, rule, ladder, progress, "支出进度（按用款计划）", formula, plan)]


def execution_by_month(facts: ProjectFacts, rule: RuleInForce) -> list[Verdict]:
    """The execution rate against what has to be reached by the month; short of it by more than
    the gap is red."""
    if facts.budget <= 0:
        return [NotApplicable(NO_BUDGET, rule.rule_id)]
    ladder = monthly_ladder(rule.values, facts.as_of.month)
    if ladder is None:
        return [NotApplicable("未到此规则起算的月份", rule.rule_id)]
    progress, formula = _execution_rate(facts)
    return [_judge_money(facts, rule, ladder, progress, "预算执行率", formula)]


def monthly_ladder(values: Values, month: int) -> Ladder | None:
    """The thresholds of a month: those of the last step begun, none before the first."""
    begun = [step for step in values["steps"] if step["from_month"] <= month]
    if not begun:
        return None
    due, gap = Decimal(begun[-1]["at_least"]), Decimal(values["gap"])
    return Ladder((Rung(Colour.RED, due - gap), Rung(Colour.YELLOW, due), Rung(Colour.GREEN, None)))


def large_slow(facts: ProjectFacts, rule: RuleInForce) -> list[Verdict]:
    """Large projects whose execution rate is low late in the year."""
    min_budget = Decimal(rule.values["min_budget"])
    from_month = rule.values["from_month"]
    if facts.budget < min_budget or facts.budget <= 0:
        return [NotApplicable(f"年度预算不足 {plain(min_budget)} 元", rule.rule_id)]
    if facts.as_of.month < from_month:
        return [NotApplicable(f"{from_month} 月起适用", rule.rule_id)]
    progress, formula = _execution_rate(facts)
    ladder = Ladder.read(rule.values["bands"])
    return [_judge_money(facts, rule, ladder, progress, "预算执行率", formula)]


def _execution_rate(facts: ProjectFacts) -> tuple[Progress, str]:
    progress = Progress(facts.paid, facts.budget, scale=100, places=CENTS)
    return progress, f"{plain(facts.paid)} ÷ {plain(facts.budget)} × 100"


def _judge_money(
    facts: ProjectFacts,
    rule: RuleInForce,
    ladder: Ladder,
    progress: Progress,
    label: str,
    formula: str,
    further_inputs: Mapping[str, str] = MappingProxyType({}),
) -> Verdict:
    rung = ladder.rung(progress.value)
    value = shown(progress.value, rung.below)
    if not rung.colour.warns or rung.below is None:
        return Quiet(rung.colour, f"{label} {value}", rule.rule_id)
    steps = [(colour, progress.needed(limit)) for colour, limit in ladder.above(rung)]
    receipt = rule.receipt(
        money_inputs(facts) | dict(further_inputs),
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


def money_inputs(facts: ProjectFacts) -> dict[str, str]:
    """What a rule about money was told."""
    return {
        "as_of": facts.as_of.isoformat(),
        "month": str(facts.as_of.month),
        "budget": plain(facts.budget),
        "paid": plain(facts.paid),
    }
