"""Trial scoring (试算): the rules alone answer, no data is read and nothing is kept."""

import re
from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal

from services.evaluation.domain.findings import Finding
from services.evaluation.domain.grading import GradeScale
from services.evaluation.domain.indicators import IndicatorRow
from services.evaluation.domain.lines import Line
from services.evaluation.domain.previews import (
    Claims,
    Funds,
    Preview,
    Trial,
    level1_code,
    preview,
)
from services.evaluation.domain.profiles import Operator, ScoringProfile
from services.evaluation.domain.rules import Rules
from services.evaluation.domain.year_rules import named_profile, profile_of, scale_of
from services.evaluation.errors import RuleNotInForce
from services.evaluation.schemas.findings import FindingOut
from services.evaluation.schemas.score_previews import (
    FundsPart,
    GradeOut,
    PreviewExecutionOut,
    PreviewFunds,
    PreviewIndicator,
    PreviewLineOut,
    ProfileUsedOut,
    ScorePreviewIn,
    ScorePreviewOut,
)
from services.evaluation.schemas.summaries import RuleSourceOut
from shared.problems import FieldError, InvalidPayload
from shared.rulebook import NoRuleInForce, UnsoundRule


def score_preview(order: ScorePreviewIn, rules: Rules) -> ScorePreviewOut:
    """The form by rule, beside what it claims. Raises InvalidPayload or RuleNotInForce."""
    try:
        rule = _profile(order, rules)
    except NoRuleInForce as error:
        raise RuleNotInForce(
            f"{order.fiscal_year} 年没有适用的计分规则，请在 profile 中指名或改用其他年度"
        ) from error
    tried = preview(_trial(order, rule), rule, _grades(order, rule, rules))
    findings = [_finding(each) for each in tried.findings]
    return ScorePreviewOut(
        profile=_used(rule, rules),
        exec=_execution(order, tried),
        lines=_lines(order.indicators, tried.lines, findings),
        total=tried.total,
        total_arithmetic=tried.arithmetic,
        claimed_total=tried.claimed_total,
        grade=None if tried.graded is None else GradeOut.model_validate(tried.graded),
        findings=findings,
    )


def _profile(order: ScorePreviewIn, rules: Rules) -> ScoringProfile:
    if order.profile is None:
        return profile_of(rules, order.region_code, order.fiscal_year, order.form)
    try:
        return named_profile(rules, order.profile, order.fiscal_year)
    except UnsoundRule as error:
        unknown = FieldError(
            pointer="/profile",
            code="profile_unknown",
            detail=f"没有计分规则 {order.profile}",
            mend=f"请使用：{'、'.join(rules.profile_ids)}；不指名则按地区与年度选用",
        )
        raise InvalidPayload(errors=[unknown]) from error


def _grades(order: ScorePreviewIn, rule: ScoringProfile, rules: Rules) -> GradeScale | None:
    with suppress(NoRuleInForce):  # years before the first scale have scores without grades
        return scale_of(rules, rule, order.fiscal_year)
    return None


def _trial(order: ScorePreviewIn, rule: ScoringProfile) -> Trial:
    claimed = order.claimed
    return Trial(
        funds=_funds(order.funds),
        parts=[_funds(part) for part in order.funds.children],
        claims=Claims(claimed.exec_rate, claimed.exec_score, claimed.total)
        if claimed
        else Claims(),
        rows=[_row(row, rule) for row in order.indicators],
        exec_reason=order.exec_reason,
        weights_reason=order.weights_reason,
    )


def _funds(printed: PreviewFunds | FundsPart) -> Funds:
    return Funds(printed.budget_initial, printed.budget_full_year, printed.executed)


def _row(row: PreviewIndicator, rule: ScoringProfile) -> IndicatorRow:
    return IndicatorRow(
        level1=level1_code(row.level1, rule),
        name=row.name,
        operator=Operator(row.operator),
        weight=row.weight,
        target_value=_number(row.target),
        target_text=row.target,
        actual_value=_number(row.actual),
        actual_text=row.actual,
        band=row.band,
        self_score=row.score,
        reason=row.reason,
    )


_NUMBER = re.compile(r"(-?[0-9]{1,14}(?:\.[0-9]{1,4})?)%?")


def _number(written: str | None) -> Decimal | None:
    """The number of a cell that holds nothing else but a per cent sign."""
    match = _NUMBER.fullmatch(written or "")
    return None if match is None else Decimal(match[1])


def _used(rule: ScoringProfile, rules: Rules) -> ProfileUsedOut:
    cited = rule.citation
    return ProfileUsedOut(
        rule_id=cited.rule_id,
        title=rules.by_id[cited.rule_id].title,
        version=cited.effective_from,
        source=RuleSourceOut.model_validate(cited.source),
    )


def _execution(order: ScorePreviewIn, tried: Preview) -> PreviewExecutionOut | None:
    line = tried.execution
    if line is None:
        return None
    return PreviewExecutionOut(
        rate=tried.exec_rate,
        score=line.rule_score,
        weight=line.weight,
        claimed_score=order.claimed.exec_score if order.claimed else None,
        receipt=line.receipt.as_dict(),
    )


def _lines(
    rows: Sequence[PreviewIndicator], lines: Sequence[Line], findings: Sequence[FindingOut]
) -> list[PreviewLineOut]:
    own = [f"/indicators/{index}/" for index in range(len(rows))]
    return [
        PreviewLineOut(
            name=row.name,
            weight=row.weight,
            rule_score=line.rule_score,
            claimed_score=row.score,
            receipt=line.receipt.as_dict(),
            findings=[each for each in findings if each.pointer.startswith(place)],
        )
        for row, line, place in zip(rows, lines, own, strict=True)
    ]


#: Where the cells of the domain stand in the request.
_CELLS = {
    "self_score": "score",
    "target_value": "target",
    "target_text": "target",
    "actual_value": "actual",
    "actual_text": "actual",
}
_FUNDS = {"budget_initial", "budget_full_year", "executed"}


def _finding(finding: Finding) -> FindingOut:
    parts = [_CELLS.get(part, part) for part in finding.pointer.split("/")[1:]]
    if parts[0] in _FUNDS:
        parts = ["funds", *parts]
    if parts[0] == "rows":
        parts[0] = "indicators"
    return FindingOut(
        code=finding.code,
        severity=finding.severity.value,
        pointer="/" + "/".join(parts),
        message=finding.message,
        mend=finding.mend,
    )
