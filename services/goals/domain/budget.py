"""项目资金与预算调整: what a budget has to add up to, and what a change may do to it.

Amounts are yuan. A budget is its amounts by (资金级次, 资金来源); a key that is absent counts as 0.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeAlias

from services.goals.domain.vocabulary import FUND_LEVELS, FUND_SOURCES

Funds: TypeAlias = Mapping[tuple[str, str], Decimal]


class Line(Protocol):
    """An amount of one fund level and source."""

    @property
    def fund_level(self) -> str:
        """资金级次."""

    @property
    def source(self) -> str:
        """资金来源."""

    @property
    def amount(self) -> Decimal:
        """Yuan; signed in a change."""


class Midterm(Protocol):
    """中期（实施期）资金: the whole period's."""

    @property
    def total(self) -> Decimal:
        """中期资金总额."""

    @property
    def fiscal(self) -> Decimal:
        """其中：财政拨款."""

    @property
    def other(self) -> Decimal:
        """其中：其他资金."""


@dataclass(frozen=True)
class Mistake:
    """One thing wrong with a row: where, a stable code, why, and how to mend it."""

    pointer: str
    code: str
    detail: str
    mend: str


class BelowZero(ValueError):
    """A change takes more than there is."""

    def __init__(self, key: tuple[str, str], amount: Decimal) -> None:
        super().__init__(f"{named(*key)}将变为 {amount} 元")
        self.key, self.amount = key, amount


def named(fund_level: str, source: str) -> str:
    """中央·当年财政拨款: how a fund level and source are called."""
    return f"{FUND_LEVELS[fund_level]}·{FUND_SOURCES[source]}"


def total(lines: Iterable[Line]) -> Decimal:
    """Σ of all fund levels and sources."""
    return sum((line.amount for line in lines), Decimal(0))


def budget_mistake(lines: Sequence[Line], annual_total: Decimal | None) -> Mistake | None:
    """Each fund level and source once; the year's total is the sum of them."""
    if _has_twice(lines):
        return Mistake(
            "/funds", "fund_level_twice", "同一资金级次、同一资金来源出现两次", "请合并为一行"
        )
    due = total(lines)
    if annual_total is not None and annual_total != due:
        return Mistake(
            "/annual_total",
            "annual_total_off",
            f"年度资金总额 {annual_total} 元，各项资金合计 {due} 元，相差 {annual_total - due} 元",
            "请核对年度资金总额与 funds 各行，使二者相等",
        )
    return None


def midterm_mistake(midterm: Midterm | None, annual: Decimal) -> Mistake | None:
    """The period's total is fiscal + other, and not less than the year's."""
    if midterm is None:
        return None
    due = midterm.fiscal + midterm.other
    if midterm.total != due:
        return Mistake(
            "/midterm/total",
            "midterm_total_off",
            f"中期资金总额 {midterm.total} 元，财政拨款与其他资金合计 {due} 元",
            "请核对，使 total = fiscal + other",
        )
    if midterm.total < annual:
        return Mistake(
            "/midterm/total",
            "midterm_below_annual",
            f"中期资金总额 {midterm.total} 元，少于年度资金 {annual} 元",
            "中期资金包含本年度资金，请补足或改正年度资金",
        )
    return None


def period_mistake(start: date | None, end: date | None, fiscal_year: int) -> Mistake | None:
    """A project's period has both ends, in order, and part of it lies in the fiscal year."""
    if start is None and end is None:
        return None
    if start is None or end is None:
        missing = "/period_start" if start is None else "/period_end"
        return Mistake(missing, "period_incomplete", "项目期缺少一端", "起止日期请都填，或都不填")
    if start > end:
        return Mistake(
            "/period_end", "period_reversed", f"项目期止 {end} 早于起 {start}", "请核对起止日期"
        )
    if not start.year <= fiscal_year <= end.year:
        return Mistake(
            "/period_start",
            "period_outside_year",
            f"项目期 {start} 至 {end} 不含 {fiscal_year} 年",
            "请核对项目期与预算年度",
        )
    return None


def change_mistake(kind: str, lines: Sequence[Line]) -> Mistake | None:
    """追加、结转 only add, 调减 only takes, 调剂 moves: its lines sum to nothing."""
    if _has_twice(lines):
        return Mistake("/lines", "line_twice", "同一资金级次、同一资金来源出现两次", "请合并为一行")
    for index, line in enumerate(lines):
        mistake = _sign_mistake(kind, f"/lines/{index}/amount", line.amount)
        if mistake is not None:
            return mistake
    moved = total(lines)
    if kind == "transfer" and moved != 0:
        return Mistake(
            "/lines",
            "transfer_unbalanced",
            f"调剂各行合计 {moved} 元，应为 0",
            "调出与调入金额应相等",
        )
    return None


def applied(funds: Funds, lines: Iterable[Line]) -> dict[tuple[str, str], Decimal]:
    """The budget after a change, without what became 0. Raises BelowZero."""
    after = dict(funds)
    for line in lines:
        key = (line.fund_level, line.source)
        after[key] = after.get(key, Decimal(0)) + line.amount
        if after[key] < 0:
            raise BelowZero(key, after[key])
    return {key: amount for key, amount in after.items() if amount != 0}


def _has_twice(lines: Sequence[Line]) -> bool:
    return len({(line.fund_level, line.source) for line in lines}) != len(lines)


def _sign_mistake(kind: str, pointer: str, amount: Decimal) -> Mistake | None:
    if amount == 0:
        return Mistake(pointer, "line_zero", "调整金额为 0", "请填写金额，或删去该行")
    if amount < 0 and kind in ("supplement", "carry_over"):
        mend = "要减少预算请用 reduction（调减），在资金之间移动请用 transfer（调剂）"
        return Mistake(pointer, "line_negative", "追加、结转的金额应为正数", mend)
    if amount > 0 and kind == "reduction":
        mend = "请加负号；要增加预算请用 supplement（追加）"
        return Mistake(pointer, "line_positive", "调减的金额应为负数", mend)
    return None
