"""Trial scoring (试算): a form scored by rule, and what it claims held against that."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from services.evaluation.domain.findings import Finding, blank, cell_missing
from services.evaluation.domain.grading import Graded, GradeScale, grade
from services.evaluation.domain.indicators import IndicatorRow
from services.evaluation.domain.lines import Line
from services.evaluation.domain.numbers import Rounding, plain
from services.evaluation.domain.profiles import Denominator, Operator, ScoringProfile
from services.evaluation.domain.self_evaluation import (
    execution_line,
    indicator_lines,
    score_self_evaluation,
)
from services.evaluation.domain.sheets import Sheet, added, sheet
from services.evaluation.domain.vocabulary import LEVEL1


@dataclass(frozen=True)
class Funds:
    """项目资金 in yuan, as far as the form prints it."""

    budget_initial: Decimal | None = None
    budget_full_year: Decimal | None = None
    executed: Decimal | None = None


@dataclass(frozen=True)
class Claims:
    """What the form itself prints: the rate in per cent, the points of execution, the total."""

    exec_rate: Decimal | None = None
    exec_score: Decimal | None = None
    total: Decimal | None = None


@dataclass(frozen=True)
class Trial:
    """A form to be tried. `parts` are the rows under the total of the funds, none if not known."""

    funds: Funds
    rows: Sequence[IndicatorRow]
    claims: Claims = Claims()
    parts: Sequence[Funds] = ()
    exec_reason: str | None = None
    weights_reason: str | None = None


@dataclass(frozen=True)
class Preview:
    """What the rule makes of it; `total` adds up what the rule gives, whatever is claimed."""

    execution: Line | None
    exec_rate: Decimal | None
    lines: tuple[Line, ...]
    total: Decimal
    arithmetic: str
    claimed_total: Decimal | None
    graded: Graded | None
    findings: tuple[Finding, ...]


def preview(trial: Trial, rule: ScoringProfile, grades: GradeScale | None) -> Preview:
    """Score a form by rule and check its claims.

    A total that isn't complete has no grade, nor has one of a year without grades.
    """
    funds = trial.funds if _printed(trial.funds, rule) else _from_rate(trial.claims, rule)
    scored = score_self_evaluation(
        trial.rows,
        rule,
        budget_full_year=funds.budget_full_year,
        budget_initial=funds.budget_initial,
        executed=funds.executed,
        exec_reason=trial.exec_reason,
        weights_reason=trial.weights_reason,
    )
    by_rule = _by_rule(scored)
    execution = execution_line(scored, rule)
    rate = None if execution is None else _rate(funds, rule)
    findings = [
        *scored.findings,
        *_texts_missing(trial.rows),
        *_funds_missing(trial.funds, funds, rule),
        *parts_off(trial.funds, trial.parts),
        *_execution_off(trial.claims, execution, rate),
        *_total_off(trial, scored, rule),
    ]
    graded = grade(by_rule.total, grades) if grades is not None and by_rule.gradable else None
    return Preview(
        execution=execution,
        exec_rate=rate,
        lines=indicator_lines(scored, rule),
        total=by_rule.total,
        arithmetic=by_rule.arithmetic,
        claimed_total=trial.claims.total,
        graded=graded,
        findings=tuple(findings),
    )


def level1_code(written: str | None, rule: ScoringProfile) -> str:
    """The code of a first level that may be written as its code or as the form's own heading."""
    labels = {group.label: group.code for group in rule.groups}
    labels |= {label: code for code, label in LEVEL1.items()}
    return labels.get(written or "", written or "")


def _by_rule(scored: Sheet) -> Sheet:
    lines = [replace(line, score=line.rule_score) for line in scored.lines]
    return sheet(lines, scored.full_marks, scored.findings, share=scored.share)


def _printed(funds: Funds, rule: ScoringProfile) -> bool:
    return None not in (_denominator(funds, rule), funds.executed)


def _denominator(funds: Funds, rule: ScoringProfile) -> Decimal | None:
    by_initial = rule.execution_rule.denominator is Denominator.INITIAL
    return funds.budget_initial if by_initial else funds.budget_full_year


