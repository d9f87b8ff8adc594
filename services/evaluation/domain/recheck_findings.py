"""复审发现的问题: the kinds of findings a re-review may name."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.evaluation.domain.receipts import Citation
from services.evaluation.domain.rule_values import citation, distinct_codes, read
from shared.rulebook import Version


@dataclass(frozen=True)
class FindingKinds:
    """The Chinese name of each kind by its code, in the order they are offered."""

    citation: Citation
    labels: Mapping[str, str]


def finding_kinds(version: Version) -> FindingKinds:
    """The kinds of a version. Raises UnsoundRule with the place and the reason."""
    values = read(version).only("kind", "codes")
    rows = [row.only("code", "label") for row in values.tables("codes")]
    distinct_codes(rows, f"{values.place}.codes")
    return FindingKinds(citation(version), {row.text("code"): row.text("label") for row in rows})
