"""A warning rule as it reads on the day of judgement, and the receipts it writes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from services.monitoring.domain.answers import Answering
from services.monitoring.domain.verdicts import Receipt, WayOut
from shared.rulebook import Source, Values, Version


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


@dataclass(frozen=True)
class Wording:
    """A rule as a run used it, complete: kept, so that its receipts can be written for ever."""

    rule: RuleInForce
    answering: Answering

    @property
    def key(self) -> str:
        """The version's label and a digest: an edited file is another wording."""
        digest = sha256(self.as_json().encode()).hexdigest()
        return f"{self.rule.version.label}#{digest[:12]}"

    def as_json(self) -> str:
        """The wording as text; exact numbers become strings."""
        source = self.rule.version.source
        published_on = source.published_on
        return json.dumps(
            {
                "rule_id": self.rule.rule_id,
                "title": self.rule.title,
                "effective_from": self.rule.version.effective_from.isoformat(),
                "source": {
                    "title": source.title,
                    "article": source.article,
                    "url": source.url,
                    "published_on": published_on.isoformat() if published_on else None,
                    "verified": source.verified,
                },
                "values": self.rule.values,
                "answer": self.answering.as_dict(),
            },
            default=str,
            ensure_ascii=False,
            sort_keys=True,
        )

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Wording":
        """The wording a database kept."""
        source = dict(kept["source"])
        day = source.pop("published_on")
        version = Version(
            rule_id=kept["rule_id"],
            effective_from=date.fromisoformat(kept["effective_from"]),
            source=Source(published_on=date.fromisoformat(day) if day else None, **source),
            values=kept["values"],
        )
        rule = RuleInForce(kept["title"], version, kept["values"])
        return cls(rule, Answering.read(kept["answer"]))
