"""Scoring sheets (评分表) that agencies fill in for evaluations by departments and bureaus."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from services.evaluation.domain import formulas
from services.evaluation.domain.findings import Finding, blank, cell_missing, out_of_range
from services.evaluation.domain.frameworks import Framework, OutcomeFloor
from services.evaluation.domain.lines import Line, Subject, scored, unscored
from services.evaluation.domain.numbers import plain
from services.evaluation.domain.profiles import Operator
from services.evaluation.domain.qualitative import in_band
from services.evaluation.domain.ratios import Ratio
from services.evaluation.domain.receipts import Citation
from services.evaluation.domain.scoring import change_of
from services.evaluation.domain.sheets import Sheet, row_findings, sheet, weight_findings


class Method(StrEnum):
    """By ratio like an indicator, by points (评价要点) on a checklist, by a band of achievement."""

    RATIO = "ratio"
    CHECKLIST = "checklist"
    BAND = "band"


@dataclass(frozen=True)
class ScoringRow:
    """One row of an agency's sheet; `basis` says what the score rests on.

    Ratio rows need a quantitative operator, a target and an actual value, checklist rows the two
    counts of points, band rows the band (完成档次) and a score inside it. `computed` is what base
    data say where the row asks for a ratio of the department.
    """

    level1: str
    name: str
    weight: Decimal
    method: Method
    basis: str
    operator: Operator | None = None
    target_value: Decimal | None = None
    actual_value: Decimal | None = None
    points_met: int | None = None
    points_total: int | None = None
    band: str | None = None
    score: Decimal | None = None
    computed: Ratio | None = None

    def completed(self) -> "ScoringRow":
        """The same row with the ratio's value and ground where nothing else was filled in."""
        if self.computed is None or self.computed.percent is None:
            return self
        if self.actual_value not in (None, self.computed.percent):
            return self
        ground = f"按基础数据计算：{self.computed.receipt.arithmetic}"
        return replace(
            self,
            actual_value=self.computed.percent,
            basis=ground if blank(self.basis) else self.basis,
        )


def score_sheet(
    rows: Sequence[ScoringRow], rule: Framework, *, weight_reason: str | None = None
) -> Sheet:
    """Score an agency's sheet; `weight_reason` excuses a low weight of outputs and benefits."""
    rows = [row.completed() for row in rows]
    lines = [_score_row(row, rule) for row in rows]
    findings = [*weight_findings(lines, rule.full_marks), *_outside_framework(rows, rule)]
    if rule.outcome is not None and blank(weight_reason):
        findings += _outcome_findings(rows, rule, rule.outcome)
    return sheet(lines, rule.full_marks, [*findings, *row_findings(lines)])


def _score_row(row: ScoringRow, rule: Framework) -> Line:
    line = _BY_METHOD[row.method](row, rule)
    if blank(row.basis):
        return replace(line, findings=(*line.findings, _basis_missing(row)))
    return line


def _basis_missing(row: ScoringRow) -> Finding:
    computed = None if row.computed is None else row.computed.percent
    if computed is None or row.actual_value is None:
        return cell_missing("basis")
    message = f"实际完成值 {plain(row.actual_value)} 与基础数据计算的 {plain(computed)} 不同"
    mend = f"请在评分依据中说明为何不采用 {plain(computed)}，或不填实际完成值"
    return Finding("computed_value_differs", "/basis", message, mend)


def _by_checklist(row: ScoringRow, rule: Framework) -> Line:
    met, total = row.points_met, row.points_total
    counts = {"points_met": met, "points_total": total}
    printed = {cell: None if n is None else str(n) for cell, n in counts.items()}
    subject = _subject(row, rule.citation, printed)
    if met is None or total is None:
        return unscored(subject, *[cell_missing(cell) for cell, n in counts.items() if n is None])
    if total <= 0:
        return unscored(subject, out_of_range("points_total", total, "大于 0"))
    if not 0 <= met <= total:
        return unscored(subject, out_of_range("points_met", met, f"0 至 {total}"))
    points = formulas.checklist(row.weight, met, total)
    change = f"{total} 个评价要点全部符合时得满分 {plain(row.weight)} 分"
    return scored(subject, points, rule.scoring.rounding, change=change)


