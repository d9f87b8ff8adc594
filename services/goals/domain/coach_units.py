"""计量单位: present (G3), fitting the name and the figure (C12)."""

from collections.abc import Iterator

from services.goals.domain.coach_sheet import Finding, Line, Sheet, ends, holds, plain, shown


def _missing(sheet: Sheet) -> Iterator[Finding]:
    for line in sheet.lines:
        if not line.quantitative or plain(line.row.unit_of_measure):
            continue
        known = sheet.unit_of(line.row.name or "")
        yield sheet.finding(
            "G3", line.at("unit_of_measure"), f"“{line.row.name}”没有计量单位",
            mend=f"请填写单位{f' {known}' if known else '，如 户、平方米、%'}",
            example=known or sheet.coach["units"]["by_level"].get(line.row.level2, "个"),
            proposal={line.at("unit_of_measure"): known} if known else None,
        )  # fmt: skip


def _unfit(sheet: Sheet) -> Iterator[Finding]:
    units = sheet.coach["units"]
    for line in sheet.lines:
        unit = plain(line.row.unit_of_measure)
        if not line.quantitative or not unit:
            continue
        is_share = unit in units["ratio_units"]
        if sheet.is_ratio(line.name) and not is_share and "/" not in unit:
            yield _other_unit(sheet, line, "%", "是比率")
        elif is_share and not sheet.is_ratio(line.name) and holds(line.name, units["counts"]):
            yield _other_unit(sheet, line, sheet.unit_of(line.row.name or "") or "个", "是数量")


def _other_unit(sheet: Sheet, line: Line, fitting: str, because: str) -> Finding:
    row = line.row
    return sheet.finding(
        "C12", line.at("unit_of_measure"),
        f"“{row.name}”{because}，单位却是“{row.unit_of_measure}”",
        mend=f"请把单位改为 {fitting} 并核对数值；或改名，使名称与单位相符",
        example=fitting,
    )  # fmt: skip


def _fraction(sheet: Sheet) -> Iterator[Finding]:
    """A spreadsheet keeps 90% as 0.9; beside the unit % that is ninety times too little."""
    for line in sheet.lines:
        row, value = line.row, line.row.target_value
        if value is None or row.operator not in (">=", ">", "=") or not 0 < value <= 1:
            continue
        share = plain(row.unit_of_measure) in ("%", "百分比")
        if share and ends(line.name, sheet.coach["units"]["capped"]):
            meant = shown(value * 100)
            yield sheet.finding(
                "C12", line.at("target_value"),
                f"“{row.name}”单位是 %，指标值却是 {shown(value)}，像是把 {meant}% 写成了小数",
                mend=f"请填 {meant}；确实是 {shown(value)}% 的可以保留",
                example=meant,
                proposal={line.at("target_value"): meant},
            )  # fmt: skip


CHECKS = (_missing, _unfit, _fraction)
