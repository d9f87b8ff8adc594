"""Receipts are written on reading: from a warning's inputs and the kept wording of its rule."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson

from services.monitoring.domain.facts import (
    Band,
    IndicatorFacts,
    Likelihood,
    Operator,
    ProjectFacts,
)
from services.monitoring.domain.rule_in_force import Wording
from services.monitoring.domain.rules import judge
from services.monitoring.domain.verdicts import Warning

#: The columns `warning_of` reads, of `warning w` joined with `rule_text t`.
TEXT_COLUMNS = """w.inputs::text as inputs, t.wording::text as wording"""
TEXT_JOIN = "join rule_text t on t.region_code = w.region_code and t.rule_key = w.rule_key"


def warning_of(row: Mapping[str, Any]) -> Warning:
    """The finding behind a row of (project_code, unit_code, position, inputs, wording)."""
    facts = _facts(row, orjson.loads(row["inputs"]))
    [verdict] = judge(facts, wording_of(row["wording"]).rule)
    assert isinstance(verdict, Warning), f"{row['project_code']}: {verdict}"
    return verdict


@lru_cache(maxsize=256)
def wording_of(kept: str) -> Wording:
    """A kept wording; a page of warnings has few different ones."""
    return Wording.read(orjson.loads(kept))


def _facts(row: Mapping[str, Any], inputs: Mapping[str, Any]) -> ProjectFacts:
    rows = inputs.get("indicators")
    if rows is None:
        rows = [{**inputs, "position": row["position"]}] if "operator" in inputs else []
    return ProjectFacts(
        project_code=row["project_code"],
        unit_code=row["unit_code"],
        budget=Decimal(inputs.get("budget", 0)),
        paid=Decimal(inputs.get("paid", 0)),
        indicators=tuple(indicator_of(entry) for entry in rows),
        as_of=date.fromisoformat(inputs["as_of"]),
        planned_pct=_number(inputs.get("planned_pct")),
        tender_on=date.fromisoformat(day) if (day := inputs.get("tender_on")) else None,
    )


def indicator_of(entry: Mapping[str, Any]) -> IndicatorFacts:
    """An indicator from JSON; what is absent was not asked for."""
    band, likelihood = entry.get("band"), entry.get("likelihood")
    return IndicatorFacts(
        position=entry["position"],
        name=entry["name"],
        operator=Operator(entry["operator"]),
        target_value=_number(entry.get("target_value")),
        actual_to_date=_number(entry.get("actual_to_date")),
        actual_forecast=_number(entry.get("actual_forecast")),
        band=Band(band) if band else None,
        likelihood=Likelihood(likelihood) if likelihood else None,
    )


def _number(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
