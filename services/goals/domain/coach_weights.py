"""权重: each above zero and together what the form prescribes (G1), groups as usual (C2)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal

from services.goals.domain.coach_sheet import Finding, Line, Sheet, holds, shown
from services.goals.domain.goal_content import Indicator
from services.goals.domain.vocabulary import LEVEL1


def _each(sheet: Sheet) -> Iterator[Finding]:
    for line in sheet.annual:
        weight = line.row.weight
        if weight is not None and weight > 0:
            continue
        share = shown(_share(sheet))
        yield sheet.finding(
            "C1" if weight is None else "G1",
            line.at("weight"),
            f"“{line.row.name}”没有填权重" if weight is None else "权重应大于 0",
            mend="请填写权重：越重要越高；不考核的指标请删去",
            example=share,
            proposal={line.at("weight"): share},
        )


def _total(sheet: Sheet) -> Iterator[Finding]:
    """The sum; silent while a weight is missing, because that is the fault to mend first."""
    rows = sheet.content.annual
    if not rows or any(row.weight is None or row.weight <= 0 for row in rows):
        return
    total = sum((row.weight or Decimal(0) for row in rows), Decimal(0))
    due = Decimal(sheet.form["weight_total"])
    if total != due:
        execution = f"（预算执行率另占 {shown(100 - due)}）" if due < 100 else "（含预算执行率）"
        yield sheet.finding(
            "G1", "/indicators", f"年度指标权重合计为 {shown(total)}，应为 {shown(due)}{execution}",
            mend=f"{_execution_missing(sheet, due - total)}请把各指标权重调整到合计 {shown(due)}；"
            "可按现有比例一次折算",
            proposal=_scaled(sheet, due),
        )  # fmt: skip


def _groups(sheet: Sheet) -> Iterator[Finding]:
    """Groups against the usual weights, once the sum is right and every row has its place."""
    rows = sheet.content.annual
    if not rows or any(row.weight is None or not row.level1 for row in rows):
        return
    if len(list(sheet.annual)) < len(rows):
        return
    if sum(row.weight or 0 for row in rows) != sheet.form["weight_total"]:
        return
    have = _sums(rows, sheet.coach["costs"]["execution"])
    usual = _usual(sheet.form, set(have))
    off = [one for one in have if one in usual and have[one] != usual[one]]
    if off:
        said = "、".join(f"{LEVEL1[one]} {shown(have[one])}（通行 {usual[one]}）" for one in off)
        yield sheet.finding(
            "C2", "/indicators", f"权重与通行设置不同：{said}",
            mend="没有特别理由请按通行权重分配；有理由可以保留，审核时请说明",
            proposal=_regrouped(sheet, usual) if set(usual) == set(have) else None,
        )  # fmt: skip


CHECKS = (_each, _total, _groups)


def _execution_missing(sheet: Sheet, gap: Decimal) -> str:
    """A form of 100 points that lacks just the 10 of execution has probably lost that row."""
    words = sheet.coach["costs"]["execution"]
    listed = any(holds(row.name or "", words) for row in sheet.content.annual)
    whole = sheet.form["weight_total"] == 100
    return f"漏列{words[0]}（10 分）的请补一行；否则" if whole and gap == 10 and not listed else ""


def _usual(form: Mapping[str, Mapping[str, int]], present: set[str]) -> dict[str, int]:
    """What the present groups usually weigh: without satisfaction its points go to benefit."""
    without_cost = form.get("usual_weights_without_cost", {}) if "cost" not in present else {}
    usual = dict(without_cost or form["usual_weights"])
    if "satisfaction" not in present and "benefit" in usual:
        usual["benefit"] += usual.pop("satisfaction", 0)
    return usual


def _sums(rows: Sequence[Indicator], execution: Sequence[str]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        if not holds(row.name or "", execution):
            sums[row.level1 or ""] += row.weight or 0
    return sums


def _share(sheet: Sheet) -> Decimal:
    """What is left for each row without a weight; the average when nothing is left."""
    rows = sheet.content.annual
    known = [row.weight for row in rows if row.weight is not None and row.weight > 0]
    due = Decimal(sheet.form["weight_total"])
    left = (due - sum(known, Decimal(0))) / (len(rows) - len(known))
    return _rounded(left if left > 0 else due / len(rows))


def _rounded(weight: Decimal) -> Decimal:
    step = Decimal(1) if weight >= 1 else Decimal("0.01")
    return max(weight.quantize(step, ROUND_FLOOR), Decimal("0.01"))


def _scaled(sheet: Sheet, due: Decimal) -> dict[str, str]:
    rows = [(i, row) for i, row in enumerate(sheet.content.indicators) if row.scope == "annual"]
    shares = apportioned([row.weight or Decimal(1) for _, row in rows], due)
    return {
        f"/indicators/{index}/weight": shown(share)
        for (index, _), share in zip(rows, shares, strict=True)
    }


def _regrouped(sheet: Sheet, usual: Mapping[str, int]) -> dict[str, str]:
    edits: dict[str, str] = {}
    for level1, due in usual.items():
        lines = [line for line in _counted(sheet) if line.row.level1 == level1]
        shares = apportioned([line.row.weight or Decimal(1) for line in lines], Decimal(due))
        edits |= {
            line.at("weight"): shown(share) for line, share in zip(lines, shares, strict=True)
        }
    return edits


def _counted(sheet: Sheet) -> list[Line]:
    execution = sheet.coach["costs"]["execution"]
    return [line for line in sheet.annual if not holds(line.row.name or "", execution)]


def apportioned(weights: Sequence[Decimal], due: Decimal) -> list[Decimal]:
    """Split `due` in proportion to the weights (all > 0), in whole points where there are enough;
    every share stays above zero and they sum to `due` exactly (largest remainder)."""
    if not weights:
        return []
    step = Decimal(1) if due >= 2 * len(weights) else Decimal("0.01")
    total, units = sum(weights, Decimal(0)), int(due / step)
    exact = [weight * units / total for weight in weights]
    whole = [max(1, int(share)) for share in exact]
    while (rest := units - sum(whole)) != 0:
        move = 1 if rest > 0 else -1
        gap = [move * (want - have) for want, have in zip(exact, whole, strict=True)]
        open_to = [i for i, have in enumerate(whole) if have + move >= 1]
        whole[max(open_to, key=lambda i: gap[i])] += move
    return [share * step for share in whole]
