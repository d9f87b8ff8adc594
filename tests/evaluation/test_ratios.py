"""Whole-department ratios: every formula, missing figures, zero denominators, receipts."""

from datetime import date
from decimal import Decimal

import pytest

from services.evaluation.domain.ratios import FIGURES, Ratio, ratios
from services.evaluation.domain.receipts import Citation
from shared.rulebook import Source

CITATION = Citation(
    "synthetic",
    date(2025, 1, 1),
    Source(
        title="（示例）", article="（示例）", url="", verified=False, published_on=date(2025, 1, 1)
    ),
)


def _one(code: str, **figures: str) -> Ratio:
    values = {name: Decimal(value) for name, value in figures.items()}
    return next(ratio for ratio in ratios(values, CITATION) if ratio.code == code)


@pytest.mark.parametrize(
    ("code", "figures", "percent"),
    [
        ("staff_control", {"staff": "47", "staff_quota": "50"}, "94.00"),
        (
            "three_public_change",
            {"three_public_budget": "90", "three_public_budget_before": "120"},
            "-25.00",
        ),
        ("key_spending", {"key_spending": "80", "project_spending": "120"}, "66.67"),
        ("budget_completion", {"budget_completed": "985.5", "budget": "1000"}, "98.55"),
        ("budget_adjustment", {"budget_adjusted": "-50", "budget": "1000"}, "-5.00"),
        ("payment_progress", {"payment_progress": "45", "payment_planned": "50"}, "90.00"),
        ("carry_over", {"carried_over": "1", "spending_budget": "3"}, "33.33"),
        ("carry_over_change", {"carried_over": "15", "carried_over_before": "10"}, "50.00"),
        ("office_control", {"office_spent": "110", "office_budget": "100"}, "110.00"),
        (
            "three_public_control",
            {"three_public_spent": "0", "three_public_budget": "5"},
            "0.00",
        ),
        ("procurement", {"procured": "7", "procurement_budget": "8"}, "87.50"),
        ("asset_use", {"assets_in_use": "999.995", "assets": "1000"}, "100.00"),
    ],
)
def test_each_ratio_follows_its_formula(code: str, figures: dict[str, str], percent: str) -> None:
    assert str(_one(code, **figures).percent) == percent


def test_a_zero_denominator_makes_the_ratio_not_applicable() -> None:
    ratio = _one("procurement", procured="0", procurement_budget="0")
    assert ratio.percent is None
    assert ratio.receipt.arithmetic == "不适用"
    assert "政府采购预算数为零" in ratio.receipt.why


def test_a_missing_figure_is_named_and_nothing_is_computed() -> None:
    ratio = _one("staff_control", staff="47")
    assert ratio.percent is None
    assert ratio.receipt.what_would_change_it == "填报编制数"


def test_a_receipt_shows_the_arithmetic_with_the_figures_entered() -> None:
    ratio = _one("carry_over_change", carried_over="15", carried_over_before="10")
    assert ratio.receipt.arithmetic == "(15 - 10) ÷ 10 × 100% = 50%"
    assert ratio.receipt.inputs == {"本年结转结余总额": "15", "上年结转结余总额": "10"}


def test_every_figure_of_the_base_data_is_read_by_a_ratio() -> None:
    read = {name for ratio in ratios({}, CITATION) for name in ratio.receipt.inputs}
    assert read == set(FIGURES.values())
