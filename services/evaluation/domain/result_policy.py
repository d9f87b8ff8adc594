"""结果应用: what a grade proposes for the next budget. It never decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from services.evaluation.domain.receipts import Citation
from services.evaluation.domain.rule_values import Reader, citation, distinct_codes, read
from shared.rulebook import UnsoundRule, Version

#: What a policy has to answer for; a row for self-evaluations is a grade that is to be proposed on.
_SCOPES = frozenset({"project", "department"})
_SELF = "self_evaluation"
_GRADES = frozenset({"excellent", "good", "fair", "poor"})


@dataclass(frozen=True)
class Proposed:
    """The action a grade proposes; the percentages are empty unless a bureau's rule sets them."""

    action: str
    pct_min: Decimal | None
    pct_max: Decimal | None


@dataclass(frozen=True)
class ResultPolicy:
    """Actions by code, and what is proposed for each scope and grade."""

    citation: Citation
    actions: Mapping[str, str]
    proposals: Mapping[tuple[str, str], Proposed]

    def receipt(self, scope: str, grade: str) -> dict[str, object]:
        """Which row of which rule proposes, as JSON can hold it."""
        proposed = self.proposals[scope, grade]
        return {
            **self.citation.as_dict(),
            "scope": scope,
            "grade": grade,
            "action": proposed.action,
            "pct_min": None if proposed.pct_min is None else str(proposed.pct_min),
            "pct_max": None if proposed.pct_max is None else str(proposed.pct_max),
        }


def result_policy(version: Version) -> ResultPolicy:
    """The rule of a version. Raises UnsoundRule with the place and the reason."""
    values = read(version).only("kind", "actions", "proposals")
    rows = [row.only("code", "label") for row in values.tables("actions")]
    distinct_codes(rows, f"{values.place}.actions")
    actions = {row.text("code"): row.text("label") for row in rows}
    proposals = {
        (row.choice("scope", {*_SCOPES, _SELF}), row.choice("grade", _GRADES)): _proposed(
            row, actions
        )
        for row in values.tables("proposals")
    }
    missing = [(s, g) for s in _SCOPES for g in _GRADES if (s, g) not in proposals]
    if missing:
        raise UnsoundRule(f"{values.place}.proposals: nothing for {sorted(missing)}")
    return ResultPolicy(citation(version), actions, proposals)


def _proposed(row: Reader, actions: Mapping[str, str]) -> Proposed:
    row.only("scope", "grade", "action", *(row.entries.keys() & {"pct_min", "pct_max", "source"}))
    low, high = (
        row.number(name, high=100) if name in row.entries else None
        for name in ("pct_min", "pct_max")
    )
    if low is not None and high is not None and low > high:
        raise UnsoundRule(f"{row.place}: pct_min {low} is above pct_max {high}")
    return Proposed(row.choice("action", actions), low, high)
