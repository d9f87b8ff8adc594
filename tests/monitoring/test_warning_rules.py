"""Warning rules of the default pack: edges as tables, promises as properties."""

import json
import re
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.monitoring.domain.cases import facts_of, read_cases
from services.monitoring.domain.execution import (
    FundLevel,
    execution,
    execution_rate,
    shown_rate,
)
from services.monitoring.domain.facts import (
    Band,
    IndicatorFacts,
    Likelihood,
    Operator,
    ProjectFacts,
)
from services.monitoring.domain.packs import Pack, load_packs
from services.monitoring.domain.rules import check, evaluate, pack_version
from services.monitoring.domain.verdicts import (
    Colour,
    Need,
    NotApplicable,
    Quiet,
    Verdict,
    Warning,
    WayOut,
    project_colour,
    worst,
)
from shared.rulebook import NoRuleInForce, Rule, UnsoundRule, Version

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "services" / "monitoring" / "rules"
PACKS = load_packs(SHIPPED)
RULES = dict(PACKS.by_id["default"].rules)
JULY = date(2023, 7, 31)
AUGUST = date(2023, 8, 31)
WORST_FIRST = [Colour.RED, Colour.YELLOW, Colour.GREEN, Colour.BLUE]


def _cases(kind: str) -> list[Any]:
    return [
        pytest.param(pack, rule_id, case, id=f"{path.parts[-3]} {rule_id}: {case['name']}")
        for path in sorted(SHIPPED.glob("*/cases/*.toml"))
        if (path.name == "indicators.toml") is (kind == "indicators")
        for pack in [PACKS.by_id[path.parts[-3]]]
        for rule_id, case in read_cases(path)
    ]


def _project(
    as_of: date = JULY, budget: Decimal | int = 100, paid: Decimal | int = 50
) -> ProjectFacts:
    return ProjectFacts("P1", "U1", Decimal(budget), Decimal(paid), (), as_of)


