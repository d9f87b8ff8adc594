"""Self-evaluation sheets (自评表): the execution line and the indicators of one project."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from services.evaluation.domain.findings import Finding, Severity, blank
from services.evaluation.domain.indicators import IndicatorRow
from services.evaluation.domain.lines import Line
from services.evaluation.domain.numbers import plain
from services.evaluation.domain.profiles import (
    ANY,
    Denominator,
    Deviation,
    GroupWeight,
    ScoringProfile,
)
from services.evaluation.domain.scoring import score_execution, score_indicator
from services.evaluation.domain.sheets import (
    Share,
    Sheet,
    row_findings,
    sheet,
    weight_findings,
)
from services.evaluation.domain.vocabulary import LEVEL1


def score_self_evaluation(
    rows: Sequence[IndicatorRow],
    rule: ScoringProfile,
    *,
    budget_full_year: Decimal | None,
    executed: Decimal | None,
    budget_initial: Decimal | None = None,
    exec_reason: str | None = None,
    weights_reason: str | None = None,
) -> Sheet:
    """Score a self-evaluation; the execution line, when the form has one, comes first.

    `weights_reason` excuses weights off the uniform split where the rule wants a reason.
    """
    by_initial = rule.execution_rule.denominator is Denominator.INITIAL
    budget = budget_initial if by_initial else budget_full_year
    head = []
    if rule.has_execution_line:
        weight = rule.execution.weight
        head = [score_execution(budget, executed, weight=weight, rule=rule, reason=exec_reason)]
    indicators = [score_indicator(row, rule) for row in rows]
    lines = [*head, *indicators]
    share = share_of([row.weight for row in rows], rule)
    findings = [
        *weight_findings(lines, rule.full_marks, share=share),
        *_off_split(rows, rule, weights_reason, share),
        *(finding for line in head for finding in line.findings),
        *row_findings(indicators),
    ]
    return sheet(lines, rule.full_marks, findings, share=share)


def share_of(weights: Sequence[Decimal], rule: ScoringProfile) -> Share | None:
    """How rows of these weights are weighed (折算) on the form; None where they simply add up."""
    of = rule.rows_weighed_from
    if of is None or sum(weights) != of:
        return None
    head = 1 if rule.has_execution_line else 0
    return Share(head, of, rule.full_marks - rule.execution.weight, rule.rounding)


def execution_line(scored: Sheet, rule: ScoringProfile) -> Line | None:
    """The execution line of a sheet, when its form has one."""
    return scored.lines[0] if rule.has_execution_line else None


def indicator_lines(scored: Sheet, rule: ScoringProfile) -> tuple[Line, ...]:
    """The lines of the sheet's rows."""
    return scored.lines[1:] if rule.has_execution_line else scored.lines


def _off_split(
    rows: Sequence[IndicatorRow], rule: ScoringProfile, reason: str | None, share: Share | None
) -> list[Finding]:
    groups = rule.groups_for(rule.group_of(row.level1) for row in rows)
    severity = Severity.HINT
    if rule.deviating_weights is Deviation.REASON and blank(reason):
        severity = Severity.BLOCKING
    found = [_group_finding(rows, group, rule, share) for group in groups]
    return [replace(finding, severity=severity) for finding in found if finding is not None]


def _group_finding(
    rows: Sequence[IndicatorRow], group: GroupWeight, rule: ScoringProfile, share: Share | None
) -> Finding | None:
    own = [row for row in rows if rule.group_of(row.level1) == group.code]
    total = sum((row.weight for row in own), Decimal(0))
    if share is not None:
        total = rule.rounding.of(Fraction(total) * Fraction(share.to) / Fraction(share.of))
    if rule.execution_within == group.code:
        total += rule.execution.weight
    if total == group.weight:
        return None
    return Finding(
        code="group_weight_differs",
        pointer="/rows",
        message=f"{group.label}{_with(own, group)}分值合计 {plain(total)}，统一设置为 {plain(group.weight)}",
        mend="有特殊情况的可以调整，请核对批复的绩效目标；须说明理由的，请说明",
    )


def _with(own: Sequence[IndicatorRow], group: GroupWeight) -> str:
    """The first levels of another tree that were added, so that the sum can be checked."""
    others = sorted({row.level1 for row in own} - {group.code})
    if group.code == ANY or not others:
        return ""
    return f"（含{'、'.join(LEVEL1.get(each, each) for each in others)}）"
