"""Trial scoring and every shipped profile, without a service: tables of cases, and invariants."""

import tomllib
from dataclasses import replace
from datetime import date
from decimal import ROUND_DOWN, Decimal, localcontext
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.indicators import IndicatorRow
from services.evaluation.domain.previews import (
    Claims,
    Funds,
    Preview,
    Trial,
    level1_code,
    preview,
)
from services.evaluation.domain.profiles import Operator, ScoringProfile
from services.evaluation.domain.rules import load_rules
from services.evaluation.domain.scoring import score_execution, score_indicator
from services.evaluation.domain.self_evaluation import score_self_evaluation
from services.evaluation.domain.year_rules import named_profile, scale_of
from tests.evaluation.receipts import recomputed

_HERE = Path(__file__).parent
_FOLDER = _HERE.parents[1] / "services" / "evaluation" / "rules"
_RULES = load_rules(_FOLDER, _FOLDER / "profiles")
_RULE = named_profile(_RULES, "mof-2020-10", 2023)
_GRADES = scale_of(_RULES, _RULE, 2023)
_ALL = [_RULES.profile(profile_id, date(2023, 12, 31)) for profile_id in _RULES.profile_ids]
_STEPPED = named_profile(_RULES, "mof-2021-101-stepped", 2023)
_HUBEI = named_profile(_RULES, "hubei-20-80", 2023)

_CASES = tomllib.loads((_HERE / "cases" / "trials.toml").read_text("utf-8"))["case"]


def _number(text: str | None) -> Decimal | None:
    is_number = text is not None and text.removeprefix("-").replace(".", "", 1).isdigit()
    return Decimal(text) if text is not None and is_number else None


def _row(level1: str, weight: str, **cells: str) -> IndicatorRow:
    written = {"operator": ">=", "target": "100", "actual": "100"} | cells
    return IndicatorRow(
        level1=level1,
        name="（示例）指标",
        operator=Operator(written["operator"]),
        weight=Decimal(weight),
        target_value=_number(written["target"]),
        target_text=written["target"],
        actual_value=_number(written["actual"]),
        actual_text=written["actual"],
        band=written.get("band"),
        self_score=_number(written.get("score")),
        reason=written.get("reason"),
    )


def _tried(case: dict[str, Any]) -> Preview:
    money = (case.get("initial", "900"), case.get("budget", "1000"), case.get("executed", "1000"))
    claimed = {key: Decimal(value) for key, value in case.get("claimed", {}).items()}
    trial = Trial(
        funds=Funds() if case.get("no_money") else Funds(*(_number(each) for each in money)),
        rows=[
            _row("output", "50", **case.get("row", {})),
            _row("benefit", "30"),
            _row("satisfaction", "10"),
        ],
        claims=Claims(**claimed),
        parts=[Funds(*(_number(each) for each in part)) for part in case.get("parts", [])],
        exec_reason=case.get("exec_reason"),
    )
    return preview(trial, _RULE, _GRADES)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in _CASES])
def test_a_form_is_scored_by_rule_and_its_claims_are_held_against_it(case: dict[str, Any]) -> None:
    tried = _tried(case)
    assert str(tried.total) == case["total"]
    assert (None if tried.exec_rate is None else str(tried.exec_rate)) == case.get("rate")
    assert tried.claimed_total == _number(case.get("claimed_total"))
    assert (tried.graded.code if tried.graded else None) == case.get("grade")
    assert [f"{f.code} {f.pointer.removeprefix('/')}" for f in tried.findings] == [
        finding.replace(" /", " ") for finding in case.get("findings", [])
    ]
    messages = [finding.message for finding in tried.findings]
    assert messages[:1] == [case["says"]] if "says" in case else True
    assert all(finding.mend for finding in tried.findings)


def test_every_shipped_profile_agrees_with_the_cases_of_its_pack() -> None:
    rules = load_rules(_FOLDER, _FOLDER / "profiles")
    assert len(rules.packs.by_id) == len(list((_FOLDER / "profiles").glob("*/pack.toml")))


def test_a_form_of_a_year_without_grades_has_a_total_and_no_grade() -> None:
    trial = Trial(Funds(None, Decimal(1), Decimal(1)), [_row("output", "90")])
    assert preview(trial, _RULE, None).graded is None
    graded = preview(trial, _RULE, _GRADES).graded
    assert graded is not None
    assert graded.score == 100


def test_an_execution_score_beyond_the_row_of_a_hundred_is_weighed_once() -> None:
    rows = [_row("output", "50", actual="33.333", reason="停工"), _row("benefit", "50")]
    sheet = score_self_evaluation(
        rows, _HUBEI, budget_full_year=Decimal(3), executed=Decimal(2), exec_reason="停工"
    )
    assert sheet.arithmetic == "13.33 + (16.67 + 50.00) × 80 ÷ 100 ≈ 66.67"
    assert (sheet.total, sheet.gradable, sheet.findings) == (Decimal("66.67"), True, ())
    short = score_self_evaluation(
        [replace(rows[0], weight=Decimal(49)), rows[1]],
        _HUBEI,
        budget_full_year=Decimal(3),
        executed=Decimal(3),
    )
    assert [f.code for f in short.findings] == ["weights_not_100", "group_weight_differs"]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("output", "output"),
        ("产出指标", "output"),
        ("成本指标", "cost"),
        ("满意度指标", "satisfaction"),
        ("服务对象满意度指标", "satisfaction"),
        ("其他", "其他"),
        (None, ""),
    ],
)
def test_a_first_level_may_be_written_as_the_form_prints_it(written: str | None, code: str) -> None:
    assert level1_code(written, _RULE) == code


