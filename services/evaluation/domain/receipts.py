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

    def as_dict(self) -> dict[str, object]:
        """The rule, its version and its source as JSON can hold them."""
        return {
            "rule_id": self.rule_id,
            "version": self.effective_from.isoformat(),
            "source": {
                "title": self.source.title,
                "article": self.source.article,
                "url": self.source.url,
                "verified": self.source.verified,
            },
        }


@dataclass(frozen=True)
class Receipt:
    """One result explained. `arithmetic` reads `[condition：]expression = result`.

    `computed` is the receipt of the actual value, where that was computed from base data (基础数据).
    """

    citation: Citation
    inputs: Mapping[str, str | None]
    arithmetic: str
    points_lost: Decimal | None
    why: str
    what_would_change_it: str
    computed: "Receipt | None" = None

    def as_dict(self) -> dict[str, object]:
        """The receipt as JSON can hold it; numbers stay strings."""
        return {
            **self.citation.as_dict(),
            "inputs": dict(self.inputs),
            "arithmetic": self.arithmetic,
            "points_lost": None if self.points_lost is None else str(self.points_lost),
            "why": self.why,
            "what_would_change_it": self.what_would_change_it,
            **({} if self.computed is None else {"computed": self.computed.as_dict()}),
        }
