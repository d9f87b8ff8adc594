"""Self-evaluation sheets (自评表): the execution line and the indicators of one project."""

from collections.abc import Sequence
from decimal import Decimal

from services.evaluation.domain.findings import Finding, Severity
from services.evaluation.domain.indicators import IndicatorRow
from services.evaluation.domain.numbers import plain
from services.evaluation.domain.profiles import GroupWeight, ScoringProfile
from services.evaluation.domain.scoring import score_execution, score_indicator
from services.evaluation.domain.sheets import Sheet, row_findings, sheet, weight_findings
from services.evaluation.domain.vocabulary import LEVEL1


def score_self_evaluation(
    rows: Sequence[IndicatorRow],
    rule: ScoringProfile,
    *,
    budget_full_year: Decimal,
    executed: Decimal,
    exec_reason: str | None = None,
) -> Sheet:
    """Score a self-evaluation; the execution line comes first, then the rows in their order."""
    execution = score_execution(
        budget_full_year, executed, weight=rule.execution.weight, rule=rule, reason=exec_reason
    )
    indicators = [score_indicator(row, rule) for row in rows]
    lines = [execution, *indicators]
    findings = [
        *weight_findings(lines, rule.full_marks),
        *_group_hints(rows, rule),
        *execution.findings,
        *row_findings(indicators),
    ]
    return sheet(lines, rule.full_marks, findings)


def _group_hints(rows: Sequence[IndicatorRow], rule: ScoringProfile) -> list[Finding]:
    hints = [_group_hint(rows, group, rule) for group in rule.groups]
    return [hint for hint in hints if hint is not None]


def _group_hint(
    rows: Sequence[IndicatorRow], group: GroupWeight, rule: ScoringProfile
) -> Finding | None:
    own = [row for row in rows if rule.counts_as.get(row.level1, row.level1) == group.code]
    total = sum((row.weight for row in own), Decimal(0))
    if total == group.weight:
        return None
    return Finding(
        code="group_weight_differs",
        pointer="/rows",
        message=f"{group.label}{_with(own, group)}分值合计 {plain(total)}，统一设置为 {plain(group.weight)}",
        mend="有特殊情况的可以调整，请核对批复的绩效目标",
        severity=Severity.HINT,
    )


def _with(own: Sequence[IndicatorRow], group: GroupWeight) -> str:
    """The first levels of another tree that were added, so that the sum can be checked."""
    others = sorted({row.level1 for row in own} - {group.code})
    return f"（含{'、'.join(LEVEL1[each] for each in others)}）" if others else ""
