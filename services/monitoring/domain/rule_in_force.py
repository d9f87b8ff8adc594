"""A warning rule as it reads on the day of judgement, and the receipts it writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.monitoring.domain.verdicts import Receipt, WayOut
from shared.rulebook import Values, Version


@dataclass(frozen=True)
class RuleInForce:
    """One rule with the wording and values of the day."""

    title: str
    version: Version
    values: Values

    @property
    def rule_id(self) -> str:
        return self.version.rule_id

    def receipt(
        self,
        inputs: Mapping[str, str],
        *,
        arithmetic: str,
        threshold: str,
        clears_when: str,
        ways_out: Sequence[WayOut],
    ) -> Receipt:
        return Receipt(
            rule_id=self.rule_id,
            version=self.version.label,
            title=self.title,
            source=self.version.source,
            inputs=inputs,
            arithmetic=arithmetic,
            threshold=threshold,
            clears_when=clears_when,
            ways_out=tuple(ways_out),
        )
