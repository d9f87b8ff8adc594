"""问责: when the bureau asks after a case that it handed over. Nothing follows by itself."""

from dataclasses import dataclass
from datetime import date, timedelta

from services.evaluation.domain.receipts import Citation
from services.evaluation.domain.rule_values import citation, read
from shared.rulebook import UnsoundRule, Version


@dataclass(frozen=True)
class AccountabilityRule:
    """Calendar days from the handing over until the outcome is asked after."""

    citation: Citation
    outcome_days: int

    def outcome_due_on(self, handed_on: date) -> date:
        """The last day without an outcome that nobody asks about."""
        return handed_on + timedelta(days=self.outcome_days)


def accountability_rule(version: Version) -> AccountabilityRule:
    """The rule of a version. Raises UnsoundRule with the place and the reason."""
    values = read(version).only("kind", "outcome_days")
    days = values.number("outcome_days", low=1, high=3650)
    if days != int(days):
        raise UnsoundRule(f"{values.place}.outcome_days: {days} is not a whole number of days")
    return AccountabilityRule(citation(version), int(days))
