"""Scoring of self-evaluations and agencies' sheets: edges as data, invariants as properties."""

import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_DOWN, Decimal, localcontext
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.findings import Finding, Severity
from services.evaluation.domain.indicators import IndicatorRow
from services.evaluation.domain.lines import Line
from services.evaluation.domain.profiles import NegativeMode, Operator
from services.evaluation.domain.rules import load_rules
from services.evaluation.domain.scoring import score_execution, score_indicator
from services.evaluation.domain.scoring_sheets import Method, ScoringRow, score_sheet
from services.evaluation.domain.self_evaluation import score_self_evaluation
from services.evaluation.domain.sheets import Sheet
from shared.rulebook import NoRuleInForce, UnsoundRule
from tests.evaluation.receipts import recomputed

_CASES = Path(__file__).parent / "cases"
_RULE_FILES = Path(__file__).parents[2] / "services" / "evaluation" / "rules"
_RULES = load_rules(_RULE_FILES, _RULE_FILES / "profiles")
_DAY = date(2024, 1, 31)
_PROFILE = _RULES.profile("mof-2020-10", _DAY)
_FRAMEWORK = _RULES.framework("framework-2020-10", _DAY)
_DEPARTMENT = _RULES.framework("department-2013-53", _DAY)

_Case = dict[str, Any]


def _document(name: str) -> _Case:
    return tomllib.loads((_CASES / name).read_text("utf-8"), parse_float=Decimal)


def _cases(name: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in _document(name)["case"]]


def _number(case: _Case, key: str) -> Decimal | None:
    return Decimal(case[key]) if key in case else None


def _row(case: _Case) -> IndicatorRow:
    return IndicatorRow(
        level1=case.get("level1", "output"),
        name=case["name"],
        operator=Operator(case["operator"]),
        weight=Decimal(case.get("weight", 10)),
        target_value=_number(case, "target"),
        target_text=case.get("target_text"),
        actual_value=_number(case, "actual"),
        band=case.get("band"),
        self_score=_number(case, "self_score"),
        reason=case.get("reason"),
    )


