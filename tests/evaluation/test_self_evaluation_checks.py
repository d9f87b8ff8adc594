"""自评表的校验 V1–V12: each finding by its code, and none where the form is as it should be."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from services.evaluation.domain.findings import Severity
from services.evaluation.domain.indicators import IndicatorRow
from services.evaluation.domain.previews import Claims, Funds, Trial, preview
from services.evaluation.domain.profiles import (
    Denominator,
    Deviation,
    Operator,
    ScoringProfile,
)
from services.evaluation.domain.rules import load_rules
from services.evaluation.domain.self_evaluation_forms import (
    FilledForm,
    FundKind,
    asked,
    examine,
    settled,
)

_RULE_FILES = Path(__file__).parents[2] / "services" / "evaluation" / "rules"
_RULES = load_rules(_RULE_FILES, _RULE_FILES / "profiles")
_PROFILE = _RULES.profile("mof-2020-10", date(2024, 1, 31))

Change = Callable[[FilledForm], FilledForm]


def _row(level1: str, weight: str, **cells: object) -> IndicatorRow:
    row = IndicatorRow(
        level1,
        level1,
        Operator.AT_LEAST,
        Decimal(weight),
        target_value=Decimal(100),
        target_text=None,
        actual_value=Decimal(100),
        band=None,
        self_score=None,
        reason=None,
    )
    return replace(row, **cells)  # type: ignore[arg-type]


def _money(executed: str = "1000000.00") -> Funds:
    return Funds(Decimal("900000.00"), Decimal("1000000.00"), Decimal(executed))


WHOLE = FilledForm(
    rows=[_row("output", "50"), _row("benefit", "30"), _row("satisfaction", "10")],
    funds=_money(),
    kinds=[],
    goal_version=3,
    newest_goal_version=3,
    goal_actual="全部完成（示例）",
)


def _first(**cells: object) -> Change:
    return lambda form: replace(form, rows=[replace(form.rows[0], **cells), *form.rows[1:]])  # type: ignore[arg-type]


def _kinds(*executed: str | None, initial: str = "900000.00") -> Change:
    """当年财政拨款 80 万、上年结转 20 万 of the full-year budget."""
    appropriation, carried = (None if each is None else Decimal(each) for each in executed)
    return lambda form: replace(
        form,
        kinds=[
            FundKind(
                "current_appropriation", Decimal(initial), Decimal("800000.00"), appropriation
            ),
            FundKind("carry_over", Decimal("0.00"), Decimal("200000.00"), carried),
        ],
    )


def _found(form: FilledForm, profile: ScoringProfile = _PROFILE) -> list[tuple[str, str]]:
    findings = examine(form, profile).findings
    return [(each.code, each.pointer) for each in findings if each.severity is Severity.BLOCKING]


def test_a_form_without_fault_has_no_finding_and_asks_for_nothing() -> None:
    assert (_found(WHOLE), asked(examine(WHOLE, _PROFILE).findings, WHOLE)) == ([], ())


@pytest.mark.parametrize(
    ("change", "found"),
    [
        pytest.param(
            _first(weight=Decimal(49)), [("weights_not_100", "/rows")], id="V1 分值合计不是一百"
        ),
        pytest.param(
            _first(self_score=Decimal("50.01"), reason="更好"),
            [("score_out_of_range", "/rows/0/self_score")],
            id="V2 得分超出分值",
        ),
        pytest.param(
            _kinds("700000.00", "200000.00"),
            [("fund_children_mismatch", "/fund_kinds/executed")],
            id="V3 分项执行数合计不是总额",
        ),
        pytest.param(
            _kinds("800000.00", "200000.00", initial="800000.00"),
            [("fund_children_mismatch", "/fund_kinds/budget_initial")],
            id="V3 分项年初预算合计不是总额",
        ),
        pytest.param(
            _kinds("800000.00", None),
            [("cell_missing", "/fund_kinds/1/executed")],
            id="V3 有两种资金而未分别填执行数",
        ),
        pytest.param(
            _first(actual_value=None),
            [("cell_missing", "/rows/0/actual_value")],
            id="V6 实际完成值未填",
        ),
        pytest.param(
            _first(self_score=Decimal(49)),
            [("score_off_rule", "/rows/0/self_score")],
            id="V7 自评得分与规则不同而无理由",
        ),
        pytest.param(
            lambda form: replace(form, funds=_money("899999.99")),
            [("low_exec_reason_missing", "/exec_reason")],
            id="V8 执行率不足九成而无理由",
        ),
        pytest.param(
            _first(actual_value=Decimal(99)),
            [("deviation_reason_missing", "/rows/0/reason")],
            id="V9 未达标而无原因",
        ),
        pytest.param(
            _first(actual_value=Decimal("130.01")),
            [("overachievement_reason_missing", "/rows/0/reason")],
            id="V10 大幅超额而无原因",
        ),
        pytest.param(
            lambda form: replace(form, newest_goal_version=4),
            [("goal_outdated", "/goal_version")],
            id="V11 目标已调整",
        ),
        pytest.param(
            lambda form: replace(form, goal_actual=" "),
            [("cell_missing", "/goal_actual")],
            id="总体目标完成情况未填",
        ),
    ],
)
def test_each_fault_is_found_by_its_code(change: Change, found: Sequence[tuple[str, str]]) -> None:
    assert _found(change(WHOLE)) == found


@pytest.mark.parametrize(
    "change",
    [
        _kinds("800000.00", "200000.00"),
        _first(actual_value=Decimal(130)),
        _first(actual_value=Decimal(99), reason="一处因雨停工"),
        _first(self_score=Decimal(49), reason="一处返工"),
        lambda form: replace(form, funds=_money("900000.00")),
        lambda form: replace(form, funds=_money("0.00"), exec_reason="年末到账"),
        lambda form: replace(form, funds=replace(form.funds, budget_initial=None)),
    ],
)
def test_what_is_explained_or_on_the_bound_is_no_fault(change: Change) -> None:
    assert _found(change(WHOLE)) == []


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        pytest.param(Claims(exec_rate=Decimal("99.98")), "exec_rate_mismatch", id="V4 执行率不符"),
        pytest.param(Claims(exec_score=Decimal("9.99")), "exec_score_mismatch", id="V4 得分不符"),
        pytest.param(Claims(total=Decimal(99)), "total_mismatch", id="V5 总分不符"),
    ],
)
def test_a_printed_rate_or_total_is_held_against_the_rows(claims: Claims, code: str) -> None:
    trial = Trial(rows=WHOLE.rows, funds=WHOLE.funds, parts=(), claims=claims)
    assert code in {finding.code for finding in preview(trial, _PROFILE, None).findings}


def test_what_is_asked_is_what_is_missing_and_not_what_is_wrong() -> None:
    form = _kinds("800000.00", None)(_first(actual_value=None, weight=Decimal(49))(WHOLE))
    titles = [each.title for each in asked(examine(form, _PROFILE).findings, form)]
    assert titles == ["上年结转资金的全年执行数", "“output”的实际完成值"]


def test_one_kind_of_funds_was_paid_whatever_was_paid() -> None:
    only = FundKind("current_appropriation", None, Decimal("10.00"), None)
    assert settled([only], Decimal("7.00"))[0].executed == Decimal("7.00")
    two = [only, FundKind("other", None, Decimal("1.00"), None)]
    assert [each.executed for each in settled(two, Decimal("7.00"))] == [None, None]


def test_weights_off_the_uniform_split_are_excused_by_a_reason_where_one_is_wanted() -> None:
    """40 / 40 / 10：产出应为 50，效益应为 30；办法要求说明时，一条说明管全表。"""
    strict = replace(_PROFILE, deviating_weights=Deviation.REASON)
    rows = [_row("output", "40"), _row("benefit", "40"), _row("satisfaction", "10")]
    form = replace(WHOLE, rows=rows)
    assert {code for code, _ in _found(form, strict)} == {"group_weight_differs"}
    [wanted] = asked(examine(form, strict).findings, form)
    assert (wanted.pointer, wanted.title) == ("/weights_reason", "分值与统一设置不同的说明")
    assert _found(replace(form, weights_reason="无服务对象（示例）"), strict) == []
    assert asked(examine(form, _PROFILE).findings, form) == ()


def test_execution_may_be_measured_by_the_initial_budget() -> None:
    by_initial = replace(
        _PROFILE,
        execution_rule=replace(_PROFILE.execution_rule, denominator=Denominator.INITIAL),
    )
    half = replace(WHOLE, funds=_money("450000.00"), exec_reason="年末到账")
    assert [examine(half, rule).lines[0].score for rule in (by_initial, _PROFILE)] == [
        Decimal("5.00"),
        Decimal("4.50"),
    ]


def test_an_outdated_form_is_told_how_to_be_brought_up() -> None:
    [found] = examine(replace(WHOLE, newest_goal_version=4), _PROFILE).findings
    assert found.message == "布置自评以后目标已调整并批复，自评表还是调整前的指标"
    assert found.mend == (
        "请先刷新自评表（带入最新批复的指标，仍有的指标保留已填内容），核对后再报送"
    )
    [missing] = asked(examine(replace(WHOLE, goal_actual=None), _PROFILE).findings, WHOLE)
    assert (missing.pointer, missing.title) == ("/goal_actual", "年度总体目标的实际完成情况")
