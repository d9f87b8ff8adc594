"""What a draft goal has to satisfy, and what is only a hint."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.goals.domain import rules_in_force
from services.goals.domain.disclosure import Coverage, disclosure_due
from services.goals.domain.goal_checks import Draft, Indicator, Severity, blocking, check
from shared.rulebook import NoRuleInForce

RULES = rules_in_force.load()
FORM = RULES["goal-form"].on(date(2023, 1, 1))
LAMPS = Indicator("output", "quantity", "改造路灯数量", ">=", Decimal(120), None, "盏", Decimal(40))
QUALITY = replace(
    LAMPS, level2="quality", name="验收合格率", unit_of_measure="%", weight=Decimal(10)
)
LIT = replace(LAMPS, level1="benefit", level2="social", name="亮灯率", weight=Decimal(40))
GOOD = Draft("更换路灯一百二十盏", (LAMPS, QUALITY, LIT))


def with_row(row: Indicator) -> Draft:
    """The good draft with its first row replaced."""
    return Draft(GOOD.annual_goal, (row, QUALITY, LIT))


def test_a_good_draft_has_no_findings() -> None:
    assert check(GOOD, FORM) == []


@pytest.mark.parametrize(
    ("draft", "rule_id", "pointer"),
    [
        (with_row(replace(LAMPS, weight=Decimal(39))), "G1", "/indicators"),
        (with_row(replace(LAMPS, weight=Decimal("40.01"))), "G1", "/indicators"),
        (Draft("x", ()), "G1", "/indicators"),
        (Draft("x", (replace(LAMPS, weight=Decimal(80)), QUALITY)), "G2", "/indicators"),
        (with_row(replace(LAMPS, target_value=None)), "G3", "/indicators/0/target_value"),
        (with_row(replace(LAMPS, unit_of_measure=None)), "G3", "/indicators/0/unit_of_measure"),
        (with_row(replace(LAMPS, operator="qualitative")), "G3", "/indicators/0/target_text"),
        (with_row(replace(LAMPS, name="亮灯率")), "G6", "/indicators/0/name"),
    ],
)  # fmt: skip
def test_a_fault_blocks_and_says_where_and_how_to_mend_it(
    draft: Draft, rule_id: str, pointer: str
) -> None:
    found = [f for f in blocking(check(draft, FORM)) if f.rule_id == rule_id]
    assert pointer in [finding.pointer for finding in found]
    assert all(finding.message and finding.mend for finding in found)


def test_a_vague_target_is_a_hint() -> None:
    vague = replace(LAMPS, operator="qualitative", target_value=None, target_text="有效提升。")
    findings = check(with_row(vague), FORM)
    assert [(f.rule_id, f.severity) for f in findings] == [("G7", Severity.HINT)]


def test_quantity_without_quality_is_a_hint() -> None:
    draft = Draft("x", (replace(LAMPS, weight=Decimal(50)), LIT))
    assert [(f.rule_id, f.severity) for f in check(draft, FORM)] == [("G9", Severity.HINT)]


@given(st.lists(st.decimals(0, 100, places=2), max_size=8))
def test_only_weights_that_sum_to_ninety_pass(weights: list[Decimal]) -> None:
    rows = [replace(LAMPS, name=str(i), weight=w) for i, w in enumerate(weights)]
    blocked = any(
        f.pointer == "/indicators" and f.rule_id == "G1" for f in check(Draft("x", rows), FORM)
    )
    assert blocked is (sum(weights) != 90)


def test_asking_for_a_day_before_the_first_version_raises() -> None:
    with pytest.raises(NoRuleInForce):
        RULES["goal-form"].on(date(2015, 5, 20))


@pytest.mark.parametrize(
    ("approved_on", "due"),
    [
        (date(2023, 1, 31), date(2023, 2, 20)),
        (date(2024, 2, 10), date(2024, 3, 1)),  # leap year
        (date(2023, 12, 20), date(2024, 1, 9)),
    ],
)
def test_disclosure_is_due_twenty_calendar_days_after_approval(
    approved_on: date, due: date
) -> None:
    assert disclosure_due(approved_on, RULES["goal-disclosure"].on(approved_on)) == due


@pytest.mark.parametrize(
    ("numerator", "denominator", "rate"),
    [(271, 271, "100.00"), (0, 5, "0.00"), (1, 3, "33.33"), (2, 3, "66.67"), (0, 0, None)],
)
def test_a_coverage_rate(numerator: int, denominator: int, rate: str | None) -> None:
    assert Coverage(numerator, denominator).rate == (Decimal(rate) if rate else None)
