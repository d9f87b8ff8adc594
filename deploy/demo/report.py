"""What the play prints at its end, from the API's answers; and their comparison with the report."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.demo.acts_summary import YearRead
from deploy.demo.client import PASSWORD, Item
from deploy.demo.data_files import load, published

#: Figure of the annual summary → total of the printed report.
PRINTED_TOTALS = {
    "goal_coverage": "goal_coverage_pct",
    "disclosure": "goal_disclosure_pct",
    "self_evaluation_units": "self_evaluated_units",
    "self_evaluation_projects": "self_evaluated_projects",
    "self_evaluation_amount": "self_evaluated_amount_wan_yuan",
    "key_evaluation_projects": "key_projects",
    "key_evaluation_amount": "key_projects_amount_wan_yuan",
    "key_evaluation_agencies": "key_evaluation_agencies",
    "department_evaluation_units": "department_evaluations",
}


def print_year(console: Console, year: YearRead, document: Path) -> None:
    """The year's figures, the two tables of scores, and what a reader would stumble over."""
    console.print(f"\n[bold]{year.summary['title']}[/bold]")
    console.print(_figures(year))
    console.print(_results("重点项目评价", year.project_results))
    console.print(_results("部门整体评价", year.department_results))
    for note in year.summary["notes"]:
        console.print(f"注：{note['text']}", soft_wrap=True)
    console.print(f"年度总结：{document}", soft_wrap=True)


def print_entrances(console: Console, url: str, log: Path) -> None:
    """Where to go on from here, and as whom."""
    console.print(f"\n接口文档 {url}/docs　OpenAPI {url}/openapi.json　日志 {log}", soft_wrap=True)
    console.print(
        f"以表单 username、password POST {url}/dev/token 登录，密码都是 {PASSWORD}", soft_wrap=True
    )
    users = _table("演示用户", "用户名", "身份")
    for row in load().users:
        if not row["unit_codes"] and row["roles"] != "public":
            users.add_row(row["username"], row["name"])
    users.add_row("u{单位编码}-filler", "单位经办人，如 u101001-filler")
    users.add_row("u{单位编码}-approver", "单位审核人，如 u101001-approver")
    console.print(users)
    console.print("Ctrl-C 结束")


def wrong_figures(year: YearRead) -> list[str]:
    """Every figure that differs from the printed report; empty when all agree."""
    return [
        f"{name}：系统 {shown}，公开材料 {expected}"
        for name, shown, expected in _comparisons(year, published())
        if not _same(shown, expected)
    ]


def _figures(year: YearRead) -> Table:
    table = _table("年度数字", "指标", "数值", "口径")
    rates = {code: year.coverage[code] for code in ("goal_coverage", "disclosure")}
    for figure in year.summary["figures"]:
        if "_grade_" in figure["code"]:
            continue
        value = f"{_grouped(figure['value'])} {figure['unit']}"
        if rate := rates.get(figure["code"]):
            value += f"（{rate['numerator']}/{rate['denominator']}）"
        table.add_row(figure["label"], value, figure["scope"])
    return table


def _grouped(value: str | None) -> str:
    return "—" if value is None else f"{Decimal(value):,}"


def _results(title: str, results: list[Item]) -> Table:
    table = _table(title, "序号", "对象", "单位", "得分", "等级")
    for number, result in enumerate(results, start=1):
        units = dict.fromkeys(subject["unit_name"] for subject in result["subjects"])
        score = f"{Decimal(result['score']).normalize():f}"
        table.add_row(str(number), result["label"], "、".join(units), score, result["grade_label"])
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        right = column in ("数值", "得分")
        table.add_column(column, justify="right" if right else "left", overflow="fold")
    return table


def _comparisons(year: YearRead, report: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Name, what the system says, what the report printed."""
    totals = report["totals"]
    figures = {figure["code"]: figure for figure in year.summary["figures"]}
    for code, total in PRINTED_TOTALS.items():
        figure = figures.get(code, {"label": code, "value": None})
        yield figure["label"], figure["value"], totals[total]
    for part in ("numerator", "denominator"):
        shown = year.coverage["goal_coverage"][part]
        yield f"目标覆盖率 {part}", shown, totals["self_evaluated_projects"]
    yield from _scores(year, report)


def _scores(year: YearRead, report: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    titles = {row["ref"]: row["title"] for row in load().evaluations}
    results = {
        (result["evaluation_title"], result["group_no"]): result
        for result in (*year.project_results, *year.department_results)
    }
    yield "评价得分个数", len(results), len(report["score"])
    for printed in report["score"]:
        name = "、".join(printed["projects"] or printed["units"])
        found = results.get((titles[printed["evaluation"]], printed["group_no"]))
        yield f"{name} 得分", found and found["score"], printed["score"]
        yield f"{name} 等级", found and found["grade_label"], printed["grade"]


def _same(shown: Any, expected: Any) -> bool:
    if shown is None:
        return False
    try:
        return Decimal(str(shown).replace(",", "")) == Decimal(str(expected))
    except ArithmeticError:
        return bool(shown == expected)
