"""指标值 held against what is known: last year's actual (G8), the library's range (C5), the money
of the year (C9)."""

from collections.abc import Iterator
from decimal import Decimal

from services.goals.domain.coach_sheet import (
    Finding,
    LibraryRange,
    Line,
    PastRow,
    Sheet,
    holds,
    plain,
    shown,
    within_places,
)

_YUAN = {"元": Decimal(1), "万": Decimal(10**4), "万元": Decimal(10**4), "亿元": Decimal(10**8)}


def _last_year(sheet: Sheet) -> Iterator[Finding]:
    past = {plain(row.name): row for row in sheet.context.last_year}
    for line in sheet.annual:
        before = past.get(plain(line.row.name))
        if before is None or before.actual_value is None or not _comparable(line, before):
            continue
        if said := _against(sheet, line, before.actual_value):
            unit = line.row.unit_of_measure or ""
            yield sheet.finding(
                "G8", line.at("target_value"),
                f"“{line.row.name}”{said}（上年实际 {shown(before.actual_value)}{unit}）",
                mend="请参照上年实际确定指标值；任务量或标准确有变化的，在目标中说明原因",
            )  # fmt: skip


def _comparable(line: Line, before: PastRow) -> bool:
    return line.quantitative and plain(before.unit_of_measure) == plain(line.row.unit_of_measure)


def _against(sheet: Sheet, line: Line, actual: Decimal) -> str | None:
    target = line.row.target_value or Decimal(0)
    downward = line.row.operator in ("<=", "<") or sheet.lower_is_better(line.name)
    best = Decimal(0) if downward else Decimal(100)
    if target == actual:
        at_best = target == best and (downward or sheet.is_ratio(line.name))
        return None if at_best else "与上年实际相同，看不出今年的努力"
    if (target > actual) is downward:
        return f"定为 {shown(target)}，比上年实际还差"
    most = Decimal(sheet.coach["jump_percent"])
    if actual and abs(target - actual) / abs(actual) * 100 > most:
        return f"定为 {shown(target)}，与上年实际相差超过 {shown(most)}%"
    return None


def _library(sheet: Sheet) -> Iterator[Finding]:
    for line in sheet.lines:
        usual = _entry(sheet, line)
        if (
            usual is None
            or not line.quantitative
            or plain(usual.unit) != plain(line.row.unit_of_measure)
        ):
            continue
        if bound := _beyond(line, usual):
            yield sheet.finding(
                "C5", line.at("target_value"),
                f"“{line.row.name}”定为 {shown(line.row.target_value or Decimal(0))}，"
                f"不及指标库“{usual.name}”的通行水平 {shown(bound)}",
                mend="请按通行水平确定；有特殊情况可以保留，审核时请说明",
                proposal={line.at("target_value"): shown(bound)},
            )  # fmt: skip


def _entry(sheet: Sheet, line: Line) -> LibraryRange | None:
    chosen = line.row.library_id
    if chosen is None:
        return None
    return sheet.context.library.get(chosen) or sheet.context.library.get(str(chosen))


def _beyond(line: Line, usual: LibraryRange) -> Decimal | None:
    """The end of the usual range that the target falls short of."""
    target = line.row.target_value
    if target is None:
        return None
    if (usual.operator or line.row.operator) in ("<=", "<"):
        high = usual.target_high
        return high if high is not None and target > high else None
    low = usual.target_low
    return low if low is not None and target < low else None


def _budget(sheet: Sheet) -> Iterator[Finding]:
    amount = sheet.context.annual_amount
    if amount is None or amount <= 0:
        return
    costs = [(line, yuan) for line in sheet.annual if (yuan := _cost(line)) is not None]
    for line, yuan in costs:
        if yuan > amount:
            yield sheet.finding(
                "C9", line.at("target_value"),
                f"“{line.row.name}”为 {_wan(yuan)}，超过本年资金 {_wan(amount)}（各级资金合计）",
                mend="成本上限不应高于预算；请核对金额与单位（元、万元）",
                proposal={line.at("target_value"): shown(_in_unit(amount, line))},
            )  # fmt: skip
    whole = [(line, yuan) for line, yuan in costs if not _per_unit(sheet, line)]
    total = sum((yuan for _, yuan in whole), Decimal(0))
    floor = Decimal(sheet.coach["cost_floor_percent"])
    if whole and total * 100 < amount * floor:
        yield sheet.finding(
            "C9", whole[0][0].at("target_value"),
            f"成本指标合计 {_wan(total)}，不到本年资金 {_wan(amount)}（各级资金合计）的 {shown(floor)}%",
            mend="请核对单位（元、万元）；只考核其中一部分支出的，请补一条总成本指标",
        )  # fmt: skip


CHECKS = (_last_year, _library, _budget)


def _cost(line: Line) -> Decimal | None:
    """An upper limit of cost in yuan; None for unit costs per head and for other rows."""
    row = line.row
    if "cost" not in (row.level1, row.level2) or row.operator not in ("<=", "<", "="):
        return None
    factor = _YUAN.get(plain(row.unit_of_measure))
    return None if factor is None or row.target_value is None else row.target_value * factor


def _per_unit(sheet: Sheet, line: Line) -> bool:
    return holds(line.name, sheet.coach["costs"]["per_unit"])


def _in_unit(amount: Decimal, line: Line) -> Decimal:
    return within_places(amount / _YUAN[plain(line.row.unit_of_measure)])


def _wan(yuan: Decimal) -> str:
    return f"{shown(yuan / 10000)} 万元"