def _codes(findings: Sequence[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def _indicator(
    operator: str, target: str, actual: str, *, weight: str = "10", level1: str = "output"
) -> IndicatorRow:
    return IndicatorRow(
        level1, "指标", Operator(operator), Decimal(weight), Decimal(target), None, Decimal(actual)
    )


def _full_rows(*, output: str = "50") -> list[IndicatorRow]:
    weights = {"output": output, "benefit": "30", "satisfaction": "10"}
    return [_indicator(">=", "1", "1", weight=w, level1=code) for code, w in weights.items()]


def _self_evaluation(rows: Sequence[IndicatorRow], *, executed: str = "100") -> Sheet:
    return score_self_evaluation(
        rows, _PROFILE, budget_full_year=Decimal(100), executed=Decimal(executed)
    )


def _checklist(level1: str, weight: str, *, met: int | None = 5, total: int = 5) -> ScoringRow:
    return ScoringRow(
        level1, "要点", Decimal(weight), Method.CHECKLIST, "查阅文件",
        points_met=met, points_total=total,
    )  # fmt: skip


# Execution rate


@pytest.mark.parametrize("case", _cases("execution.toml"))
def test_execution_is_scored_in_proportion_to_the_full_year_budget(case: _Case) -> None:
    line = score_execution(
        Decimal(case["budget"]),
        Decimal(case["executed"]),
        weight=Decimal(10),
        rule=_PROFILE,
        reason=case.get("reason"),
    )
    assert line.score == _number(case, "score")
    assert line.applicable is ("score" in case)
    assert _codes(line.findings) == case["findings"]


@pytest.mark.parametrize("case", [p for p in _cases("execution.toml") if "total" in p.values[0]])
def test_the_published_total_follows_from_the_execution_rate(case: _Case) -> None:
    sheet = _self_evaluation(_full_rows(), executed=str(case["executed"]))
    assert sheet.total == case["total"]


def test_without_a_budget_the_sheet_has_no_grade_rather_than_a_made_up_score() -> None:
    sheet = score_self_evaluation(
        _full_rows(), _PROFILE, budget_full_year=Decimal(0), executed=Decimal(0)
    )
    assert sheet.total == Decimal("90.00")
    assert not sheet.gradable
    assert sheet.submittable
    assert _codes(sheet.findings) == ["execution_not_applicable"]


# Indicators


@pytest.mark.parametrize("case", _cases("indicators.toml"))
def test_an_indicator_is_scored_by_its_operator(case: _Case) -> None:
    line = score_indicator(_row(case), _PROFILE)
    assert line.score == _number(case, "score")
    assert _codes(line.findings) == case.get("findings", [])


@pytest.mark.parametrize(
    ("actual", "by_ratio", "by_line"),
    [
        ("5300", "10.00", "10.00"),
        ("5830", "9.09", "9.00"),
        ("7950", "6.67", "5.00"),
        ("10600", "5.00", "0.00"),
        ("21200", "2.50", "0.00"),
    ],
)
def test_the_two_reverse_formulas_in_use_differ(actual: str, by_ratio: str, by_line: str) -> None:
    linear = replace(_PROFILE, negative_mode=NegativeMode.LINEAR_TO_DOUBLE)
    row = _indicator("<=", "5300", actual)
    assert score_indicator(row, _PROFILE).score == Decimal(by_ratio)
    assert score_indicator(row, linear).score == Decimal(by_line)
    assert recomputed(score_indicator(row, linear)) == Decimal(by_line)


def test_a_receipt_shows_the_rule_the_arithmetic_and_what_would_change_the_score() -> None:
    line = score_execution(Decimal(100), Decimal(96), weight=Decimal(10), rule=_PROFILE)
    assert line.receipt.arithmetic == "10 × 96 ÷ 100 = 9.60"
    receipt = line.receipt.as_dict()
    assert (receipt["rule_id"], receipt["version"]) == ("mof-2020-10", "2020-02-25")
    assert receipt["points_lost"] == "0.40"
    assert receipt["inputs"] == {
        "weight": "10", "budget_full_year": "100", "executed": "96", "reason": None
    }  # fmt: skip
    assert receipt["what_would_change_it"] == "全年执行数达到 100 时得满分 10 分"
    assert json.loads(json.dumps(receipt)) == receipt


def test_a_rounded_score_says_that_it_was_rounded() -> None:
    line = score_indicator(_indicator(">=", "3", "2"), _PROFILE)
    assert line.exact == Fraction(20, 3)
    assert line.receipt.arithmetic == "10 × 2 ÷ 3 ≈ 6.67"


def test_a_receipt_cites_the_practice_where_the_regulation_is_silent() -> None:
    reverse = score_indicator(_indicator("<=", "5", "6"), _PROFILE).receipt.citation.source
    forward = score_indicator(_indicator(">=", "5", "4"), _PROFILE).receipt.citation.source
    assert "办法未规定反向指标算法" in reverse.title
    assert forward.article == "第十六条"


def test_a_claim_with_a_reason_stands_beside_what_the_rule_gives() -> None:
    row = replace(_indicator(">=", "100", "100"), self_score=Decimal(7), reason="晚于合同约定")
    line = score_indicator(row, _PROFILE)
    assert (line.rule_score, line.score) == (Decimal("10.00"), Decimal("7.00"))
    assert line.receipt.points_lost == Decimal("3.00")
    assert line.receipt.why == "按规则应得 10.00 分，自评 7.00 分，理由：晚于合同约定"


def test_a_finding_says_what_is_wrong_and_how_to_mend_it() -> None:
    row = replace(_indicator(">=", "100", "98"), self_score=Decimal(10))
    off_rule = score_indicator(row, _PROFILE).findings[0]
    assert off_rule.message == "自评 10.00 分，按规则应得 9.80 分（10 × 98 ÷ 100 = 9.80）"
    assert off_rule.mend == "请改为按规则计算的得分，或说明理由"


def test_scores_do_not_depend_on_the_decimal_context_of_the_caller() -> None:
    row = _indicator(">=", "3000000007", "2000000005")
    with localcontext(prec=3, rounding=ROUND_DOWN):
        coarse = score_indicator(row, _PROFILE).rule_score
    assert coarse == score_indicator(row, _PROFILE).rule_score == Decimal("6.67")


# Self-evaluation sheets


def test_a_published_form_is_recomputed_row_by_row() -> None:
    form = _document("yongde-2022.toml")
    sheet = _published(form, reason=None)
    assert sheet.total == form["total_by_rule"]
    blocking = [f for f in sheet.findings if f.severity is Severity.BLOCKING]
    assert _codes(blocking) == form["findings"]
    assert [f.pointer for f in blocking] == [
        "/rows/2/self_score", "/rows/5/self_score", "/rows/5/reason"
    ]  # fmt: skip
    assert not sheet.submittable


def test_the_printed_total_of_a_published_form_stands_once_its_reasons_are_given() -> None:
    form = _document("yongde-2022.toml")
    sheet = _published(form, reason="见说明")
    assert sheet.total == form["total_printed"]
    assert sheet.submittable
    assert sheet.gradable


def _published(form: _Case, *, reason: str | None) -> Sheet:
    rows = [replace(_row(row), reason=reason) for row in form["row"]]
    budget, executed = Decimal(form["budget"]), Decimal(form["executed"])
    return score_self_evaluation(rows, _PROFILE, budget_full_year=budget, executed=executed)


def test_a_printed_column_adds_up_to_its_printed_total() -> None:
    rows = [_indicator(">=", "3", "2", weight="30") for _ in range(3)]
    thirds = [replace(row, weight=Decimal("29.999")) for row in rows]
    sheet = _self_evaluation(thirds)
    assert sheet.arithmetic == "10.00 + 20.00 + 20.00 + 20.00 = 70.00"


@pytest.mark.parametrize("output", ["49", "60"])
def test_weights_that_do_not_sum_to_a_hundred_are_refused(output: str) -> None:
    sheet = _self_evaluation(_full_rows(output=output))
    assert "weights_not_100" in _codes(sheet.findings)
    assert not sheet.submittable
    assert not sheet.gradable


def test_another_split_of_the_weights_is_only_a_hint() -> None:
    rows = [*_full_rows()[:1], _indicator(">=", "1", "1", weight="40", level1="benefit")]
    sheet = _self_evaluation(rows)
    assert _codes(sheet.findings) == ["group_weight_differs", "group_weight_differs"]
    assert sheet.submittable
    assert sheet.gradable


def test_a_cost_row_of_the_four_level_tree_counts_with_output() -> None:
    """20 of cost and 30 of output are the 50 that output has in the tree of the form."""
    cost = _indicator("<=", "100", "80", weight="20", level1="cost")
    sheet = _self_evaluation([cost, *_full_rows(output="30")])
    assert sheet.findings == ()
    assert (sheet.total, sheet.gradable) == (Decimal("100.00"), True)


def test_a_cost_row_beyond_outputs_share_is_a_hint_on_output() -> None:
    cost = _indicator("<=", "100", "80", weight="20", level1="cost")
    rest = [row for row in _full_rows(output="40") if row.level1 != "satisfaction"]
    sheet = _self_evaluation([cost, *rest])
    hints = [f.message for f in sheet.findings]
    assert hints == [
        "产出指标（含成本指标）分值合计 60，统一设置为 50",
        "服务对象满意度指标分值合计 0，统一设置为 10",
    ]
    assert sheet.submittable


def test_a_row_without_weight_is_refused() -> None:
    sheet = _self_evaluation([*_full_rows(), _indicator(">=", "1", "1", weight="0")])
    assert [(f.code, f.pointer) for f in sheet.findings] == [
        ("score_out_of_range", "/rows/3/weight")
    ]


def test_a_row_that_cannot_be_scored_leaves_the_sheet_without_a_grade() -> None:
    rows = _full_rows()
    sheet = _self_evaluation([replace(rows[0], actual_value=None), *rows[1:]])
    assert [(f.code, f.pointer) for f in sheet.findings] == [
        ("cell_missing", "/rows/0/actual_value")
    ]
    assert not sheet.gradable


# Agencies' sheets


def test_an_agencys_sheet_adds_ratios_and_checklists() -> None:
    ratio = ScoringRow(
        "output", "实际完成率", Decimal(40), Method.RATIO, "验收单",
        operator=Operator.AT_LEAST, target_value=Decimal(200), actual_value=Decimal(190),
    )  # fmt: skip
    rows = [
        _checklist("decision", "20", met=4),
        _checklist("process", "20", met=2, total=3),
        ratio,
        _checklist("benefit", "20"),
    ]
    sheet = score_sheet(rows, _FRAMEWORK)
    assert sheet.arithmetic == "16.00 + 13.33 + 38.00 + 20.00 = 87.33"
    assert sheet.findings == ()
    assert sheet.gradable
    assert sheet.lines[0].receipt.arithmetic == "20 × 4 ÷ 5 = 16.00"


def test_outputs_and_benefits_below_sixty_need_a_reason() -> None:
    rows = [_checklist("decision", "41"), _checklist("output", "30"), _checklist("benefit", "29")]
    assert _codes(score_sheet(rows, _FRAMEWORK).findings) == ["outcome_weight_below_60"]
    assert score_sheet(rows, _FRAMEWORK, weight_reason="立项当年，效益尚未显现").findings == ()


def test_outputs_and_benefits_of_exactly_sixty_are_enough() -> None:
    rows = [_checklist("decision", "40"), _checklist("output", "30"), _checklist("benefit", "30")]
    assert score_sheet(rows, _FRAMEWORK).findings == ()


def test_a_whole_department_has_its_own_groups_and_no_floor_for_outcomes() -> None:
    rows = [_checklist("input", "25"), _checklist("process", "30"), _checklist("effect", "45")]
    assert score_sheet(rows, _DEPARTMENT).findings == ()
    assert _codes(score_sheet(rows, _FRAMEWORK, weight_reason="试点").findings) == [
        "group_unknown",
        "group_unknown",
    ]


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"points_met": None}, "cell_missing", "/rows/0/points_met"),
        ({"points_total": None}, "cell_missing", "/rows/0/points_total"),
        ({"points_met": 6}, "score_out_of_range", "/rows/0/points_met"),
        ({"points_met": -1}, "score_out_of_range", "/rows/0/points_met"),
        ({"points_total": 0}, "score_out_of_range", "/rows/0/points_total"),
        ({"basis": " "}, "cell_missing", "/rows/0/basis"),
        ({"weight": Decimal(99)}, "weights_not_100", "/rows"),
        ({"level1": "input"}, "group_unknown", "/rows/0/level1"),
        ({"method": Method.RATIO}, "cell_missing", "/rows/0/operator"),
        (
            {"method": Method.RATIO, "operator": Operator.QUALITATIVE},
            "cell_missing",
            "/rows/0/operator",
        ),
        (
            {
                "method": Method.RATIO,
                "operator": Operator.EQUAL,
                "target_value": Decimal(1),
            },
            "cell_missing",
            "/rows/0/actual_value",
        ),
    ],
)
def test_an_agencys_sheet_is_refused_with_the_cell_that_is_wrong(
    change: dict[str, Any], code: str, pointer: str
) -> None:
    row = replace(_checklist("output", "100"), **change)
    findings = score_sheet([row], _FRAMEWORK, weight_reason="单项").findings
    assert [(f.code, f.pointer) for f in findings] == [(code, pointer)]


