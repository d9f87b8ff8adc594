"""Whether the form is filled in: compulsory contents (C1), names that are names (C16, G6), the
groups it has to have (G2, G5, G9)."""

from collections import Counter
from collections.abc import Iterator, Mapping

from services.goals.domain.coach_sheet import Finding, Line, Sheet, plain, shown, within_places
from services.goals.domain.vocabulary import LEVEL1, LEVEL2, SPENDING_KINDS


def _no_rows(sheet: Sheet) -> Iterator[Finding]:
    if not sheet.content.annual:
        level1 = sheet.form["required_level1"][0]
        yield sheet.finding(
            "C1", "/indicators", "还没有填写年度绩效指标",
            mend=f"请先加一条{LEVEL1[level1]}，写明名称、指标值、单位和权重",
            proposal={"/indicators/-": starter(sheet, level1)},
        )  # fmt: skip


def _names(sheet: Sheet) -> Iterator[Finding]:
    for index, row in enumerate(sheet.content.indicators):
        if sheet.names_something(row.name):
            continue
        pointer = f"/indicators/{index}/name"
        example = _name_example(sheet, row.level1, row.level2)
        if not plain(row.name):
            yield sheet.finding(
                "C1", pointer, f"第 {index + 1} 条指标没有名称",
                mend="请写明考核什么；不需要这一行就删去", example=example,
            )  # fmt: skip
        else:
            yield sheet.finding(
                "C16", pointer, f"“{row.name}”只是数字或日期，看不出考核什么",
                mend="请把数字、日期移到指标值，名称写考核的事项", example=example,
            )  # fmt: skip


def _groups(sheet: Sheet) -> Iterator[Finding]:
    """What is missing; silent while a row is not yet assigned, for it may be the one."""
    rows = sheet.content.annual
    if not rows or any(not row.level1 for row in rows):
        return
    present = {row.level1 for row in rows}
    for level1 in sheet.form["required_level1"]:
        if level1 not in present:
            yield sheet.finding(
                "G2", "/indicators", f"缺少{LEVEL1[level1]}",
                mend=f"请至少填一条{LEVEL1[level1]}",
                proposal={"/indicators/-": starter(sheet, level1)},
            )  # fmt: skip


def _cost(sheet: Sheet) -> Iterator[Finding]:
    kind = sheet.context.spending_kind
    if kind not in sheet.form["cost_required_for"] or not sheet.content.annual:
        return
    if not any("cost" in (row.level1, row.level2) for row in sheet.content.annual):
        yield sheet.finding(
            "G5", "/indicators", f"{SPENDING_KINDS.get(kind or '', '这类')}项目没有成本指标",
            mend="请补一条成本指标，如项目总成本不超过预算、单位造价不超过标准",
            proposal={"/indicators/-": starter(sheet, "cost")},
        )  # fmt: skip


def _quality(sheet: Sheet) -> Iterator[Finding]:
    kinds = {row.level2 for row in sheet.content.annual}
    if "quantity" in kinds and "quality" not in kinds:
        yield sheet.finding(
            "G9", "/indicators", "只有数量指标，没有质量指标",
            mend="请补一条质量指标，如验收合格率，并重新分配权重",
            proposal={"/indicators/-": starter(sheet, "quality")},
        )  # fmt: skip


def _duplicates(sheet: Sheet) -> Iterator[Finding]:
    seen: Counter[tuple[str, str]] = Counter()
    for line in sheet.lines:
        key = (line.row.scope, plain(line.row.name))
        seen[key] += 1
        if seen[key] > 1:
            yield sheet.finding(
                "G6", line.at("name"), f"指标“{line.row.name}”重复",
                mend="考核同一件事就删去一条；考核不同的事请在名称里写出区别",
                example=_distinct(line, seen[key], sheet),
            )  # fmt: skip


CHECKS = (_no_rows, _names, _groups, _cost, _quality, _duplicates)


def starter(sheet: Sheet, kind: str) -> Mapping[str, str]:
    """A row to begin with: named after the project, its figure left to the unit."""
    words = sheet.coach["starters"][kind]
    level1, level2 = _starter_level(sheet, kind)
    row = {
        "scope": "annual",
        "level1": level1,
        "level2": level2,
        "name": words["name"].replace("{project}", sheet.context.project_name or ""),
        "operator": words["operator"],
        "unit_of_measure": words["unit_of_measure"],
    }
    if kind == "cost" and sheet.context.annual_amount is not None:
        row["target_value"] = shown(within_places(sheet.context.annual_amount / 10000))
    return row


def _starter_level(sheet: Sheet, kind: str) -> tuple[str, str]:
    if kind == "cost":
        return sheet.tree.place("output", "cost")
    if kind == "quality":
        return "output", "quality"
    preferred = "social" if kind == "benefit" else next(iter(sheet.tree.levels[kind]))
    return kind, preferred


def _name_example(sheet: Sheet, level1: str | None, level2: str | None) -> str:
    starters = sheet.coach["starters"]
    found = starters.get(level2) or starters.get(level1)
    if found is None:
        return str(sheet.coach["examples"]["name"])
    return str(found["name"].replace("{project}", sheet.context.project_name or ""))


def _distinct(line: Line, count: int, sheet: Sheet) -> str:
    twins = [one for one in sheet.lines if one.name == line.name and one.index != line.index]
    label = LEVEL2.get(line.row.level2 or "", "")
    if label and all(one.row.level2 != line.row.level2 for one in twins):
        return f"{line.row.name}（{label.removesuffix('指标')}）"
    return f"{line.row.name}（第{count}项）"
