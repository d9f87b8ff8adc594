"""The cases a rule pack brings along: facts, and what its rules have to say of them."""

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from services.monitoring.domain.facts import (
    Band,
    IndicatorFacts,
    Likelihood,
    Operator,
    ProjectFacts,
)
from services.monitoring.domain.rules import evaluate
from services.monitoring.domain.verdicts import Verdict, Warning, project_colour
from shared.rulebook import NoRuleInForce, Rule, UnsoundRule, Values

_ROW = frozenset({"operator", "target", "actual", "forecast", "band", "likelihood"})
_FACTS = frozenset({"as_of", "budget", "paid", "planned_pct", "tender_on", "indicators"})
_EXPECTED = frozenset({"name", "colour", "clears", "value"})


def read_cases(path: Path) -> list[tuple[str, Values]]:
    """(rule id, case) of a file, in its order. Raises UnsoundRule with the file's name."""
    try:
        tables = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
        return [(rule_id, case) for rule_id, table in tables.items() for case in table["cases"]]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise UnsoundRule(f"{path.name}: {error}") from error


def facts_of(case: Values) -> ProjectFacts:
    """The facts a case describes: a project, and one indicator or a list of them."""
    unknown = set(case) - _FACTS - _ROW - _EXPECTED
    if unknown:
        raise UnsoundRule(f"unknown: {', '.join(sorted(unknown))}")
    rows = case.get("indicators", [case] if "operator" in case else [])
    return ProjectFacts(
        project_code="P1",
        unit_code="U1",
        budget=Decimal(case.get("budget", 100)),
        paid=Decimal(case.get("paid", 50)),
        indicators=tuple(_indicator(row, position) for position, row in enumerate(rows, 1)),
        as_of=_day(case["as_of"]),
        planned_pct=_number(case.get("planned_pct")),
        tender_on=_day(case["tender_on"]) if "tender_on" in case else None,
    )


def run_case(rules: Mapping[str, Rule], rule_id: str, case: Values) -> None:
    """Hold one case against its rule. Raises UnsoundRule with what was said instead."""
    name = f"[{rule_id}] {case.get('name')}"
    if rule_id not in rules:
        raise UnsoundRule(f"{name}: the pack has no such rule")
    try:
        facts = facts_of(case)
        verdicts = evaluate(facts, {rule_id: rules[rule_id]}, facts.as_of)
    except (KeyError, TypeError, ValueError, ArithmeticError, NoRuleInForce) as error:
        raise UnsoundRule(f"{name}: {error!r}") from error
    said = {"colour": project_colour(verdicts).value, "clears": asked(verdicts)}
    wanted = {"colour": case.get("colour"), "clears": case.get("clears", [])}
    if said != wanted:
        raise UnsoundRule(f"{name}: expected {wanted}, the rule says {said}")


def asked(verdicts: list[Verdict]) -> list[str]:
    """What the receipts ask for, worst step first."""
    warnings = [verdict for verdict in verdicts if isinstance(verdict, Warning)]
    ways = [way for warning in warnings for way in warning.receipt.ways_out]
    return [need.value for way in ways for need in way.needs]


def _indicator(row: Mapping[str, Any], position: int) -> IndicatorFacts:
    return IndicatorFacts(
        position=position,
        name="维修道路长度",
        operator=Operator(row["operator"]),
        target_value=_number(row.get("target")),
        actual_to_date=_number(row.get("actual")),
        actual_forecast=_number(row.get("forecast")),
        band=Band(row["band"]) if "band" in row else None,
        likelihood=Likelihood(row["likelihood"]) if "likelihood" in row else None,
    )


def _number(value: Decimal | int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _day(value: object) -> date:
    if type(value) is not date:
        raise UnsoundRule(f"{value!r} is not a date")
    return value