def test_a_method_the_framework_does_not_know_is_refused() -> None:
    only_ratio = replace(_FRAMEWORK, methods=frozenset({"ratio"}))
    sheet = score_sheet([_checklist("output", "100")], only_ratio)
    assert _codes(sheet.findings) == ["method_not_allowed"]


# Rules as data


@pytest.mark.parametrize("rule_id", ["mof-2020-10", "framework-2020-10"])
def test_there_is_no_rule_before_the_regulation_was_issued(rule_id: str) -> None:
    look_up = _RULES.profile if rule_id == "mof-2020-10" else _RULES.framework
    assert look_up(rule_id, date(2020, 2, 25)).full_marks == 100
    with pytest.raises(NoRuleInForce):
        look_up(rule_id, date(2020, 2, 24))


def test_an_older_framework_waits_for_the_formulas_it_borrows() -> None:
    with pytest.raises(NoRuleInForce, match="mof-2020-10"):
        _RULES.framework("department-2013-53", date(2019, 12, 31))


def test_a_framework_is_not_a_scoring_profile() -> None:
    with pytest.raises(UnsoundRule, match="kind"):
        _RULES.profile("framework-2020-10", _DAY)
    with pytest.raises(UnsoundRule, match="no such rule"):
        _RULES.profile("hubei-30-70", _DAY)


