"""Holds a project against every warning rule of a pack.

A rule file names its `kind` and carries its numbers; a kind is one function below.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from services.monitoring.domain.facts import Band, Likelihood, ProjectFacts
from services.monitoring.domain.indicator_rules import forecast_short, indicator_progress
from services.monitoring.domain.ladder import Ladder
from services.monitoring.domain.money_rules import large_slow, money_against_time
from services.monitoring.domain.rule_in_force import RuleInForce
from services.monitoring.domain.verdicts import Colour, NotApplicable, Verdict
from shared.rulebook import NoRuleInForce, Rule, UnsoundRule, Values

Judge: TypeAlias = Callable[[ProjectFacts, RuleInForce], list[Verdict]]

DEFAULT_PACK = "default"


@dataclass(frozen=True)
class Kind:
    """How one kind of rule judges, and the values its file must carry."""

    judge: Judge
    values: frozenset[str]


KINDS: Mapping[str, Kind] = {
    "money_against_time": Kind(money_against_time, frozenset({"bands"})),
    "indicator_progress": Kind(
        indicator_progress, frozenset({"bands", "limit_colours", "band_colours"})
    ),
    "forecast_short": Kind(forecast_short, frozenset({"forecast_colours", "likelihood_colours"})),
    "large_slow": Kind(large_slow, frozenset({"bands", "min_budget", "from_month"})),
}

COLOUR_TABLES: Mapping[str, frozenset[str]] = {
    "band_colours": frozenset(Band),
    "likelihood_colours": frozenset(Likelihood),
    "limit_colours": frozenset({"kept", "passed"}),
    "forecast_colours": frozenset({"met", "short"}),
}


def evaluate(facts: ProjectFacts, rules: Mapping[str, Rule], on: date) -> list[Verdict]:
    """Every rule's verdicts under the wordings in force on `on`.

    A single rule that wasn't in force answers NotApplicable, so that adding or repealing one
    leaves other days recomputable; a pack of which nothing was in force raises NoRuleInForce.
    """
    _require_some(rules, on)
    return [verdict for rule in rules.values() for verdict in _judge(facts, rule, on)]


def _judge(facts: ProjectFacts, rule: Rule, on: date) -> list[Verdict]:
    if not _is_in_force(rule, on):
        return [NotApplicable(f"此规则在 {on.isoformat()} 未施行", rule.rule_id)]
    version = rule.on(on)
    in_force = RuleInForce(rule.title, version, version.values or {})
    return KINDS[in_force.values["kind"]].judge(facts, in_force)


def pack_version(rules: Mapping[str, Rule], on: date, *, name: str = DEFAULT_PACK) -> str:
    """`default@2020-11-12`: the pack and its last change up to `on`. Raises NoRuleInForce."""
    _require_some(rules, on)
    days = [version.effective_from for rule in rules.values() for version in rule.versions]
    return f"{name}@{max(day for day in days if day <= on).isoformat()}"


def _require_some(rules: Mapping[str, Rule], on: date) -> None:
    if not any(_is_in_force(rule, on) for rule in rules.values()):
        raise NoRuleInForce(f"no warning rule was in force on {on.isoformat()}")


def _is_in_force(rule: Rule, on: date) -> bool:
    try:
        rule.on(on)
    except NoRuleInForce:
        return False
    return True


def check(rules: Mapping[str, Rule]) -> None:
    """Refuse a pack no judge could read: raises UnsoundRule. For the start of the process."""
    for rule in rules.values():
        for version in rule.versions:
            if version.values is not None:
                _check_values(version.label, version.values)


def _check_values(label: str, values: Values) -> None:
    kind = KINDS.get(values.get("kind", ""))
    if kind is None:
        raise UnsoundRule(f"{label}: unknown kind {values.get('kind')!r}")
    if set(values) != kind.values | {"kind"}:
        raise UnsoundRule(f"{label}: values must be kind, {', '.join(sorted(kind.values))}")
    try:
        _check_colours(values)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise UnsoundRule(f"{label}: {error}") from error


def _check_colours(values: Values) -> None:
    if "bands" in values:
        Ladder.read(values["bands"])
    for name in COLOUR_TABLES.keys() & values.keys():
        if set(values[name]) != COLOUR_TABLES[name]:
            raise UnsoundRule(f"{name} must name {', '.join(sorted(COLOUR_TABLES[name]))}")
        for colour in values[name].values():
            Colour(colour)
