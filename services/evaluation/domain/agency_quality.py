"""工作质量评分: by which criteria a bureau judges an agency's work on a contract."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from services.evaluation.domain.findings import Finding
from services.evaluation.domain.receipts import Citation
from services.evaluation.domain.rule_values import citation, distinct_codes, read
from shared.rulebook import UnsoundRule, Version


@dataclass(frozen=True)
class QualityRule:
    """Labels and full points (分值) of the criteria by code; the points add up to a hundred."""

    citation: Citation
    labels: Mapping[str, str]
    points: Mapping[str, Decimal]

    def findings(self, scores: Mapping[str, Decimal]) -> list[Finding]:
        """What is wrong with a score sheet: every criterion once, within its points."""
        return [
            *(self._finding("criterion_unknown", code, "没有这项标准") for code in scores
              if code not in self.points),
            *(self._finding("criterion_missing", code, "没有评分") for code in self.points
              if code not in scores),
            *(self._finding("score_out_of_range", code, "得分超出分值") for code in scores
              if scores[code] > self.points.get(code, scores[code])),
        ]  # fmt: skip

    def _finding(self, code: str, criterion: str, message: str) -> Finding:
        label = self.labels.get(criterion, criterion)
        full = "、".join(f"{self.labels[each]}（{self.points[each]} 分）" for each in self.points)
        return Finding(code, f"/scores/{criterion}", f"“{label}”{message}", f"请逐项评分：{full}")


def quality_rule(version: Version) -> QualityRule:
    """The rule of a version. Raises UnsoundRule with the place and the reason."""
    values = read(version).only("kind", "criteria")
    rows = [row.only("code", "label", "weight") for row in values.tables("criteria")]
    distinct_codes(rows, f"{values.place}.criteria")
    points = {row.text("code"): row.number("weight", high=100) for row in rows}
    if sum(points.values()) != 100:
        raise UnsoundRule(f"{values.place}.criteria: the points add up to {sum(points.values())}")
    return QualityRule(
        citation(version), {row.text("code"): row.text("label") for row in rows}, points
    )
