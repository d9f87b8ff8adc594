"""Sheets (评分表): scored lines with their total, and what holds for every sheet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.evaluation.domain.findings import Finding, Severity, out_of_range
from services.evaluation.domain.lines import Line
from services.evaluation.domain.numbers import Rounding, plain


@dataclass(frozen=True)
class Share:
    """Lines behind the first `head` ones are added up to `of` and count as `to` (折算)."""

    head: int
    of: Decimal
    to: Decimal
    rounding: Rounding

    def total(self, points: Sequence[Decimal]) -> Decimal:
        """The head as it stands and the rest weighed, rounded once."""
        return sum(points[: self.head], self.rounding.of(self._weighed(points)))

    def printed(self, points: Sequence[Decimal]) -> str:
        """`20.00 + (80.00 + 20.00) × 80 ÷ 100 = 100.00`."""
        head = "".join(f"{each} + " for each in points[: self.head])
        rest = " + ".join(str(each) for each in points[self.head :]) or "0"
        total = self.total(points)
        exact = Fraction(sum(points[: self.head])) + self._weighed(points)
        equals = "=" if Fraction(total) == exact else "≈"
        return f"{head}({rest}) × {plain(self.to)} ÷ {plain(self.of)} {equals} {total}"

    def _weighed(self, points: Sequence[Decimal]) -> Fraction:
        return Fraction(sum(points[self.head :])) * Fraction(self.to) / Fraction(self.of)


@dataclass(frozen=True)
class Sheet:
    """Scored lines, their total and everything found; the printed scores add up to `total`."""

    lines: tuple[Line, ...]
    total: Decimal
    full_marks: Decimal
    findings: tuple[Finding, ...]
    share: Share | None = None

    @property
    def submittable(self) -> bool:
        return all(finding.severity is not Severity.BLOCKING for finding in self.findings)

    @property
    def gradable(self) -> bool:
        """Every line has a score and the weights make up full marks: only then is there a grade."""
        weights = added([line.weight for line in self.lines], self.share)
        return weights == self.full_marks and all(line.score is not None for line in self.lines)

    @property
    def arithmetic(self) -> str:
        """`10.00 + 9.60 = 19.60`: the printed column, added up."""
        scores = [line.score or Decimal("0.00") for line in self.lines]
        if self.share is not None:
            return self.share.printed(scores)
        printed = [str(line.score) for line in self.lines if line.score is not None]
        return f"{' + '.join(printed) or '0'} = {self.total}"


def sheet(
    lines: Sequence[Line],
    full_marks: Decimal,
    findings: Iterable[Finding],
    *,
    share: Share | None = None,
) -> Sheet:
    """Add up the printed scores; but for a share of them nothing is rounded here."""
    total = added([line.score or Decimal("0.00") for line in lines], share)
    return Sheet(tuple(lines), total, full_marks, tuple(findings), share)


def added(points: Sequence[Decimal], share: Share | None) -> Decimal:
    """What points come to on a sheet, weighed when its lines are."""
    return sum(points, Decimal("0.00")) if share is None else share.total(points)


def row_findings(lines: Sequence[Line]) -> list[Finding]:
    """What was found in the rows, each with the pointer of its row."""
    found = []
    for index, line in enumerate(lines):
        if line.weight <= 0:
            found.append(out_of_range("weight", line.weight, "大于 0").under(f"/rows/{index}"))
        found += [finding.under(f"/rows/{index}") for finding in line.findings]
    return found


def weight_findings(
    lines: Sequence[Line], full_marks: Decimal, *, share: Share | None = None
) -> list[Finding]:
    """The weights of all lines make up full marks, the ones that don't apply included."""
    total = added([line.weight for line in lines], share)
    if total == full_marks:
        return []
    message = f"分值合计 {plain(total)}，应为 {plain(full_marks)}"
    mend = f"请调整各行分值，使合计为 {plain(full_marks)}"
    return [Finding("weights_not_100", "/rows", message, mend)]
