"""Whether rows make a framework (指标体系): if a sheet that meets all of it would be accepted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.evaluation.domain.findings import Finding
from services.evaluation.domain.frameworks import Framework
from services.evaluation.domain.ratios import RATIOS
from services.evaluation.domain.scoring_sheets import Method, ScoringRow, score_sheet


@dataclass(frozen=True)
class AskedRow:
    """A row without answers, and the ratio (共性指标) its actual value is computed as, if any."""

    row: ScoringRow
    ratio_code: str | None = None


def framework_findings(
    asked: Sequence[AskedRow], rule: Framework, *, weight_reason: str | None = None
) -> list[Finding]:
    """Everything that keeps the rows from being a framework, with pointers under `/rows`."""
    met = [_fulfilled(each.row, rule) for each in asked]
    found = list(score_sheet(met, rule, weight_reason=weight_reason).findings)
    for index, each in enumerate(asked):
        found += [finding.under(f"/rows/{index}") for finding in _ratio_findings(each, rule)]
    return found


def _fulfilled(row: ScoringRow, rule: Framework) -> ScoringRow:
    best = max(rule.scoring.bands, key=lambda band: band.high)
    return replace(
        row,
        basis=row.name,
        actual_value=row.target_value,
        points_met=row.points_total,
        band=best.code,
        score=rule.scoring.rounding.of(row.weight),
    )


def _ratio_findings(asked: AskedRow, rule: Framework) -> list[Finding]:
    code = asked.ratio_code
    if code is None:
        return []
    if not rule.computes_ratios:
        message = "共性指标只在部门整体评价中由基础数据计算"
        return [_unsuited(message, "请去掉 ratio_code，评分时填写实际完成值")]
    if code not in RATIOS:
        known = "、".join(f"{title}（{code}）" for code, title in RATIOS.items())
        return [_unsuited(f"没有共性指标“{code}”", f"请使用：{known}")]
    if asked.row.method is not Method.RATIO:
        return [_unsuited("只有按比例计分的行可由基础数据计算", "请将评分方法改为 ratio")]
    return []


def _unsuited(message: str, mend: str) -> Finding:
    return Finding("ratio_unsuited", "/ratio_code", message, mend)
