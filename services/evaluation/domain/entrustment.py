"""委托第三方: which work an agency may be given, and what its fee may depend on."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.evaluation.domain.contracts import ContractRule, contract_rule
from services.evaluation.domain.receipts import Citation
from services.evaluation.domain.rule_values import Reader, citation, distinct_codes, read
from shared.rulebook import UnsoundRule, Version


@dataclass(frozen=True)
class Entrustment:
    """Scopes of work and bases of the fee by code; what stands in neither list is not known."""

    citation: Citation
    allowed: Mapping[str, str]
    forbidden: Mapping[str, str]
    fees_allowed: Mapping[str, str]
    fees_forbidden: Mapping[str, str]
    contract: ContractRule


def entrustment(version: Version) -> Entrustment:
    """The rule of a version. Raises UnsoundRule with the place and the reason."""
    values = read(version).only(
        "kind", "allowed", "forbidden", "fees_allowed", "fees_forbidden", "separation", "contract"
    )
    return Entrustment(
        citation(version),
        *_disjoint(values, "allowed", "forbidden"),
        *_disjoint(values, "fees_allowed", "fees_forbidden"),
        contract_rule(version, values),
    )


def _disjoint(values: Reader, yes: str, no: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    allowed, forbidden = _labels(values, yes), _labels(values, no)
    both = allowed.keys() & forbidden.keys()
    if both:
        raise UnsoundRule(f"{values.place}: {sorted(both)} both allowed and forbidden")
    return allowed, forbidden


def _labels(values: Reader, key: str) -> dict[str, str]:
    rows = [row.only("code", "label") for row in values.tables(key)]
    distinct_codes(rows, f"{values.place}.{key}")
    return {row.text("code"): row.text("label") for row in rows}
