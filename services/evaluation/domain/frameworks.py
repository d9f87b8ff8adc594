"""Indicator frameworks (评价指标体系框架) of evaluations by departments, bureaus and agencies."""

from dataclasses import dataclass
from decimal import Decimal

from services.evaluation.domain.profiles import ScoringProfile
from services.evaluation.domain.receipts import Citation
from services.evaluation.domain.rule_values import Reader, citation, distinct_codes, read
from shared.rulebook import Version

#: The framework that evaluations of a kind are held to; policies (政策) have none of their own.
FRAMEWORKS = {
    "project": "framework-2020-10",
    "department": "department-2013-53",
    "policy": "framework-2020-10",
}


@dataclass(frozen=True)
class OutcomeFloor:
    """The weight that output and benefit groups (产出、效益) reach together, in principle."""

    groups: frozenset[str]
    at_least: Decimal
    citation: Citation


@dataclass(frozen=True)
class Framework:
    """The groups a scoring sheet may use; `scoring` holds the formulas and the rounding."""

    citation: Citation
    full_marks: Decimal
    groups: dict[str, str]
    methods: frozenset[str]
    #: Rows may name a ratio (共性指标) that is computed from the unit's base data.
    computes_ratios: bool
    outcome: OutcomeFloor | None
    scoring: ScoringProfile


def scoring_id(version: Version) -> str:
    """The profile a framework borrows its formulas from."""
    return read(version).text("scoring")


def framework(version: Version, scoring: ScoringProfile) -> Framework:
    """The framework of a version. Raises UnsoundRule with the place and the reason."""
    values = read(version)
    keys = {"kind", "full_marks", "scoring", "methods", "groups"}
    values.only(*keys, optional=("outcome", "computes_ratios"))
    groups = _groups(values)
    return Framework(
        citation=citation(version),
        full_marks=values.number("full_marks"),
        groups=groups,
        methods=values.choices("methods", {"ratio", "checklist", "band"}),
        computes_ratios="computes_ratios" in values.entries and values.flag("computes_ratios"),
        outcome=_outcome(version, values, groups),
        scoring=scoring,
    )


def _groups(values: Reader) -> dict[str, str]:
    rows = [row.only("code", "label") for row in values.tables("groups")]
    distinct_codes(rows, f"{values.place}.groups")
    return {row.text("code"): row.text("label") for row in rows}


def _outcome(version: Version, values: Reader, groups: dict[str, str]) -> OutcomeFloor | None:
    if "outcome" not in values.entries:
        return None
    part = values.table("outcome").only("groups", "at_least", "source")
    return OutcomeFloor(
        groups=part.choices("groups", groups),
        at_least=part.number("at_least", high=100),
        citation=citation(version, part),
    )
