"""Where a row stands: level chosen (C1), second level under its first (G2), and whether the name
says that it belongs elsewhere (C3): 满意度 under benefit, 合格率 under quantity."""

from collections.abc import Iterator

from services.goals.domain.coach_sheet import Finding, Line, Sheet, ends, holds
from services.goals.domain.vocabulary import LEVEL1, LEVEL2


def _chosen(sheet: Sheet) -> Iterator[Finding]:
    for line in sheet.lines:
        row = line.row
        if row.level1 and row.level2:
            continue
        missing = "level2" if row.level1 else "level1"
        level1, level2 = place = _place(sheet, line)
        known = _named_place(sheet, line) is not None or bool(row.level2)
        yield sheet.finding(
            "C1", line.at(missing), f"“{row.name}”没有选{'二级' if row.level1 else '一级'}指标",
            mend="请选择它考核的是哪一类：做了多少选数量，做得怎样选质量，何时做完选时效，带来什么选效益",
            example=LEVEL2[level2] if row.level1 else LEVEL1[level1],
            proposal=_move(line, place) if known else None,
        )  # fmt: skip


def _combination(sheet: Sheet) -> Iterator[Finding]:
    for line in sheet.lines:
        row = line.row
        if not (row.level1 and row.level2) or sheet.tree.holds(row.level1, row.level2):
            continue
        level1, level2 = place = _place(sheet, line)
        yield sheet.finding(
            "G2", line.at("level2"),
            f"{LEVEL1.get(row.level1, row.level1)}下没有{LEVEL2.get(row.level2, row.level2)}",
            mend=f"请改到{LEVEL1[level1]}的{LEVEL2[level2]}，或另选一个对应的二级指标",
            example=LEVEL2[level2],
            proposal=_move(line, place),
        )  # fmt: skip


def _by_name(sheet: Sheet) -> Iterator[Finding]:
    for line in sheet.lines:
        row = line.row
        if not sheet.tree.holds(row.level1, row.level2):
            continue
        place = _named_place(sheet, line) or _counted_place(sheet, line)
        if place and place != (row.level1, row.level2):
            yield _misplaced(sheet, line, place)
        elif row.level1 == "satisfaction" and not holds(
            line.name, sheet.coach["satisfaction"]["words"]
        ):
            yield _misplaced(sheet, line, ("benefit", "social"))


def _misplaced(sheet: Sheet, line: Line, place: tuple[str, str]) -> Finding:
    label, here = LEVEL2[place[1]], LEVEL2[line.row.level2 or ""]
    return sheet.finding(
        "C3", line.at("level2"), f"“{line.row.name}”像是{label}，却填在{here}",
        mend=f"请改到{LEVEL1[place[0]]}的{label}；确属{here}的，请在名称里写清",
        example=label,
        proposal=_move(line, place),
    )  # fmt: skip


CHECKS = (_chosen, _combination, _by_name)


def _named_place(sheet: Sheet, line: Line) -> tuple[str, str] | None:
    """The place the name's ending asks for, when the row stands where that is a mistake."""
    for words in sheet.coach["level_words"]:
        if not ends(line.name, words["endings"]) or holds(line.name, words["unless"]):
            continue
        if line.row.level2 is None or line.row.level2 in words["mistaken_under"]:
            level1, _, level2 = words["level"].partition("/")
            return sheet.tree.place(level1, level2)
    return None


def _counted_place(sheet: Sheet, line: Line) -> tuple[str, str] | None:
    """Quality that is counted in pieces is quantity; an upper limit or a zero is not a count."""
    counted = sheet.coach["counted"]
    row = line.row
    if row.level2 != "quality" or holds(line.name, counted["unless"]):
        return None
    counts = row.operator in (">=", ">", "=") and (row.target_value or 0) > 0
    return ("output", "quantity") if counts and row.unit_of_measure in counted["units"] else None


def _place(sheet: Sheet, line: Line) -> tuple[str, str]:
    """The likeliest place: by name, by the second level alone, else the first of its group."""
    row = line.row
    if named := _named_place(sheet, line):
        return named
    moved = sheet.tree.place(row.level1 or "", row.level2 or "")
    if sheet.tree.holds(*moved):
        return moved
    for level1, below in sheet.tree.levels.items():
        if row.level2 and row.level2 in below:
            return level1, row.level2
    level1 = row.level1 if row.level1 and row.level1 in sheet.tree.levels else "output"
    return level1, sheet.tree.levels[level1][0]


def _move(line: Line, place: tuple[str, str]) -> dict[str, str]:
    return {line.at("level1"): place[0], line.at("level2"): place[1]}
