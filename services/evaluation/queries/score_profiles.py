"""The rules as the software applies them, for anyone to look up."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

from services.evaluation.domain.rules import Rules
from services.evaluation.schemas.summaries import RuleSourceOut, ScoreProfileOut
from shared.pages import Page
from shared.rulebook import Rule


def score_profiles(rules: Rules) -> Page[ScoreProfileOut]:
    """Every version of every rule, by id and day."""
    items = [version for rule_id in sorted(rules.by_id) for version in _versions(rules, rule_id)]
    return Page(items=items, next_cursor=None)


def _versions(rules: Rules, rule_id: str) -> list[ScoreProfileOut]:
    rule: Rule = rules.by_id[rule_id]
    return [
        ScoreProfileOut(
            rule_id=rule.rule_id,
            title=rule.title,
            effective_from=version.effective_from,
            effective_until=following.effective_from if following else None,
            last_checked_on=rule.last_checked_on,
            source=RuleSourceOut.model_validate(version.source),
            values=None if version.values is None else _exact(version.values),
        )
        for version, following in pairwise([*rule.versions, None])
        if version is not None
    ]


def _exact(value: Any) -> Any:
    """The same values with every number as a string."""
    if isinstance(value, dict):
        return {key: _exact(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_exact(inner) for inner in value]
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    return value
