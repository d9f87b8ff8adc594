"""Holds a project against every warning rule of a pack.

A rule file names its `kind` and carries its numbers; a kind is one function below.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from services.monitoring.domain.facts import Band, Likelihood, ProjectFacts
from services.monitoring.domain.gap_rules import goal_money_gap
from services.monitoring.domain.indicator_rules import forecast_short, indicator_progress
from services.monitoring.domain.ladder import Ladder
from services.monitoring.domain.money_rules import (
    LINEAR,
    execution_by_month,
    large_slow,
    money_against_plan,
    money_against_time,
)
from services.monitoring.domain.rule_in_force import RuleInForce
from services.monitoring.domain.start_rules import after_tender, not_started
from services.monitoring.domain.verdicts import Colour, NotApplicable, Verdict
from shared.rulebook import NoRuleInForce, Rule, UnsoundRule, Values

Judge: TypeAlias = Callable[[ProjectFacts, RuleInForce], list[Verdict]]

DEFAULT_PACK = "default"
_DIGITS = 15


@dataclass(frozen=True)
class Kind:
    """How one kind of rule judges, and the values its file must carry."""

    judge: Judge
    values: frozenset[str]


KINDS: Mapping[str, Kind] = {
    "money_against_time": Kind(money_against_time, frozenset({"bands"})),
    "money_against_plan": Kind(money_against_plan, frozenset({"bands", "without_plan"})),
    "execution_by_month": Kind(execution_by_month, frozenset({"steps", "gap"})),
    "indicator_progress": Kind(
        indicator_progress, frozenset({"bands", "limit_colours", "band_colours"})
    ),
    "forecast_short": Kind(forecast_short, frozenset({"forecast_colours", "likelihood_colours"})),
    "large_slow": Kind(large_slow, frozenset({"bands", "min_budget", "from_month"})),
    "goal_money_gap": Kind(goal_money_gap, frozenset({"bands"})),
    "not_started": Kind(not_started, frozenset({"from_month", "colour"})),
    "after_tender": Kind(after_tender, frozenset({"days"})),
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
    return judge(facts, _in_force(rule, on))


def judge(facts: ProjectFacts, rule: RuleInForce) -> list[Verdict]:
    """One rule's verdicts, by the function of its kind."""
    return KINDS[rule.values["kind"]].judge(facts, rule)


def in_force(rules: Mapping[str, Rule], on: date) -> list[RuleInForce]:
    """The wordings of a day, in the pack's order. Raises NoRuleInForce when there is none."""
    _require_some(rules, on)
    return [_in_force(rule, on) for rule in rules.values() if _is_in_force(rule, on)]


def _in_force(rule: Rule, on: date) -> RuleInForce:
    version = rule.on(on)
    return RuleInForce(rule.title, version, version.values or {})


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
    if not isinstance(values, Mapping):
        raise UnsoundRule(f"{label}: values must be a table")
    kind = KINDS.get(str(values.get("kind", "")))
    if kind is None:
        raise UnsoundRule(f"{label}: kind: unknown kind {values.get('kind')!r}")
    if set(values) != kind.values | {"kind"}:
        raise UnsoundRule(f"{label}: values must be kind, {', '.join(sorted(kind.values))}")
    for key in sorted(kind.values):
        try:
            _CHECKS[key](key, values[key])
        except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
            raise UnsoundRule(f"{label}: {key}: {error}") from error


def _check_bands(key: str, bands: Any) -> None:
    for band in bands:
        if not {"colour"} <= set(band) <= {"colour", "below"}:
            raise UnsoundRule("each band is a colour and, but for the last, `below`")
        _check_number(key, band.get("below", 0))
    Ladder.read(bands)


def _check_colours(key: str, colours: Any) -> None:
    if set(colours) != COLOUR_TABLES[key]:
        raise UnsoundRule(f"must name {', '.join(sorted(COLOUR_TABLES[key]))}")
    for colour in colours.values():
        Colour(colour)


def _check_number(_: str, value: Any) -> None:
    number = Decimal(value)
    if isinstance(value, bool) or not number.is_finite() or abs(number.adjusted()) > _DIGITS:
        raise UnsoundRule(f"must be a number of at most {_DIGITS} digits")


def _check_month(_: str, month: Any) -> None:
    if type(month) is not int or not 1 <= month <= 12:
        raise UnsoundRule("must be a month from 1 to 12")


def _check_steps(key: str, steps: Any) -> None:
    for step in steps:
        if set(step) != {"from_month", "at_least"}:
            raise UnsoundRule("each step is from_month and at_least")
        _check_month(key, step["from_month"])
        _check_number(key, step["at_least"])
    _check_rising([step["from_month"] for step in steps])


def _check_days(_: str, steps: Any) -> None:
    for step in steps:
        if set(step) != {"days", "colour"} or type(step["days"]) is not int:
            raise UnsoundRule("each step is a whole number of days and a colour")
        _check_number("days", step["days"])
        _check_warns("colour", step["colour"])
    _check_rising([step["days"] for step in steps])


def _check_rising(numbers: list[int]) -> None:
    if not numbers or numbers != sorted(set(numbers)):
        raise UnsoundRule("steps must be there and rise")


def _check_warns(_: str, colour: Any) -> None:
    if not Colour(colour).warns:
        raise UnsoundRule("must be red or yellow")


def _check_without_plan(_: str, word: Any) -> None:
    if word not in (LINEAR, Colour.NOT_APPLICABLE.value):
        raise UnsoundRule(f"must be {LINEAR} or {Colour.NOT_APPLICABLE.value}")


_CHECKS: Mapping[str, Callable[[str, Any], None]] = {
    "bands": _check_bands,
    "band_colours": _check_colours,
    "limit_colours": _check_colours,
    "forecast_colours": _check_colours,
    "likelihood_colours": _check_colours,
    "min_budget": _check_number,
    "from_month": _check_month,
    "gap": _check_number,
    "steps": _check_steps,
    "days": _check_days,
    "colour": _check_warns,
    "without_plan": _check_without_plan,
}
