"""Whole-department ratios: every formula, missing figures, zero denominators, receipts."""

from datetime import date
from decimal import Decimal

import pytest

from services.evaluation.domain.ratios import FIGURES, Ratio, ratios
from services.evaluation.domain.receipts import Citation, Receipt
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
        ("asset_use", {"assets_in_use": "1", "assets": "200"}, "0.50"),
    ],
)
def test_each_ratio_follows_its_formula(code: str, figures: dict[str, str], percent: str) -> None:
    assert str(_one(code, **figures).percent) == percent


@pytest.mark.parametrize(
    ("figures", "percent", "receipt"),
    [
        (
            {"carried_over": "15", "carried_over_before": "10"},
            "50.00",
            Receipt(
                CITATION,
                {"本年结转结余总额": "15", "上年结转结余总额": "10"},
                "(15 - 10) ÷ 10 × 100% = 50%",
                None,
                "结转结余变动率为50%",
                "更正本年结转结余总额或上年结转结余总额",
            ),
        ),
        (
            {"carried_over": "15", "carried_over_before": "0"},
            "None",
            Receipt(
                CITATION,
                {"本年结转结余总额": "15", "上年结转结余总额": "0"},
                "不适用",
                None,
                "上年结转结余总额为零",
                "上年结转结余总额不为零时才计算",
            ),
        ),
        (
            {},
            "None",
            Receipt(
                CITATION,
                {"本年结转结余总额": None, "上年结转结余总额": None},
                "不计算",
                None,
                "缺少本年结转结余总额、上年结转结余总额",
                "填报本年结转结余总额、上年结转结余总额",
            ),
        ),
    ],
)
def test_a_receipt_says_how_or_why_not_and_what_would_change_it(
    figures: dict[str, str], percent: str, receipt: Receipt
) -> None:
    ratio = _one("carry_over_change", **figures)
    assert (ratio.title, str(ratio.percent)) == ("结转结余变动率", percent)
    assert ratio.receipt == receipt


def test_every_figure_of_the_base_data_is_read_by_a_ratio() -> None:
    read = {name for ratio in ratios({}, CITATION) for name in ratio.receipt.inputs}
    assert read == set(FIGURES.values())
