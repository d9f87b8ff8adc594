"""Receipts (计分依据): why a score or a grade is what it is, enough to recompute and contest it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.rulebook import Source


@dataclass(frozen=True)
class Citation:
    """The rule version a result follows and where that very part of it stands written."""

    rule_id: str
    effective_from: date
    source: Source


@dataclass(frozen=True)
class Receipt:
    """One result explained. `arithmetic` reads `[condition：]expression = result`."""

    citation: Citation
    inputs: Mapping[str, str | None]
    arithmetic: str
    points_lost: Decimal | None
    why: str
    what_would_change_it: str

    def as_dict(self) -> dict[str, object]:
        """The receipt as JSON can hold it; numbers stay strings."""
        source = self.citation.source
        return {
            "rule_id": self.citation.rule_id,
            "version": self.citation.effective_from.isoformat(),
            "source": {
                "title": source.title,
                "article": source.article,
                "url": source.url,
                "verified": source.verified,
            },
            "inputs": dict(self.inputs),
            "arithmetic": self.arithmetic,
            "points_lost": None if self.points_lost is None else str(self.points_lost),
            "why": self.why,
            "what_would_change_it": self.what_would_change_it,
        }
