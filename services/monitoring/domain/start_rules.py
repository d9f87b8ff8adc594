"""Kinds of warning rule that ask whether a project has begun at all."""

from decimal import Decimal

from services.monitoring.domain.facts import Band, IndicatorFacts, ProjectFacts
from services.monitoring.domain.ladder import plain
from services.monitoring.domain.money_rules import NO_BUDGET, money_inputs
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

_PAID = WayOut(Colour.GREEN, (Need("paid", ">", "0"),))
_PAY = "发生首笔支付（累计净支付大于 0）"


def not_started(facts: ProjectFacts, rule: RuleInForce) -> list[Verdict]:
    """No net payment and no reported progress by a month (项目未启动)."""
    from_month = rule.values["from_month"]
    if facts.budget <= 0:
        return [NotApplicable(NO_BUDGET, rule.rule_id)]
    if facts.as_of.month < from_month:
        return [NotApplicable(f"{from_month} 月起适用", rule.rule_id)]
    if facts.paid > 0 or any(_moves(row) for row in facts.indicators):
        return [Quiet(Colour.GREEN, "项目已启动", rule.rule_id)]
    receipt = rule.receipt(
        money_inputs(facts),
        arithmetic=f"{plain(facts.paid)} ≤ 0，且没有指标报告进展",
        threshold=f"{from_month} 月起累计净支付应大于 0，或至少一项指标有进展",
        clears_when=f"{_PAY}，或报送的监控表中至少一项指标有进展",
        ways_out=[_PAID],
    )
    return [Warning(Colour(rule.values["colour"]), "既无支付也无指标进展", receipt)]


def after_tender(facts: ProjectFacts, rule: RuleInForce) -> list[Verdict]:
    """No net payment so many days after the tender (招标后未实施)."""
    if facts.tender_on is None:
        return [NotApplicable("没有招标日期，此规则不适用", rule.rule_id)]
    if facts.paid > 0:
        return [Quiet(Colour.GREEN, "招标后已有支付", rule.rule_id)]
    days = (facts.as_of - facts.tender_on).days
    reached = step_reached(rule.values, days)
    if reached is None:
        return [Quiet(Colour.GREEN, f"招标后 {days} 天", rule.rule_id)]
    limit, colour = reached
    receipt = rule.receipt(
        money_inputs(facts) | {"tender_on": facts.tender_on.isoformat(), "days": str(days)},
        arithmetic=f"{days} ≥ {limit}",
        threshold=f"招标后满 {limit} 天仍无支付",
        clears_when=_PAY,
        ways_out=[_PAID],
    )
    return [Warning(colour, f"招标后 {days} 天仍无支付", receipt)]


def step_reached(values: Values, days: int) -> tuple[int, Colour] | None:
    """The last step whose days are over."""
    reached = [step for step in values["days"] if step["days"] <= days]
    return (reached[-1]["days"], Colour(reached[-1]["colour"])) if reached else None


def _moves(row: IndicatorFacts) -> bool:
    if row.band in (Band.ACHIEVED, Band.PARTIAL):
        return True
    return row.actual_to_date is not None and row.actual_to_date > Decimal(0)
