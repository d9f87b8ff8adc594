"""The demo prints what the API answers; the printed report serves for comparison alone."""

import ast
from pathlib import Path
from typing import Any

import pytest

from deploy.demo import report
from deploy.demo.acts_summary import YearRead
from deploy.demo.data_files import load, published

PLAY = Path(report.__file__).parent


def figure(code: str, value: str) -> dict[str, Any]:
    return {"code": code, "label": code, "value": value, "unit": "", "scope": ""}


def result(score: dict[str, Any]) -> dict[str, Any]:
    titles = {row["ref"]: row["title"] for row in load().evaluations}
    return {
        "evaluation_title": titles[score["evaluation"]],
        "group_no": score["group_no"],
        "label": "、".join(score["projects"] or score["units"]),
        "score": score["score"],
        "grade_label": score["grade"],
        "subjects": [{"unit_name": name} for name in score["units"]],
    }


def year_as_printed() -> YearRead:
    printed = published()
    totals = printed["totals"]
    projects = totals["self_evaluated_projects"]
    rate = {"numerator": projects, "denominator": projects}
    results = {
        kind: [result(score) for score in printed["score"] if score["kind"] == kind]
        for kind in ("project", "department")
    }
    figures = [figure(code, str(totals[name])) for code, name in report.PRINTED_TOTALS.items()]
    return YearRead(
        coverage={"goal_coverage": rate, "disclosure": rate},
        summary={"figures": figures},
        project_results=results["project"],
        department_results=results["department"],
        document=b"",
    )


def names_used_in(function: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}


def test_a_year_that_says_what_was_printed_has_no_wrong_figure() -> None:
    assert report.wrong_figures(year_as_printed()) == []


@pytest.mark.parametrize("code", report.PRINTED_TOTALS)
def test_each_total_that_differs_from_the_printed_one_is_named(code: str) -> None:
    year = year_as_printed()
    changed = next(item for item in year.summary["figures"] if item["code"] == code)
    changed["value"] = "1.5"
    assert [line for line in report.wrong_figures(year) if line.startswith(code)]


def test_a_total_the_summary_does_not_have_is_named() -> None:
    year = year_as_printed()
    year.summary["figures"].pop()
    assert len(report.wrong_figures(year)) == 1


@pytest.mark.parametrize(("field", "value"), [("score", "89.01"), ("grade_label", "中")])
def test_each_score_and_grade_that_differs_is_named(field: str, value: str) -> None:
    for number in range(len(year_as_printed().project_results)):
        year = year_as_printed()
        year.project_results[number][field] = value
        assert len(report.wrong_figures(year)) == 1


def test_a_missing_score_is_named() -> None:
    year = year_as_printed()
    year.department_results.pop()
    assert len(report.wrong_figures(year)) == 3


def test_only_the_comparison_reads_the_printed_figures() -> None:
    readers = {
        (path.name, function.name)
        for path in PLAY.glob("*.py")
        if not path.name.startswith("generate")
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        and "published" in names_used_in(function)
    }
    assert readers == {("report.py", "wrong_figures")}
