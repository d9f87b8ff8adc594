"""Sheets (评分表): scored lines with their total, and what holds for every sheet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.evaluation.domain.findings import Finding, Severity, out_of_range
from services.evaluation.domain.lines import Line
from services.evaluation.domain.numbers import plain


@dataclass(frozen=True)
class Sheet:
    """Scored lines, their total and everything found; the printed scores add up to `total`."""

    lines: tuple[Line, ...]
    total: Decimal
    full_marks: Decimal
    findings: tuple[Finding, ...]

    @property
    def submittable(self) -> bool:
        return all(finding.severity is not Severity.BLOCKING for finding in self.findings)

    @property
    def gradable(self) -> bool:
        """Every line has a score and the weights make up full marks: only then is there a grade."""
        weights = sum(line.weight for line in self.lines if line.score is not None)
        return weights == self.full_marks and all(line.score is not None for line in self.lines)

    @property
    def arithmetic(self) -> str:
        """`10.00 + 9.60 = 19.60`: the printed column, added up."""
        scores = [str(line.score) for line in self.lines if line.score is not None]
        return f"{' + '.join(scores) or '0'} = {self.total}"


def sheet(lines: Sequence[Line], full_marks: Decimal, findings: Iterable[Finding]) -> Sheet:
    """Add up the printed scores; nothing is rounded here."""
    total = sum((line.score for line in lines if line.score is not None), Decimal("0.00"))
    return Sheet(tuple(lines), total, full_marks, tuple(findings))


def row_findings(lines: Sequence[Line]) -> list[Finding]:
    """What was found in the rows, each with the pointer of its row."""
    found = []
    for index, line in enumerate(lines):
        if line.weight <= 0:
            found.append(out_of_range("weight", line.weight, "大于 0").under(f"/rows/{index}"))
        found += [finding.under(f"/rows/{index}") for finding in line.findings]
    return found


def weight_findings(lines: Sequence[Line], full_marks: Decimal) -> list[Finding]:
    """The weights of all lines make up full marks, the ones that don't apply included."""
    total = sum((line.weight for line in lines), Decimal(0))
    if total == full_marks:
        return []
    message = f"分值合计 {plain(total)}，应为 {plain(full_marks)}"
    mend = f"请调整各行分值，使合计为 {plain(full_marks)}"
    return [Finding("weights_not_100", "/rows", message, mend)]