def test_what_was_written_from_memory_is_not_called_verified() -> None:
    versions = [v for rule in _RULES.by_id.values() for v in rule.versions]
    assert not any(version.source.verified for version in versions)


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("mof-2020-10", "weight = 50", "weight = 60", "sum to 100, not 90"),
        ("mof-2020-10", 'code = "exec"', 'code = "execution"', "no exec"),
        ("mof-2020-10", "low = 0.6,", "low = 0.5,", "gap or overlap"),
        ("mof-2020-10", "low = 0.0,", "low = 0.1,", "gap or overlap"),
        ("mof-2020-10", "high = 1.0", "high = 0.9", "gap or overlap"),
        ("mof-2020-10", 'code = "partial"', 'code = "achieved"', "stands twice"),
        ("mof-2020-10", "places = 2", "places = 2\nspare = 1", "unknown.*spare"),
        ("mof-2020-10", "places = 2", "places = 1.5", "not a whole number"),
        ("mof-2020-10", "places = 2", "places = true", "not a number"),
        ("mof-2020-10", 'mode = "half_up"', 'mode = "half_even"', "not one of"),
        ("mof-2020-10", 'mode = "ratio"', 'mode = "cubic"', "not one of"),
        ("mof-2020-10", "reason_below = 0.90", "reason_below = 90", "outside 0…1"),
        ("mof-2020-10", "reason_below = 0.90", "reason_below = nan", "outside"),
        ("mof-2020-10", "reason_above = 1.30", "", "absent.*reason_above"),
        ("mof-2020-10", '[">=", ">", "="]', '[">=", "~"]', "not a set of"),
        ("mof-2020-10", 'kind = "self_evaluation"', 'kind = "poem"', "not one of"),
        ("mof-2020-10", 'kind = "self_evaluation"', "", "absent.*kind"),
        ("grades", "from = 60", "from = 80", "must fall"),
        ("grades", "from = 0 ", "from = 1 ", "must fall"),
        ("grades", "from = 90", "from = 101", "must fall"),
        ("grades", 'kind = "grades"', "", "kind: None is not a text"),
        ("framework-2020-10", '["output", "benefit"]', '["output", "joy"]', "not a set of"),
        ("framework-2020-10", "at_least = 60", "at_least = 101", "outside 0…100"),
        ("framework-2020-10", 'scoring = "mof-2020-10"', 'scoring = "none"', "no such rule"),
        ("department-2013-53", 'code = "effect"', 'code = "output"', "stands twice"),
        ("mof-2020-10", 'cost = "output"', 'cost = "joy"', "not one of"),
        ("ex-ante", 'code = "economy"', 'code = "necessity"', "stands twice"),
        ("ex-ante", 'code = "partial_support"', 'code = "perhaps"', "they must be"),
    ],
)
def test_an_unsound_rule_is_refused_with_its_reason(
    tmp_path: Path, file: str, old: str, new: str, complaint: str
) -> None:
    for path in _RULE_FILES.glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    text = (tmp_path / f"{file}.toml").read_text("utf-8")
    assert old in text
    (tmp_path / f"{file}.toml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(UnsoundRule, match=complaint):
        load_rules(tmp_path)


# Invariants

_WEIGHTS = st.decimals("0.01", 100, places=2)
_VALUES = st.decimals(-(10**9), 10**9, places=4)
_COMPARISONS = st.sampled_from([o for o in Operator if o is not Operator.QUALITATIVE])


def _line(operator: Operator, weight: Decimal, target: Decimal, actual: Decimal) -> Line:
    return score_indicator(
        IndicatorRow("output", "指标", operator, weight, target, None, actual), _PROFILE
    )


def _scored(line: Line) -> Decimal:
    assert line.score is not None
    return line.score


@given(_COMPARISONS, _WEIGHTS, _VALUES, _VALUES)
def test_a_score_lies_between_nothing_and_the_weight(
    operator: Operator, weight: Decimal, target: Decimal, actual: Decimal
) -> None:
    assert 0 <= _scored(_line(operator, weight, target, actual)) <= weight


@given(st.sampled_from([">=", ">"]), _WEIGHTS, _VALUES, _VALUES, _VALUES)
def test_achieving_more_never_costs_points(
    operator: str, weight: Decimal, target: Decimal, one: Decimal, other: Decimal
) -> None:
    less = _line(Operator(operator), weight, target, min(one, other))
    more = _line(Operator(operator), weight, target, max(one, other))
    assert _scored(less) <= _scored(more)


@given(
    st.sampled_from(["<=", "<"]), st.sampled_from(NegativeMode), _WEIGHTS, _VALUES, _VALUES, _VALUES
)
def test_exceeding_a_limit_further_never_gains_points(
    operator: str,
    mode: NegativeMode,
    weight: Decimal,
    target: Decimal,
    one: Decimal,
    other: Decimal,
) -> None:
    rule = replace(_PROFILE, negative_mode=mode)
    lower, higher = (
        score_indicator(
            IndicatorRow("output", "指标", Operator(operator), weight, target, None, actual), rule
        )
        for actual in sorted((one, other))
    )
    assert _scored(lower) >= _scored(higher)


@given(_WEIGHTS, st.decimals("0.01", 10**9, places=2), _VALUES)
def test_an_execution_score_can_be_recomputed_from_its_receipt(
    weight: Decimal, budget: Decimal, executed: Decimal
) -> None:
    line = score_execution(budget, executed, weight=weight, rule=_PROFILE)
    assert 0 <= _scored(line) <= weight
    assert recomputed(line) == line.score


@given(_COMPARISONS, _WEIGHTS, _VALUES, _VALUES)
def test_an_indicator_score_can_be_recomputed_from_its_receipt(
    operator: Operator, weight: Decimal, target: Decimal, actual: Decimal
) -> None:
    line = _line(operator, weight, target, actual)
    assert recomputed(line) == line.score
    numbers = {Decimal(text) for text in re.findall(r"-?[\d.]+", line.receipt.arithmetic)}
    inputs = line.receipt.inputs
    assert Decimal(inputs["weight"] or "") == weight
    assert {weight, actual} <= numbers


@given(st.lists(st.tuples(_COMPARISONS, _WEIGHTS, _VALUES, _VALUES), max_size=12), _VALUES)
def test_a_total_is_the_sum_of_its_printed_lines(
    rows: list[tuple[Operator, Decimal, Decimal, Decimal]], executed: Decimal
) -> None:
    indicators = [IndicatorRow("output", "指标", o, w, t, None, a) for o, w, t, a in rows]
    sheet = score_self_evaluation(
        indicators, _PROFILE, budget_full_year=Decimal(10**6), executed=executed
    )
    assert sheet.total == sum(_scored(line) for line in sheet.lines)
    assert sheet.total == sheet.total.quantize(Decimal("0.01"))
