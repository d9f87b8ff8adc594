"""委托第三方: which work of performance management an agency may be given."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.evaluation.domain.receipts import Citation
from services.evaluation.domain.rule_values import Reader, citation, distinct_codes, read
from shared.rulebook import UnsoundRule, Version


@dataclass(frozen=True)
class Entrustment:
    """Scopes of work by code; what stands in neither list is not known."""

    citation: Citation
    allowed: Mapping[str, str]
    forbidden: Mapping[str, str]


def entrustment(version: Version) -> Entrustment:
    """The rule of a version. Raises UnsoundRule with the place and the reason."""
    values = read(version).only("kind", "allowed", "forbidden")
    allowed, forbidden = _scopes(values, "allowed"), _scopes(values, "forbidden")
    both = allowed.keys() & forbidden.keys()
    if both:
        raise UnsoundRule(f"{values.place}: {sorted(both)} both allowed and forbidden")
    return Entrustment(citation(version), allowed, forbidden)


def _scopes(values: Reader, key: str) -> dict[str, str]:
    rows = [row.only("code", "label") for row in values.tables(key)]
    distinct_codes(rows, f"{values.place}.{key}")
    return {row.text("code"): row.text("label") for row in rows}
