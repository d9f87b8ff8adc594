"""The rules as the software applies them, for anyone to look up."""

from datetime import date
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


def rules_holding(rules: Rules, region_code: str, fiscal_year: int) -> Page[ScoreProfileOut]:
    """What holds for a region and year: one profile a form, and the rules that all share."""
    day = date(fiscal_year, 12, 31)
    forms = rules.packs.holding(region_code, fiscal_year)
    elsewhere = set(rules.profile_ids) - set(forms.values())
    items = [
        each.model_copy(update={"chosen_for": [f for f, i in forms.items() if i == each.rule_id]})
        for each in score_profiles(rules).items
        if each.effective_from <= day
        and (each.effective_until is None or day < each.effective_until)
        and each.rule_id not in elsewhere
        and each.values is not None
    ]
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
            chosen_for=[],
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
