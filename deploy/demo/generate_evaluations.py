"""The evaluations by agencies: who is scored together, and sheets that sum to the printed score."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from deploy.demo.generate_files import Row, cents, plain, ratio_score, read_toml
from deploy.demo.generate_projects import Project
from deploy.demo.generate_units import Unit

SCORING_COLUMNS = (
    "evaluation", "group_no", "level1", "level2", "name", "weight", "method", "operator",
    "target_value", "actual_value", "points_met", "points_total", "basis", "synthetic",
)  # fmt: skip

_SOLVED = "?"
_HEADER = """\
# 由 python -m deploy.demo.generate 生成。分组和被评价对象与公开材料印出的表一致；
# 标题、合同号（engagement）和项目编码为示例数据。评分行见 scoring_rows.csv，得分不在本文件里。
"""


@dataclass(frozen=True)
class Sheet:
    evaluation: str
    group_no: int
    label: str
    published: Decimal
    units: list[str]
    projects: list[str]
    rows: list[Row]


def build_sheets() -> list[Sheet]:
    catalogue = read_toml("catalogue/sheets.toml")
    groups = {group["key"]: group for group in catalogue["group"]}
    sheets = [
        _sheet(score, groups[f"{score['evaluation']}/{score['group_no']}"], catalogue["rows"])
        for score in read_toml("published_2023.toml")["score"]
    ]
    return sorted(sheets, key=lambda sheet: (sheet.evaluation, sheet.group_no))


def scoring_rows(sheets: list[Sheet]) -> Iterator[Row]:
    for sheet in sheets:
        yield from sheet.rows


def evaluations_toml(sheets: list[Sheet], units: list[Unit], projects: list[Project]) -> str:
    unit_codes = {unit.name: unit.code for unit in units}
    project_codes = {project.name: project.code for project in projects}
    parts = [_HEADER]
    for evaluation in read_toml("catalogue/sheets.toml")["evaluation"]:
        parts.append(_evaluation(evaluation))
        members = [sheet for sheet in sheets if sheet.evaluation == evaluation["ref"]]
        parts += [_group(sheet, unit_codes, project_codes) for sheet in members]
    return "\n".join(parts)


def _sheet(score: dict[str, Any], group: dict[str, Any], catalogue: dict[str, Any]) -> Sheet:
    common = "project" if score["kind"] == "project" else "department"
    losses: dict[str, list[str]] = group["losses"]
    lines = [*catalogue[common], *catalogue[group["rows"]]]
    if unknown := set(losses) - {line[2] for line in lines}:
        raise ValueError(f"{group['key']}: {sorted(unknown)}")
    rows = [
        _row(line, losses.get(line[2]), score["evaluation"], score["group_no"]) for line in lines
    ]
    return Sheet(
        evaluation=score["evaluation"],
        group_no=score["group_no"],
        label=group["label"],
        published=Decimal(score["score"]),
        units=score["units"],
        projects=score["projects"],
        rows=_solve(rows, Decimal(score["score"])),
    )


def _row(line: list[Any], loss: list[str] | None, evaluation: str, group_no: int) -> Row:
    level1, level2, name, weight, operator, aim, *default, evidence = line
    reached, why = loss or [str(default[0] if default else aim), "符合要求"]
    checklist = operator == "checklist"
    return {
        "evaluation": evaluation,
        "group_no": str(group_no),
        "level1": level1,
        "level2": level2,
        "name": name,
        "weight": weight,
        "method": "checklist" if checklist else "ratio",
        "operator": "" if checklist else operator,
        "target_value": "" if checklist else str(aim),
        "actual_value": "" if checklist else reached,
        "points_met": reached if checklist else "",
        "points_total": str(aim) if checklist else "",
        "basis": f"{evidence}：{why}（示例数据）",
        "synthetic": "true",
    }


def _solve(rows: list[Row], published: Decimal) -> list[Row]:
    """Fills the one open row with the reading that brings the rule total to the printed score."""
    known = sum((_score(row) for row in rows if not _open(row)), Decimal(0))
    return [_closed(row, published - known) if _open(row) else row for row in rows]


def _open(row: Row) -> bool:
    return _SOLVED in (row["actual_value"], row["points_met"])


def _score(row: Row) -> Decimal:
    weight = Decimal(row["weight"])
    if row["method"] == "checklist":
        return cents(weight * int(row["points_met"]) / int(row["points_total"]))
    target, actual = Decimal(row["target_value"]), Decimal(row["actual_value"])
    return ratio_score(row["operator"], target, actual, weight)


def _closed(row: Row, score: Decimal) -> Row:
    weight = Decimal(row["weight"])
    if row["method"] == "checklist":
        met = score * int(row["points_total"]) / weight
        closed = row | {"points_met": plain(met)}
    else:
        actual = cents(Decimal(row["target_value"]) * score / weight)
        closed = row | {"actual_value": plain(actual)}
    if not 0 < score < weight or _score(closed) != score:
        raise ValueError(f"{row['evaluation']}/{row['group_no']} {row['name']}: {score}")
    return closed


def _evaluation(evaluation: dict[str, Any]) -> str:
    return (
        "[[evaluation]]\n"
        f'ref = "{evaluation["ref"]}"\n'
        f'kind = "{evaluation["kind"]}"\n'
        "fiscal_year = 2023\n"
        f'title = "{evaluation["title"]}"\n'
        f'engagement = "{evaluation["engagement"]}"\n'
        "synthetic = true\n"
    )


def _group(sheet: Sheet, unit_codes: dict[str, str], project_codes: dict[str, str]) -> str:
    lines = ["[[evaluation.group]]", f"group_no = {sheet.group_no}", f'label = "{sheet.label}"']
    lines.append("subjects = [")
    for unit in sheet.units:
        subject = f'unit_code = "{unit_codes[unit]}"'
        codes = [f'project_code = "{project_codes[name]}", ' for name in sheet.projects] or [""]
        lines += [f"  {{ {code}{subject} }}," for code in codes]
    return "\n".join([*lines, "]", ""])
