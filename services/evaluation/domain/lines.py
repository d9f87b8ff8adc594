"""Lines (计分行): what every scored row comes to, whichever method scored it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.evaluation.domain.findings import Finding
from services.evaluation.domain.formulas import Points
from services.evaluation.domain.numbers import Rounding
from services.evaluation.domain.receipts import Citation, Receipt


@dataclass(frozen=True)
class Line:
    """One scored line. `score` counts; it is None while the line can't be scored or doesn't apply.

    `exact` and `rule_score` are what the rule alone gives; `score` differs from `rule_score` only
    where the unit claims another score and says why.
    """

    label: str
    weight: Decimal
    applicable: bool
    exact: Fraction | None
    rule_score: Decimal | None
    score: Decimal | None
    receipt: Receipt
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Subject:
    """What is being scored, under which rule text, from which inputs."""

    label: str
    weight: Decimal
    citation: Citation
    inputs: Mapping[str, str | None]


def scored(subject: Subject, points: Points, rounding: Rounding, *, change: str) -> Line:
    """A line by the rule alone: the one place where a score is rounded."""
    score = rounding.of(points.exact)
    equals = "=" if Fraction(score) == points.exact else "≈"
    receipt = Receipt(
        citation=subject.citation,
        inputs=subject.inputs,
        arithmetic=f"{points.expression} {equals} {score}",
        points_lost=subject.weight - score,
        why=points.why,
        what_would_change_it=change,
    )
    return Line(subject.label, subject.weight, True, points.exact, score, score, receipt)


def unscored(subject: Subject, *findings: Finding, applicable: bool = True) -> Line:
    """A line without a score, because of its findings; none is made up for it."""
    receipt = Receipt(
        citation=subject.citation,
        inputs=subject.inputs,
        arithmetic="未计分" if applicable else "不适用",
        points_lost=None,
        why="；".join(finding.message for finding in findings),
        what_would_change_it="；".join(finding.mend for finding in findings),
    )
    return Line(subject.label, subject.weight, applicable, None, None, None, receipt, findings)
