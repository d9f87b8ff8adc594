"""自评表 as its unit fills it in: what it comes to by rule, what it lacks, what is still to type.

The open form shows with this what a submission would say; the submission asks the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from services.evaluation.domain.findings import Finding, Severity, blank, cell_missing
from services.evaluation.domain.indicators import IndicatorRow
from services.evaluation.domain.previews import Funds, parts_off
from services.evaluation.domain.profiles import ScoringProfile
from services.evaluation.domain.self_evaluation import score_self_evaluation
from services.evaluation.domain.sheets import Sheet
from services.evaluation.domain.vocabulary import FUND_KINDS


@dataclass(frozen=True)
class FundKind:
    """One row of 项目资金 under the total (资金构成); `executed` is the unit's to say."""

    kind: str
    budget_initial: Decimal | None
    budget_full_year: Decimal
    executed: Decimal | None


@dataclass(frozen=True)
class FilledForm:
    """An open form; the versions are those of the goal it was prefilled from and of the newest."""

    rows: Sequence[IndicatorRow]
    funds: Funds
    kinds: Sequence[FundKind]
    goal_version: int
    newest_goal_version: int | None
    goal_actual: str | None
    exec_reason: str | None = None
    weights_reason: str | None = None


@dataclass(frozen=True)
class Asked:
    """A cell that only the unit can fill in."""

    pointer: str
    title: str


def settled(kinds: Sequence[FundKind], executed: Decimal) -> tuple[FundKind, ...]:
    """The kinds with what was paid of each; where there is but one, it is all of it."""
    if len(kinds) == 1:
        return (replace(kinds[0], executed=executed),)
    return tuple(kinds)


def examine(form: FilledForm, rule: ScoringProfile) -> Sheet:
    """Score the form and find everything that would stop its submission."""
    scored = score_self_evaluation(
        form.rows,
        rule,
        budget_full_year=form.funds.budget_full_year,
        budget_initial=form.funds.budget_initial,
        executed=form.funds.executed,
        exec_reason=form.exec_reason,
        weights_reason=form.weights_reason,
    )
    found = [
        *_goal_moved(form),
        *([cell_missing("goal_actual")] if blank(form.goal_actual) else []),
        *_kinds_off(form),
        *scored.findings,
    ]
    return replace(scored, findings=tuple(found))


def asked(findings: Iterable[Finding], form: FilledForm) -> tuple[Asked, ...]:
    """The cells still to be typed, each once, in the order of the findings that miss them."""
    pointers = [
        "/weights_reason" if finding.code == "group_weight_differs" else finding.pointer
        for finding in findings
        if finding.severity is Severity.BLOCKING and finding.code in _ASKED
    ]
    return tuple(
        Asked(pointer, _title(pointer, form))
        for pointer in dict.fromkeys(pointers)
        if pointer.rpartition("/")[2] in _TITLES
    )


#: Findings that something is missing, not that something is wrong.
_ASKED = frozenset(
    {"cell_missing", "low_exec_reason_missing", "deviation_reason_missing",
     "overachievement_reason_missing", "group_weight_differs"}
)  # fmt: skip

_TITLES = {
    "goal_actual": "年度总体目标的实际完成情况",
    "exec_reason": "预算执行率偏低的原因",
    "weights_reason": "分值与统一设置不同的说明",
    "actual_value": "实际完成值",
    "band": "完成档次",
    "self_score": "得分",
    "reason": "偏差原因分析",
    "executed": "全年执行数",
}


def _title(pointer: str, form: FilledForm) -> str:
    parts = pointer.split("/")
    title = _TITLES[parts[-1]]
    if parts[1] == "rows":
        return f"“{form.rows[int(parts[2])].name}”的{title}"
    if parts[1] == "fund_kinds":
        return f"{FUND_KINDS[form.kinds[int(parts[2])].kind]}的{title}"
    return title


def _goal_moved(form: FilledForm) -> list[Finding]:
    """The form is about the goal as approved, in its newest version (V11)."""
    if form.goal_version == form.newest_goal_version:
        return []
    return [
        Finding(
            code="goal_outdated",
            pointer="/goal_version",
            message="布置自评以后目标已调整并批复，自评表还是调整前的指标",
            mend="请先刷新自评表（带入最新批复的指标，仍有的指标保留已填内容），核对后再报送",
        )
    ]


def _kinds_off(form: FilledForm) -> list[Finding]:
    """What was paid is told apart by kind, and the kinds add up to the total (V3)."""
    missing = [index for index, kind in enumerate(form.kinds) if kind.executed is None]
    if missing:
        return [cell_missing("executed").under(f"/fund_kinds/{index}") for index in missing]
    parts = [
        Funds(kind.budget_initial, kind.budget_full_year, kind.executed) for kind in form.kinds
    ]
    return [finding.under("/fund_kinds") for finding in parts_off(form.funds, parts)]