def _number(value: Decimal | int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _indicator(case: dict[str, Any]) -> IndicatorFacts:
    return IndicatorFacts(
        position=1,
        name="维修道路长度",
        operator=Operator(case["operator"]),
        target_value=_number(case.get("target")),
        actual_to_date=_number(case.get("actual")),
        actual_forecast=_number(case.get("forecast")),
        band=Band(case["band"]) if "band" in case else None,
        likelihood=Likelihood(case["likelihood"]) if "likelihood" in case else None,
    )


def _with_row(case: dict[str, Any]) -> ProjectFacts:
    return replace(_project(case["as_of"]), indicators=(_indicator(case),))


def _verdict(rule_id: str, facts: ProjectFacts) -> Verdict:
    [verdict] = evaluate(facts, {rule_id: RULES[rule_id]}, facts.as_of)
    return verdict


def _warning(rule_id: str, facts: ProjectFacts) -> Warning:
    verdict = _verdict(rule_id, facts)
    assert isinstance(verdict, Warning)
    return verdict


def _asked(verdict: Verdict) -> list[str]:
    if not isinstance(verdict, Warning):
        return []
    return [need.value for way in verdict.receipt.ways_out for need in way.needs]


def _met(need: Need) -> object:
    """The value that just meets a need."""
    match need.field:
        case "band":
            return Band(need.value)
        case "likelihood":
            return Likelihood(need.value)
    step = {">": Decimal("0.01"), "<": Decimal("-0.01")}.get(need.bound, Decimal(0))
    return Decimal(need.value) + step


def _after(facts: ProjectFacts, way: WayOut) -> ProjectFacts:
    changes: dict[str, Any] = {need.field: _met(need) for need in way.needs}
    if "paid" in changes:
        return replace(facts, **changes)
    [row] = facts.indicators
    return replace(facts, indicators=(replace(row, **changes),))


def _assert_ways_out_lead_out(rule_id: str, facts: ProjectFacts) -> None:
    before = _verdict(rule_id, facts)
    if not isinstance(before, Warning):
        return
    for way in before.receipt.ways_out:
        after = _verdict(rule_id, _after(facts, way)).colour
        assert WORST_FIRST.index(after) > WORST_FIRST.index(before.colour)
        assert WORST_FIRST.index(after) >= WORST_FIRST.index(way.to)
    assert not before.receipt.ways_out[-1].to.warns


def _assert_arithmetic_recomputes(receipt_arithmetic: str, inputs: dict[str, str]) -> None:
    for step in receipt_arithmetic.split("；"):
        if " × " in step:
            _assert_formula_recomputes(step, inputs)
        elif " = " not in step:
            left, relation, right = step.split(" ")
            assert {left, right} <= set(inputs.values())
            assert _holds(Decimal(left), relation, Decimal(right))


def _assert_formula_recomputes(step: str, inputs: dict[str, str]) -> None:
    formula, result = step.rsplit(" = ", 1)
    operands = set(re.findall(r"-?[\d.]+", formula))
    assert operands <= set(inputs.values()) | {"12", "100"}
    exact = re.sub(r"(-?[\d.]+)", r'Fraction("\1")', formula)
    value = eval(exact.replace("÷", "/").replace("×", "*"), {"Fraction": Fraction})
    places = Decimal(1).scaleb(-len(result.partition(".")[2]))
    quotient = Decimal(value.numerator) / Decimal(value.denominator)
    assert quotient.quantize(places, ROUND_HALF_UP) == Decimal(result)


def _holds(left: Decimal, relation: str, right: Decimal) -> bool:
    return {"<": left < right, ">": left > right, "≤": left <= right, "≥": left >= right}[relation]


@pytest.mark.parametrize(("pack", "rule_id", "case"), _cases("money"))
def test_a_project_is_held_against_its_thresholds(
    pack: Pack, rule_id: str, case: dict[str, Any]
) -> None:
    facts = facts_of(case)
    [verdict] = evaluate(facts, {rule_id: pack.rules[rule_id]}, facts.as_of)

    assert verdict.colour == case["colour"]
    assert _asked(verdict) == case.get("clears", [])
    if "value" in case:
        assert isinstance(verdict, Warning)
        assert verdict.receipt.arithmetic.endswith(f" = {case['value']}")


@pytest.mark.parametrize(("pack", "rule_id", "case"), _cases("indicators"))
def test_an_indicator_is_held_against_its_target(
    pack: Pack, rule_id: str, case: dict[str, Any]
) -> None:
    assert pack.pack_id == "default"
    facts = _with_row(case)
    verdict = _verdict(rule_id, facts)

    assert verdict.colour == case["colour"]
    assert verdict.position == 1
    assert _asked(verdict) == case.get("clears", [])
    _assert_ways_out_lead_out(rule_id, facts)
    if isinstance(verdict, Warning):
        _assert_arithmetic_recomputes(verdict.receipt.arithmetic, dict(verdict.receipt.inputs))


def test_a_warning_shows_its_arithmetic_its_source_and_how_to_clear_it() -> None:
    warning = _warning("money-against-time", _project(JULY, 100, 30))

    assert warning.level == "red"
    receipt = json.loads(json.dumps(warning.receipt.as_dict(), ensure_ascii=False))
    assert receipt.pop("source")["verified"] is False
    assert receipt == {
        "rule_id": "money-against-time",
        "version": "money-against-time@2019-07-26",
        "title": "预算执行进度与时间进度",
        "inputs": {"as_of": "2023-07-31", "month": "7", "budget": "100", "paid": "30"},
        "arithmetic": "30 ÷ 100 ÷ (7 ÷ 12) × 100 = 51.43",
        "threshold": "支出进度（按时间折算）低于 60",
        "clears_when": (
            "截至 2023-07-31 累计支付达到 35.00 元（再支付 5.00 元）转为黄色；"
            "截至 2023-07-31 累计支付达到 46.67 元（再支付 16.67 元）转为绿色"
        ),
        "ways_out": [
            {"to": "yellow", "needs": [{"field": "paid", "bound": ">=", "value": "35.00"}]},
            {"to": "green", "needs": [{"field": "paid", "bound": ">=", "value": "46.67"}]},
        ],
    }


def test_amounts_are_printed_without_exponents() -> None:
    warning = _warning("money-against-time", _project(JULY, Decimal("1E+6"), 0))

    assert warning.receipt.inputs["budget"] == "1000000"
    assert "E" not in warning.receipt.arithmetic


@pytest.mark.parametrize(
    ("colours", "expected"),
    [
        ([], "not_applicable"),
        (["not_applicable"], "not_applicable"),
        (["not_applicable", "blue"], "blue"),
        (["blue", "green"], "green"),
        (["green", "not_applicable", "yellow"], "yellow"),
        (["yellow", "blue", "red", "green"], "red"),
    ],
)
def test_a_project_shows_its_worst_light(colours: list[str], expected: str) -> None:
    assert worst(Colour(colour) for colour in colours) == expected


def test_a_project_no_rule_can_judge_is_not_green() -> None:
    verdicts = evaluate(_project(JULY, 0, 0), RULES, JULY)

    assert {type(verdict) for verdict in verdicts} == {NotApplicable}
    assert {verdict.rule_id for verdict in verdicts} == set(RULES)
    assert project_colour(verdicts) is Colour.NOT_APPLICABLE


def test_each_indicator_row_is_judged_by_itself() -> None:
    good = {"operator": ">=", "target": 12, "actual": 7, "likelihood": "certain"}
    rows = [_indicator(good), replace(_indicator(good | {"actual": 1}), position=2)]
    facts = replace(_project(), indicators=tuple(rows))

    verdicts = evaluate(facts, {"r": RULES["indicator-progress"]}, JULY)

    assert [(v.position, v.colour) for v in verdicts] == [(1, Colour.GREEN), (2, Colour.RED)]
    assert project_colour(verdicts) is Colour.RED


money = st.decimals("0", "99999999999.99", places=2)
positive_money = st.decimals("0.01", "99999999999.99", places=2)
days = st.dates(date(2023, 1, 1), date(2024, 12, 31))
planned_shares = st.none() | st.decimals("0.01", "100", places=2)
quantities = st.decimals("-1000", "1000000", places=3)


@given(budget=positive_money, paid=money, more=money, as_of=days)
@pytest.mark.parametrize("rule_id", ["money-against-time", "large-slow"])
def test_paying_more_never_worsens_the_light(
    rule_id: str, budget: Decimal, paid: Decimal, more: Decimal, as_of: date
) -> None:
    less = _verdict(rule_id, _project(as_of, budget, paid)).colour
    later = _verdict(rule_id, _project(as_of, budget, paid + more)).colour

    assert less is later or WORST_FIRST.index(later) > WORST_FIRST.index(less)


@given(budget=positive_money, paid=money, more=money, as_of=days, planned=planned_shares)
@pytest.mark.parametrize(
    ("pack_id", "rule_id"),
    [
        ("broad", "money-against-time"),
        ("broad", "not-started"),
        ("sichuan", "money-against-time"),
        ("chuxiong", "after-tender"),
    ],
)
def test_paying_more_never_worsens_the_light_of_a_local_rule(
    pack_id: str,
    rule_id: str,
    budget: Decimal,
    paid: Decimal,
    more: Decimal,
    as_of: date,
    planned: Decimal | None,
) -> None:
    rules = {rule_id: PACKS.by_id[pack_id].rules[rule_id]}
    assume(as_of >= date(2024, 1, 1))  # the youngest of these rules
    facts = replace(_project(as_of, budget, paid), planned_pct=planned, tender_on=AUGUST)
    [less] = evaluate(facts, rules, as_of)
    [later] = evaluate(replace(facts, paid=paid + more), rules, as_of)

    assert less.colour is later.colour or WORST_FIRST.index(later.colour) > WORST_FIRST.index(
        less.colour
    )


@given(target=quantities, actual=quantities, more=money, as_of=days)
@pytest.mark.parametrize("operator", [">=", ">", "<=", "<"])
def test_doing_better_never_worsens_an_indicator(
    operator: str, target: Decimal, actual: Decimal, more: Decimal, as_of: date
) -> None:
    step = -more if operator.startswith("<") else more
    row = {"as_of": as_of, "operator": operator, "target": target}
    before = _verdict("indicator-progress", _with_row(row | {"actual": actual})).colour
    after = _verdict("indicator-progress", _with_row(row | {"actual": actual + step})).colour

    assert before is after or WORST_FIRST.index(after) > WORST_FIRST.index(before)


@given(budget=positive_money, paid=st.decimals("-9999999", "99999999", places=2), as_of=days)
@pytest.mark.parametrize("rule_id", ["money-against-time", "large-slow"])
def test_paying_what_the_receipt_asks_clears_it_and_a_cent_less_does_not(
    rule_id: str, budget: Decimal, paid: Decimal, as_of: date
) -> None:
    facts = _project(as_of, budget, paid)
    verdict = _verdict(rule_id, facts)
    _assert_ways_out_lead_out(rule_id, facts)

    for asked, way in zip(_asked(verdict), _ways_out(verdict), strict=True):
        almost = _verdict(rule_id, replace(facts, paid=Decimal(asked) - Decimal("0.01")))
        assert WORST_FIRST.index(almost.colour) < WORST_FIRST.index(way.to)


def _ways_out(verdict: Verdict) -> tuple[WayOut, ...]:
    return verdict.receipt.ways_out if isinstance(verdict, Warning) else ()


rows = st.builds(
    IndicatorFacts,
    position=st.just(1),
    name=st.just("培训人次"),
    operator=st.sampled_from(Operator),
    target_value=st.none() | quantities,
    actual_to_date=st.none() | quantities,
    actual_forecast=st.none() | quantities,
    band=st.none() | st.sampled_from(Band),
    likelihood=st.none() | st.sampled_from(Likelihood),
)


@given(row=rows, as_of=days)
@pytest.mark.parametrize("rule_id", ["indicator-progress", "forecast-short"])
def test_an_indicator_that_does_what_the_receipt_asks_is_cleared(
    rule_id: str, row: IndicatorFacts, as_of: date
) -> None:
    _assert_ways_out_lead_out(rule_id, replace(_project(as_of), indicators=(row,)))


@given(budget=positive_money, paid=money, row=rows, as_of=days)
def test_every_warning_recomputes_from_its_inputs_and_survives_json(
    budget: Decimal, paid: Decimal, row: IndicatorFacts, as_of: date
) -> None:
    facts = replace(_project(as_of, budget, paid), indicators=(row,))

    for verdict in evaluate(facts, RULES, as_of):
        if isinstance(verdict, Warning):
            receipt = verdict.receipt
            _assert_arithmetic_recomputes(receipt.arithmetic, dict(receipt.inputs))
            assert json.loads(json.dumps(receipt.as_dict())) == receipt.as_dict()
            assert receipt.clears_when
        else:
            assert verdict.reason


def test_before_the_first_version_there_is_no_rule() -> None:
    with pytest.raises(NoRuleInForce):
        evaluate(_project(), RULES, date(2019, 7, 25))
    with pytest.raises(NoRuleInForce):
        pack_version(RULES, date(2019, 7, 25))


def test_a_rule_younger_than_the_day_says_so_and_leaves_the_others_standing() -> None:
    on = date(2020, 8, 31)
    verdicts = {v.rule_id: v for v in evaluate(_project(on, 3_000_000, 0), RULES, on)}

    assert verdicts["large-slow"] == NotApplicable("此规则在 2020-08-31 未施行", "large-slow")
    assert verdicts["money-against-time"].colour is Colour.RED


def test_the_pack_is_named_after_its_last_change_up_to_the_day() -> None:
    assert pack_version(RULES, date(2019, 7, 26)) == "default@2019-07-26"
    assert pack_version(RULES, AUGUST) == "default@2020-11-12"


def _changed(rule_id: str, **values: object) -> dict[str, Rule]:
    rule = RULES[rule_id]
    [old] = rule.versions
    new = Version(rule_id, AUGUST, old.source, dict(old.values or {}) | values)
    return {rule_id: replace(rule, versions=(old, new))}


def test_a_new_threshold_is_a_new_version_and_old_days_stay_recomputable() -> None:
    stricter = [{"colour": "red", "below": 75}, {"colour": "green"}]
    rules = _changed("large-slow", bands=stricter)
    facts = _project(AUGUST, 2_000_000, 1_400_000)

    [before] = evaluate(facts, rules, date(2023, 8, 30))
    [after] = evaluate(facts, rules, AUGUST)

    assert isinstance(before, Quiet)
    assert isinstance(after, Warning)
    assert after.receipt.version == "large-slow@2023-08-31"


def test_the_shipped_pack_is_sound_and_calls_nothing_official_unread() -> None:
    check(RULES)

    assert set(RULES) == {path.stem for path in (SHIPPED / "default").glob("*-*.toml")}
    shipped = [rule for pack in PACKS.by_id.values() for rule in pack.rules.values()]
    assert not any(version.source.verified for rule in shipped for version in rule.versions)


@pytest.mark.parametrize(
    ("rule_id", "values"),
    [
        ("large-slow", {"kind": "by_feeling"}),
        ("large-slow", {"min_budgets": 3}),
        ("large-slow", {"bands": []}),
        ("large-slow", {"bands": [{"colour": "red", "below": 60}]}),
        ("large-slow", {"bands": [{"colour": "red"}, {"colour": "green"}]}),
        ("large-slow", {"bands": [{"colour": "pink", "below": 60}, {"colour": "green"}]}),
        ("large-slow", {"bands": [{"below": 60}, {"colour": "green"}]}),
        ("forecast-short", {"likelihood_colours": {"certain": "green"}}),
        ("forecast-short", {"forecast_colours": {"met": "green", "short": "pink"}}),
        (
            "money-against-time",
            {
                "bands": [
                    {"colour": "red", "below": 80},
                    {"colour": "yellow", "below": 60},
                    {"colour": "green"},
                ]
            },
        ),
    ],
)
def test_a_pack_no_judge_can_read_is_refused(rule_id: str, values: dict[str, object]) -> None:
    with pytest.raises(UnsoundRule, match=rule_id):
        check(_changed(rule_id, **values))


def test_execution_is_kept_by_fund_level_and_money_without_a_budget_stays_visible() -> None:
    result = execution(
        {FundLevel.COUNTY: Decimal("300"), FundLevel.CENTRAL: Decimal("0")},
        {FundLevel.COUNTY: Decimal("100"), FundLevel.MUNICIPAL: Decimal("-2.50")},
    )

    assert [(level.fund_level, shown_rate(level.rate)) for level in result.levels] == [
        ("central", None),
        ("municipal", None),
        ("county", "33.33"),
    ]
    assert (result.budget, result.paid) == (Decimal("300"), Decimal("97.50"))
    assert result.rate == Decimal("32.5")


@pytest.mark.parametrize(
    ("budget", "paid", "shown"),
    [
        ("0", "0", None),
        ("0", "10", None),
        ("100", "0", "0.00"),
        ("100", "-5", "-5.00"),
        ("100", "120", "120.00"),
        ("1000", "79.265", "7.93"),
        ("3", "2", "66.67"),
    ],
)
def test_the_execution_rate_is_rounded_half_up_and_only_when_shown(
    budget: str, paid: str, shown: str | None
) -> None:
    assert shown_rate(execution_rate(Decimal(budget), Decimal(paid))) == shown


def test_the_execution_rate_itself_is_not_rounded() -> None:
    rate = execution_rate(Decimal(3), Decimal(2))

    assert rate is not None
    assert rate != Decimal("66.67")
    assert abs(rate - Decimal(200) / 3) < Decimal("1e-20")
