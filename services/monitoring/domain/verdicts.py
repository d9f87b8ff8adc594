"""What a rule says about a project: quiet, not applicable, or a warning (预警) with its receipt."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from shared.rulebook import Source


class Colour(StrEnum):
    """The light (预警灯) of a project or of one rule, worst first."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def warns(self) -> bool:
        return self in (Colour.RED, Colour.YELLOW)


_LABELS = {
    Colour.RED: "红色",
    Colour.YELLOW: "黄色",
    Colour.GREEN: "绿色",
    Colour.BLUE: "蓝色",
    Colour.NOT_APPLICABLE: "不适用",
}

_WORST_FIRST = list(Colour)


@dataclass(frozen=True)
class Need:
    """One input and where it has to stand: `paid >= 35.00`, `likelihood = certain`."""

    field: str
    bound: str
    value: str


@dataclass(frozen=True)
class WayOut:
    """What has to hold, all of it, for the light to be `to` or better."""

    to: Colour
    needs: tuple[Need, ...]


@dataclass(frozen=True)
class Receipt:
    """Why a warning stands, complete enough to recompute and to contest it."""

    rule_id: str
    version: str
    title: str
    source: Source
    inputs: Mapping[str, str]
    arithmetic: str
    threshold: str
    clears_when: str
    ways_out: tuple[WayOut, ...]

    def as_dict(self) -> dict[str, object]:
        """The receipt as JSON can hold it; numbers stay strings."""
        return {
            "rule_id": self.rule_id,
            "version": self.version,
            "title": self.title,
            "source": {
                "title": self.source.title,
                "article": self.source.article,
                "url": self.source.url,
                "verified": self.source.verified,
            },
            "inputs": dict(self.inputs),
            "arithmetic": self.arithmetic,
            "threshold": self.threshold,
            "clears_when": self.clears_when,
            "ways_out": [_way_as_dict(way) for way in self.ways_out],
        }


def _way_as_dict(way: WayOut) -> dict[str, object]:
    needs = [{"field": n.field, "bound": n.bound, "value": n.value} for n in way.needs]
    return {"to": way.to.value, "needs": needs}


@dataclass(frozen=True)
class Quiet:
    """The rule applied and is content. `position` names the indicator row, None the project."""

    colour: Colour
    reason: str
    rule_id: str
    position: int | None = None


@dataclass(frozen=True)
class NotApplicable:
    """The rule can't say anything here, and why: never to be read as green."""

    reason: str
    rule_id: str
    position: int | None = None

    @property
    def colour(self) -> Colour:
        return Colour.NOT_APPLICABLE


@dataclass(frozen=True)
class Warning:
    """The rule found something; (project, rule_id, position) identifies it from run to run."""

    colour: Colour
    reason: str
    receipt: Receipt
    position: int | None = None

    @property
    def level(self) -> str:
        return self.colour.value

    @property
    def rule_id(self) -> str:
        return self.receipt.rule_id


Verdict: TypeAlias = Quiet | NotApplicable | Warning


def worst(colours: Iterable[Colour]) -> Colour:
    """Red before yellow before green before blue; not applicable only when nothing else is."""
    return min(colours, key=_WORST_FIRST.index, default=Colour.NOT_APPLICABLE)


def project_colour(verdicts: Iterable[Verdict]) -> Colour:
    """The light of the whole project."""
    return worst(verdict.colour for verdict in verdicts)
