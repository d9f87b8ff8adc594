"""The words of receipts and findings: what a unit reads when a score is contested."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from services.evaluation.domain.findings import Finding
from services.evaluation.domain.formulas import checklist
from services.evaluation.domain.grading import grade
from services.evaluation.domain.indicators import IndicatorRow
from services.evaluation.domain.numbers import operand, plain, trimmed
from services.evaluation.domain.profiles import ExecutionRule, Operator
from services.evaluation.domain.rules import load_rules
from services.evaluation.domain.scoring import score_execution, score_indicator
from services.evaluation.domain.self_evaluation import score_self_evaluation
from services.evaluation.domain.year_rules import named_profile, scale_of

_FOLDER = Path(__file__).parents[2] / "services" / "evaluation" / "rules"
_RULES = load_rules(_FOLDER, _FOLDER / "profiles")
_RULE = named_profile(_RULES, "mof-2020-10", 2023)
_HUBEI = named_profile(_RULES, "hubei-20-80", 2023)
_TEN = Decimal(10)


def _row(weight: str = "10", **cells: object) -> IndicatorRow:
    row = IndicatorRow("output", "（示例）指标", Operator.AT_LEAST, Decimal(weight), _TEN)
    return replace(row, **{"actual_value": _TEN, **cells})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("executed", "why", "arithmetic"),
    [
        ("100", "预算数全部执行", "10 × 100 ÷ 100 = 10.00"),
        ("40", "预算数未全部执行，按比例得分", "10 × 40 ÷ 100 = 4.00"),
        ("120", "执行数超过预算数，得分以分值为限", "120 > 100 成立：10 × 1 = 10.00"),
        ("-3", "执行数为负（退回多于支付）", "-3 < 0 成立：10 × 0 = 0.00"),
    ],
)
def test_execution_says_how_it_was_scored(executed: str, why: str, arithmetic: str) -> None:
    line = score_execution(Decimal(100), Decimal(executed), weight=_TEN, rule=_RULE, reason="因故")
    assert (line.receipt.why, line.receipt.arithmetic) == (why, arithmetic)
    assert (line.label, line.weight, line.applicable) == ("预算执行率", _TEN, True)


def test_a_rate_rounded_first_says_so() -> None:
    first: ExecutionRule = replace(_RULE.execution_rule, round_rate_first=True)
    rule = replace(_RULE, execution_rule=first)
    line = score_execution(
        Decimal("310.2"), Decimal("154.74"), weight=_TEN, rule=rule, reason="因故"
    )
    assert line.receipt.why == "执行率先四舍五入为 50%，再乘以分值"
    assert line.receipt.arithmetic == "10 × 50 ÷ 100 = 5.00"


def test_a_line_without_a_score_says_why_and_what_helps() -> None:
    nothing = score_execution(Decimal(0), Decimal(0), weight=_TEN, rule=_RULE)
    assert (nothing.receipt.arithmetic, nothing.applicable) == ("不适用", False)
    assert (nothing.exact, nothing.rule_score, nothing.score) == (None, None, None)
    empty = score_indicator(_row(target_value=None, actual_value=None), _RULE)
    assert (empty.label, empty.weight, empty.applicable) == ("（示例）指标", _TEN, True)
    assert empty.receipt.arithmetic == "未计分"
    assert empty.receipt.points_lost is None
    assert empty.receipt.why == "年度指标值未填写；实际完成值未填写"
    assert empty.receipt.what_would_change_it == "请填写年度指标值；请填写实际完成值"
    assert empty.receipt.inputs["weight"] == "10"
    assert empty.receipt.citation == _RULE.positive.citation


def test_a_low_rate_is_printed_cut_off_with_the_bound_and_the_way_out() -> None:
    line = score_execution(Decimal(100000), Decimal(89999), weight=_TEN, rule=_RULE)
    assert line.findings == (
        Finding(
            "low_exec_reason_missing",
            "/exec_reason",
            "预算执行率 89.99% 低于 90%，没有说明原因",
            "请说明执行率偏低的原因和改进措施",
        ),
    )


def test_a_qualitative_score_says_its_band_and_the_others() -> None:
    row = _row(operator=Operator.QUALITATIVE, target_text="建成", band="partial",
               self_score=Decimal("7"), reason="尚未完成")  # fmt: skip
    receipt = score_indicator(row, _RULE).receipt
    assert receipt.arithmetic == "6 ≤ 7 < 8 成立：7 = 7.00"
    assert receipt.why == "评为“部分达成年度指标并具有一定效果”，在该档内取 7 分"
    assert receipt.what_would_change_it == (
        "改评“达成年度指标”时 8 ≤ 得分 ≤ 10；改评“未达成年度指标且效果较差”时 0 ≤ 得分 < 6"
    )
    [outside] = score_indicator(replace(row, self_score=Decimal(8)), _RULE).findings
    assert outside.message == "得分 8 超出范围：6 ≤ 得分 < 8"
    [unknown] = score_indicator(replace(row, band="fine"), _RULE).findings
    assert (unknown.code, unknown.pointer) == ("band_unknown", "/band")
    assert unknown.message == "没有“fine”这一档"
    assert unknown.mend.startswith("请在以下档次中选择：达成年度指标（achieved）、部分")


def test_a_sheet_says_what_its_weights_come_to() -> None:
    def sheet(*rows: IndicatorRow) -> tuple[Finding, ...]:
        return score_self_evaluation(rows, _RULE, budget_full_year=_TEN, executed=_TEN).findings

    weights, *groups = sheet(_row("60", level1="cost"))
    assert weights.message == "分值合计 70，应为 100"
    assert weights.mend == "请调整各行分值，使合计为 100"
    assert groups[0].message == "产出指标（含成本指标）分值合计 60，统一设置为 50"
    assert sheet(_row("0"))[-1].message == "分值 0 超出范围：大于 0"
    assert "score_out_of_range" not in {f.code for f in sheet(_row("1"))}


def test_a_weighed_sheet_prints_an_exact_sum_as_equal() -> None:
    rows = [_row("60", actual_value=Decimal(5), reason="因故"), _row("40")]
    sheet = score_self_evaluation(rows, _HUBEI, budget_full_year=_TEN, executed=_TEN)
    assert sheet.arithmetic == "20.00 + (30.00 + 40.00) × 80 ÷ 100 = 76.00"


def test_a_checklist_says_how_many_points_are_met() -> None:
    points = checklist(_TEN, 4, 5)
    assert (points.why, points.reached) == ("5 个评价要点中符合 4 个", False)
    assert checklist(_TEN, 5, 5).reached


@pytest.mark.parametrize(
    ("score", "why", "change"),
    [
        ("95", "95.00 分属于“优”：90 分（含）以上", "低于 90 分为“良”"),
        ("70", "70.00 分属于“中”：60 分（含）以上",
         "达到 80 分为“良”，还差 10.00 分；低于 60 分为“差”"),
        ("10", "10.00 分属于“差”：0 分（含）以上", "达到 60 分为“中”，还差 50.00 分"),
    ],
)  # fmt: skip
def test_a_grade_says_its_band_and_the_next_ones(score: str, why: str, change: str) -> None:
    receipt = grade(Decimal(score), scale_of(_RULES, _RULE, 2023)).receipt
    assert (receipt.why, receipt.what_would_change_it) == (why, change)
    assert receipt.inputs == {"score": score}
    assert receipt.citation.rule_id == "grades"


@pytest.mark.parametrize(
    ("number", "printed", "in_brackets"),
    [("1E+3", "1000", "1000"), ("100", "100", "100"), ("0.50", "0.5", "0.5"),
     ("-3.0", "-3", "(-3)"), ("0", "0", "0"), ("5.00", "5", "5")],
)  # fmt: skip
def test_numbers_are_printed_plainly(number: str, printed: str, in_brackets: str) -> None:
    assert plain(Decimal(number)) == printed
    assert operand(Decimal(number)) == in_brackets
    assert str(trimmed(Decimal(number))) == printed
    assert trimmed(None) is None