def _from_rate(claims: Claims, rule: ScoringProfile) -> Funds:
    """A form that prints a rate and no money is scored by the rate, of a hundred."""
    if claims.exec_rate is None:
        return Funds()
    return Funds(Decimal(100), Decimal(100), claims.exec_rate)


def _rate(funds: Funds, rule: ScoringProfile) -> Decimal | None:
    """The execution rate in per cent, two places."""
    budget = _denominator(funds, rule)
    if budget is None or budget <= 0 or funds.executed is None or funds.executed < 0:
        return None
    return _PER_CENT.of(100 * Fraction(funds.executed) / Fraction(budget))


_PER_CENT = Rounding(2)


def _texts_missing(rows: Sequence[IndicatorRow]) -> list[Finding]:
    """A qualitative row says in words what was achieved."""
    return [
        cell_missing("actual_text").under(f"/rows/{index}")
        for index, row in enumerate(rows)
        if row.operator is Operator.QUALITATIVE and blank(row.actual_text)
    ]


def _funds_missing(printed: Funds, used: Funds, rule: ScoringProfile) -> list[Finding]:
    """What the sheet already found isn't found twice: only when a rate stood in for the money."""
    if used is printed or used.executed is None:
        return []
    cell = rule.execution_rule.denominator.cell
    cells = {cell: _denominator(printed, rule), "executed": printed.executed}
    return [cell_missing(cell) for cell, value in cells.items() if value is None]


_FUNDS = {
    "budget_initial": "年初预算数",
    "budget_full_year": "全年预算数",
    "executed": "全年执行数",
}


def parts_off(total: Funds, parts: Sequence[Funds]) -> list[Finding]:
    """The rows of 项目资金 add up to 年度资金总额, column by column (V3)."""
    if not parts:
        return []
    return [
        Finding(
            code="fund_children_mismatch",
            pointer=f"/{cell}",
            message=f"{label}：年度资金总额 {plain(whole)}，各项合计 {plain(children)}",
            mend="请核对各项资金，使其合计等于年度资金总额",
        )
        for cell, label in _FUNDS.items()
        if (whole := getattr(total, cell)) is not None
        and (children := _sum(getattr(part, cell) for part in parts)) != whole
    ]


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def _execution_off(claims: Claims, line: Line | None, rate: Decimal | None) -> list[Finding]:
    found = []
    printed, score = claims.exec_rate, claims.exec_score
    if printed is not None and rate is not None and abs(printed - rate) > _TOLERANCE:
        found.append(_rate_off(printed, rate))
    if score is not None and line is not None and line.rule_score not in (None, score):
        found.append(_exec_score_off(score, line))
    return found


#: Half of the last place that a rate in per cent is printed with.
_TOLERANCE = Decimal("0.005")


def _rate_off(claimed: Decimal, rate: Decimal) -> Finding:
    return Finding(
        code="exec_rate_mismatch",
        pointer="/claimed/exec_rate",
        message=f"所填执行率 {plain(claimed)}%，按资金计算为 {rate}%",
        mend="请核对预算数与执行数；执行率以百分数填写，由系统计算，不必手填",
    )


def _exec_score_off(claimed: Decimal, line: Line) -> Finding:
    return Finding(
        code="exec_score_mismatch",
        pointer="/claimed/exec_score",
        message=f"所填执行率得分 {plain(claimed)}，按规则为 {line.rule_score}（{line.receipt.arithmetic}）",
        mend="请改为按规则计算的得分",
    )


def _total_off(trial: Trial, scored: Sheet, rule: ScoringProfile) -> list[Finding]:
    """The printed total against the printed scores; what isn't printed counts by rule."""
    claimed = trial.claims.total
    head = [] if execution_line(scored, rule) is None else [trial.claims.exec_score]
    claims = [*head, *(row.self_score for row in trial.rows)]
    printed = [
        line.rule_score if claim is None else claim
        for claim, line in zip(claims, scored.lines, strict=True)
    ]
    known = [points for points in printed if points is not None]
    if claimed is None or len(known) < len(printed):
        return []
    total = added(known, scored.share)
    if total == claimed:
        return []
    return [
        Finding(
            code="total_mismatch",
            pointer="/claimed/total",
            message=f"所填总分 {plain(claimed)}，各行得分合计 {plain(total)}",
            mend="请核对各行得分与总分，总分等于各行得分之和",
        )
    ]