def _by_ratio(row: ScoringRow, rule: Framework) -> Line:
    operator = Operator.QUALITATIVE if row.operator is None else row.operator
    target, actual = row.target_value, row.actual_value
    numbers = {"target_value": target, "actual_value": actual}
    printed = {cell: None if n is None else plain(n) for cell, n in numbers.items()}
    cited = rule.scoring.cited_for(operator)
    subject = _subject(row, cited, {"operator": operator.value, **printed})
    if operator is Operator.QUALITATIVE:
        return unscored(subject, cell_missing("operator"))
    if target is None or actual is None:
        absent = [_absent(cell, row) for cell, n in numbers.items() if n is None]
        return unscored(subject, *absent)
    points = formulas.quantitative(operator, row.weight, target, actual, rule=rule.scoring)
    change = change_of(operator, target, row.weight)
    line = scored(subject, points, rule.scoring.rounding, change=change)
    computed = None if row.computed is None else row.computed.receipt
    return replace(line, receipt=replace(line.receipt, computed=computed))


def _absent(cell: str, row: ScoringRow) -> Finding:
    missing = cell_missing(cell)
    if row.computed is None or cell != "actual_value":
        return missing
    receipt = row.computed.receipt
    return replace(
        missing,
        message=f"{missing.message}，基础数据{receipt.why}，不能计算",
        mend=f"{missing.mend}，或请单位在基础数据中{receipt.what_would_change_it}",
    )


def _by_band(row: ScoringRow, rule: Framework) -> Line:
    score = None if row.score is None else plain(row.score)
    inputs = {"band": row.band, "score": score}
    subject = _subject(row, rule.scoring.qualitative_cited, inputs)
    missing = [cell_missing(cell) for cell, given in inputs.items() if blank(given)]
    if row.score is None or missing:
        return unscored(subject, *missing)
    return in_band(subject, row.band, row.score, rule.scoring, cell="score")


_BY_METHOD = {
    Method.RATIO: _by_ratio,
    Method.CHECKLIST: _by_checklist,
    Method.BAND: _by_band,
}


def _subject(row: ScoringRow, cited: Citation, inputs: Mapping[str, str | None]) -> Subject:
    shared = {"method": row.method.value, "weight": plain(row.weight), "basis": row.basis}
    return Subject(row.name, row.weight, cited, {**shared, **inputs})


def _outside_framework(rows: Sequence[ScoringRow], rule: Framework) -> list[Finding]:
    return [
        finding.under(f"/rows/{index}")
        for index, row in enumerate(rows)
        for finding in (*_group_unknown(row, rule), *_method_not_allowed(row, rule))
    ]


def _group_unknown(row: ScoringRow, rule: Framework) -> list[Finding]:
    if row.level1 in rule.groups:
        return []
    known = "、".join(f"{label}（{code}）" for code, label in rule.groups.items())
    message = f"指标体系框架中没有一级指标“{row.level1}”"
    return [Finding("group_unknown", "/level1", message, f"请使用：{known}")]


def _method_not_allowed(row: ScoringRow, rule: Framework) -> list[Finding]:
    if row.method in rule.methods:
        return []
    known = "、".join(sorted(rule.methods))
    message = f"指标体系框架不允许评分方法“{row.method}”"
    return [Finding("method_not_allowed", "/method", message, f"请使用：{known}")]


def _outcome_findings(
    rows: Sequence[ScoringRow], rule: Framework, floor: OutcomeFloor
) -> list[Finding]:
    total = sum((row.weight for row in rows if row.level1 in floor.groups), Decimal(0))
    if total >= floor.at_least:
        return []
    labels = "、".join(label for code, label in rule.groups.items() if code in floor.groups)
    lowest = plain(floor.at_least)
    message = f"{labels}指标分值合计 {plain(total)}，原则上不低于 {lowest}"
    mend = f"请把{labels}指标分值合计提高到 {lowest}，或说明理由"
    return [Finding("outcome_weight_below_60", "/rows", message, mend)]