@pytest.mark.parametrize(
    ("executed", "score", "arithmetic"),
    [
        ("1000.01", "10.00", "1000.01 ≥ 1000 成立：10 × 1 = 10.00"),
        ("1000", "10.00", "1000 ≥ 1000 成立：10 × 1 = 10.00"),
        ("999.99", "7.00", "999.99 ≥ 800 成立：10 × 0.7 = 7.00"),
        ("600", "5.00", "600 ≥ 600 成立：10 × 0.5 = 5.00"),
        ("599.99", "0.00", "599.99 ≥ 0 成立：10 × 0 = 0.00"),
        ("0", "0.00", "0 ≥ 0 成立：10 × 0 = 0.00"),
        ("-1", "0.00", "-1 < 0 成立：10 × 0 = 0.00"),
    ],
)
def test_execution_by_steps(executed: str, score: str, arithmetic: str) -> None:
    line = score_execution(
        Decimal(1000), Decimal(executed), weight=Decimal(10), rule=_STEPPED, reason="说明"
    )
    assert (str(line.score), line.receipt.arithmetic) == (score, arithmetic)
    assert recomputed(line) == line.score


@pytest.mark.parametrize(
    ("level1", "operator", "actual", "score", "why"),
    [
        ("output", ">=", "60", "6.00", "未达到年度指标值，按实际完成值与年度指标值的比例得分"),
        ("output", ">=", "59.99", "0.00", "低于及格线（年度指标值的 60%）"),
        ("output", "=", "99.99", "0.00", "直接赋分：未达到年度指标值不得分"),
        ("output", "=", "100.01", "10.00", "超过年度指标值，得分以分值为限"),
        ("output", "<=", "150", "5.00", "超过年度指标值，按超出的比例扣分，达到两倍扣完"),
        ("output", "<=", "200", "0.00", "达到年度指标值的两倍，扣完"),
        ("satisfaction", ">=", "90", "10.00", "按所达到的档次得分值的 100%"),
        ("satisfaction", ">=", "89.99", "8.00", "按所达到的档次得分值的 80%"),
        ("satisfaction", ">=", "-1", "0.00", "实际完成值为负"),
        ("satisfaction", "<=", "150", "5.00", "超过年度指标值，按超出的比例扣分，达到两倍扣完"),
        ("satisfaction", "<", "99.99", "10.00", "达到年度指标值，得满分"),
    ],
)
def test_the_other_formulas_at_their_bounds(
    level1: str, operator: str, actual: str, score: str, why: str
) -> None:
    line = score_indicator(_row(level1, "10", operator=operator, actual=actual), _STEPPED)
    assert (str(line.score), line.receipt.why) == (score, why)
    assert recomputed(line) == line.score


# Invariants of every shipped profile

_WEIGHTS = st.decimals("0.01", 100, places=2)
_VALUES = st.decimals(-(10**6), 10**6, places=4)
_RISING = st.sampled_from([">=", ">"])
_PROFILES = st.sampled_from(_ALL)


def _scored(rule: ScoringProfile, row: IndicatorRow) -> Decimal:
    line = score_indicator(row, rule)
    assert line.score is not None
    assert recomputed(line) == line.score
    return line.score


@given(
    _PROFILES,
    st.sampled_from([o for o in Operator if o is not Operator.QUALITATIVE]),
    st.sampled_from(["output", "satisfaction"]),
    _WEIGHTS,
    _VALUES,
    _VALUES,
)
def test_every_profile_scores_between_nothing_and_the_weight_and_can_be_recomputed(
    rule: ScoringProfile,
    operator: Operator,
    level1: str,
    weight: Decimal,
    target: Decimal,
    actual: Decimal,
) -> None:
    row = IndicatorRow(level1, "指标", operator, weight, target, None, actual)
    assert 0 <= _scored(rule, row) <= weight


@given(_PROFILES, _RISING, st.sampled_from(["output", "satisfaction"]), _WEIGHTS, _VALUES,
       st.lists(_VALUES, min_size=2, max_size=2))  # fmt: skip
def test_under_every_profile_achieving_more_never_costs_points(
    rule: ScoringProfile, operator: str, level1: str, weight: Decimal, target: Decimal,
    actuals: list[Decimal],
) -> None:  # fmt: skip
    less, more = (
        _scored(rule, IndicatorRow(level1, "指标", Operator(operator), weight, target, None, each))
        for each in sorted(actuals)
    )
    assert less <= more


@given(_PROFILES, st.decimals("0.01", 10**9, places=2), st.lists(_VALUES, max_size=4))
def test_under_every_profile_the_total_adds_up_in_any_decimal_context(
    rule: ScoringProfile, budget: Decimal, actuals: list[Decimal]
) -> None:
    rows = [
        IndicatorRow("output", "指标", Operator.AT_LEAST, Decimal(20), Decimal(7), None, actual)
        for actual in actuals
    ]
    trial = Trial(Funds(budget, budget, budget / 3), rows)
    tried = preview(trial, rule, None)
    assert tried.execution is not None
    assert recomputed(tried.execution) == tried.execution.rule_score
    assert Fraction(tried.total) == Fraction(tried.execution.rule_score or 0) + sum(
        Fraction(line.rule_score or 0) for line in tried.lines
    )
    with localcontext(prec=4, rounding=ROUND_DOWN):
        coarse = preview(trial, rule, None)
    assert coarse == tried
