"""Whole-department ratios (部门整体支出共性指标) from base data, each with its receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.evaluation.domain.numbers import Rounding, operand, plain
from services.evaluation.domain.receipts import Citation, Receipt


@dataclass(frozen=True)
class Ratio:
    """One ratio of the framework in percent; `percent` is None where it can't be computed."""

    code: str
    title: str
    percent: Decimal | None
    receipt: Receipt


@dataclass(frozen=True)
class _Formula:
    code: str
    title: str
    top: str
    bottom: str
    is_change: bool = False


def ratios(figures: Mapping[str, Decimal | None], citation: Citation) -> Sequence[Ratio]:
    """All ratios in the framework's order; figures are keyed by the names in `FIGURES`."""
    return [_ratio(formula, figures, citation) for formula in _FORMULAS]


def figures_of(stored: Mapping[str, str | None]) -> dict[str, Decimal | None]:
    """The figures as numbers from base data as it is kept; what was never filed is None."""
    kept = {code: stored.get(code) for code in FIGURES}
    return {code: None if text is None else Decimal(text) for code, text in kept.items()}


def _ratio(formula: _Formula, figures: Mapping[str, Decimal | None], citation: Citation) -> Ratio:
    top, bottom = figures.get(formula.top), figures.get(formula.bottom)
    inputs = {
        FIGURES[formula.top]: None if top is None else plain(top),
        FIGURES[formula.bottom]: None if bottom is None else plain(bottom),
    }
    if top is None or bottom is None:
        missing = "、".join(name for name, value in inputs.items() if value is None)
        receipt = _receipt(citation, inputs, "不计算", f"缺少{missing}", f"填报{missing}")
        return Ratio(formula.code, formula.title, None, receipt)
    if bottom == 0:
        name = FIGURES[formula.bottom]
        receipt = _receipt(citation, inputs, "不适用", f"{name}为零", f"{name}不为零时才计算")
        return Ratio(formula.code, formula.title, None, receipt)
    percent = _percent(formula, top, bottom)
    receipt = _receipt(
        citation,
        inputs,
        f"{_expression(formula, top, bottom)} = {plain(percent)}%",
        f"{formula.title}为{plain(percent)}%",
        "更正" + "或".join(inputs),
    )
    return Ratio(formula.code, formula.title, percent, receipt)


def _percent(formula: _Formula, top: Decimal, bottom: Decimal) -> Decimal:
    difference = Fraction(top) - (Fraction(bottom) if formula.is_change else 0)
    value = difference / Fraction(bottom) * 100
    rounded = Rounding(2).of(abs(value))
    return rounded.copy_negate() if value < 0 and rounded else rounded


def _expression(formula: _Formula, top: Decimal, bottom: Decimal) -> str:
    if formula.is_change:
        return f"({operand(top)} - {operand(bottom)}) ÷ {operand(bottom)} × 100%"
    return f"{operand(top)} ÷ {operand(bottom)} × 100%"


def _receipt(
    citation: Citation, inputs: Mapping[str, str | None], arithmetic: str, why: str, change: str
) -> Receipt:
    return Receipt(citation, inputs, arithmetic, None, why, change)


#: The base data (部门整体支出绩效评价基础数据) that the ratios read, with their Chinese names.
FIGURES: Mapping[str, str] = {
    "staff": "在职人数",
    "staff_quota": "编制数",
    "key_spending": "重点项目支出",
    "project_spending": "项目总支出",
    "budget_completed": "预算完成数",
    "budget": "预算数",
    "budget_adjusted": "预算调整数",
    "payment_progress": "实际支付进度",
    "payment_planned": "既定支付进度",
    "carried_over": "本年结转结余总额",
    "carried_over_before": "上年结转结余总额",
    "spending_budget": "支出预算数",
    "office_spent": "实际支出公用经费",
    "office_budget": "预算安排公用经费",
    "three_public_spent": "“三公经费”实际支出数",
    "three_public_budget": "“三公经费”预算安排数",
    "three_public_budget_before": "上年“三公经费”预算安排数",
    "procured": "实际政府采购金额",
    "procurement_budget": "政府采购预算数",
    "assets_in_use": "在用固定资产总额",
    "assets": "全部固定资产总额",
}

_FORMULAS = (
    _Formula("staff_control", "在职人员控制率", "staff", "staff_quota"),
    _Formula(
        "three_public_change",
        "“三公经费”变动率",
        "three_public_budget",
        "three_public_budget_before",
        is_change=True,
    ),
    _Formula("key_spending", "重点支出安排率", "key_spending", "project_spending"),
    _Formula("budget_completion", "预算完成率", "budget_completed", "budget"),
    _Formula("budget_adjustment", "预算调整率", "budget_adjusted", "budget"),
    _Formula("payment_progress", "支付进度率", "payment_progress", "payment_planned"),
    _Formula("carry_over", "结转结余率", "carried_over", "spending_budget"),
    _Formula(
        "carry_over_change", "结转结余变动率", "carried_over", "carried_over_before", is_change=True
    ),
    _Formula("office_control", "公用经费控制率", "office_spent", "office_budget"),
    _Formula(
        "three_public_control", "“三公经费”控制率", "three_public_spent", "three_public_budget"
    ),
    _Formula("procurement", "政府采购执行率", "procured", "procurement_budget"),
    _Formula("asset_use", "固定资产利用率", "assets_in_use", "assets"),
)

#: The ratios by code, with their Chinese names, in the framework's order.
RATIOS: Mapping[str, str] = {formula.code: formula.title for formula in _FORMULAS}
