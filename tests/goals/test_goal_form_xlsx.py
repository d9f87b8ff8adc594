"""项目支出绩效目标申报表 and 部门整体支出绩效目标申报表 as xlsx: out, edited, and back without a loss."""

import io
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from services.goals.domain.goal_content import OPERATORS, GoalContent, Indicator, Task
from services.goals.domain.indicator_trees import Tree
from services.goals.domain.vocabulary import LEVEL1, LEVEL2
from services.goals.usecases.goal_forms import GoalRead, GoalSheet, form_of, goal_of
from shared.workbooks.fill import fill
from shared.workbooks.layout import Layout
from shared.workbooks.read import read
from tests.goals.goal_sheets import (
    DEPARTMENT,
    PROJECT,
    TREES,
    an_id,
    department_sheet,
    lamps,
    sheet_of,
    twelve_indicators,
    two_tasks,
)

SOFFICE = shutil.which("soffice")
TREE = TREES["goal-form-2021"]

#: What the API takes: no control characters but line ends and tabs, no space around. A file of this
#: format can't hold U+FFFE and U+FFFF.
_CHARACTERS = st.characters(
    exclude_categories=["Cs"],
    exclude_characters={chr(code) for code in range(32)} - set("\n\t") | set("\x7f\ufffe\uffff"),
)
TRICKS = ["=1+1", "+86", "-5", "@a", "＝1", "'=1", "90", "90%", "≥90%", "1,234", "TRUE", "_x0041_"]
TRICKS += ["2023-01-31", "0012", "定性", "😀路灯", "a\nb\tc"]
TEXT = (
    (st.text(_CHARACTERS, min_size=1, max_size=40) | st.sampled_from(TRICKS))
    .map(str.strip)
    .filter(bool)
)
NUMBERS = st.decimals(-(10**13), 10**13, places=4, allow_nan=False) | st.decimals(0, 100, places=2)


@st.composite
def indicators(draw: Callable[[Any], Any], scope: str, tree: Tree) -> Indicator:
    """A row filled in as far as somebody got, but not with nothing."""
    level1 = draw(st.none() | st.sampled_from(list(tree.levels)))
    row = Indicator(
        row_id=draw(st.none() | st.uuids()),
        scope=scope,
        level1=level1,
        level2=draw(st.none() | st.sampled_from(tree.levels[level1])) if level1 else None,
        name=draw(st.none() | TEXT),
        operator=draw(st.none() | st.sampled_from(OPERATORS)),
        target_value=draw(st.none() | NUMBERS),
        target_text=draw(st.none() | TEXT),
        unit_of_measure=draw(st.none() | TEXT),
        weight=draw(st.none() | st.decimals(0, 100, places=2)),
        evidence=draw(st.none() | TEXT),
        scoring_rule=draw(st.none() | TEXT),
        library_id=draw(st.none() | st.uuids()),
    )
    nothing = Indicator(row_id=row.row_id, scope=scope, library_id=row.library_id)
    return replace(row, name="只填了名称") if row == nothing else row


@st.composite
def contents(draw: Callable[[Any], Any], tree: Tree) -> GoalContent:
    """A goal; no row id stands twice."""
    rows = [
        *draw(st.lists(indicators("midterm", tree), max_size=3)),
        *draw(st.lists(indicators("annual", tree), max_size=4)),
    ]
    return GoalContent(
        annual_goal=draw(st.none() | TEXT),
        midterm_goal=draw(st.none() | TEXT),
        indicators=tuple(replace(row, row_id=an_id(at) if row.row_id else None)
                         for at, row in enumerate(rows)),
    )  # fmt: skip


MONEY = st.none() | st.decimals(0, 10**12, places=2)
TASKS = st.builds(Task, TEXT, st.none() | TEXT, MONEY, MONEY)


def exported(layout: Layout, goals: Sequence[GoalSheet], tree: Tree = TREE) -> bytes:
    """The goals as one workbook."""
    return fill(layout, [form_of(layout, goal, tree) for goal in goals])


def imported(layout: Layout, data: bytes) -> list[GoalRead]:
    """The goals a workbook says."""
    reading = read(layout, data)
    assert not reading.errors
    return [goal_of(form) for form in reading.forms]


def edited(data: bytes, edit: Callable[[Any], object]) -> bytes:
    """The workbook after somebody changed its first form and saved it."""
    workbook = load_workbook(io.BytesIO(data))
    edit(workbook.worksheets[1])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def row_named(sheet: Any, name: str) -> int:
    """Where an indicator stands."""
    return int(next(cell.row for cell in sheet["G"] if cell.value == name))


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(sorted(TREES)))
def test_any_goal_comes_back_from_its_form_as_it_was(data: Any, rule_id: str) -> None:
    content = data.draw(contents(TREES[rule_id]))
    (back,) = imported(PROJECT, exported(PROJECT, [sheet_of(content)], TREES[rule_id]))
    assert not back.errors
    assert back.content == content
    assert (back.goal_id, back.version) == (an_id("goal 1"), 2)


@settings(max_examples=25, deadline=None)
@given(contents(TREE), st.lists(TASKS, max_size=4))
def test_any_department_goal_comes_back_from_its_form_as_it_was(
    content: GoalContent, tasks: list[Task]
) -> None:
    annual = tuple(content.annual)
    content = GoalContent(content.annual_goal, indicators=annual, tasks=tuple(tasks))
    (back,) = imported(DEPARTMENT, exported(DEPARTMENT, [department_sheet(content)]))
    assert not back.errors
    assert back.content == content


def test_271_goals_of_a_district_come_back_from_one_workbook_as_they_were() -> None:
    goals = [sheet_of(twelve_indicators(number), number) for number in range(1, 272)]
    back = imported(PROJECT, exported(PROJECT, goals))
    assert [(one.goal_id, one.version, one.content) for one in back] == [
        (goal.goal_id, goal.version, goal.content) for goal in goals
    ]


def test_rows_keep_their_ids_through_sorting_inserting_and_deleting() -> None:
    content = GoalContent(indicators=(lamps(1, scope="midterm"), lamps(2), lamps(3), lamps(4)))

    def edit(sheet: Any) -> None:
        first, last = (row_named(sheet, f"第 {n} 条支路改造路灯数量") for n in (2, 4))
        for column in range(2, 14):  # sorted: hidden columns between the visible ones go along
            upper, lower = sheet.cell(first, column), sheet.cell(last, column)
            upper.value, lower.value = lower.value, upper.value
        sheet.delete_rows(first + 1)
        sheet.insert_rows(first + 1)
        sheet.cell(first + 1, 7).value = "新增的指标"
        midterm = row_named(sheet, "第 1 条支路改造路灯数量")
        sheet.insert_rows(midterm)
        sheet.cell(midterm, 7).value = "新增的中期指标"

    (back,) = imported(PROJECT, edited(exported(PROJECT, [sheet_of(content)]), edit))
    assert [(row.scope, row.row_id, row.name) for row in back.content.indicators] == [
        ("midterm", None, "新增的中期指标"),
        ("midterm", an_id(1), lamps(1).name),
        ("annual", an_id(4), lamps(4).name),
        ("annual", None, "新增的指标"),
        ("annual", an_id(2), lamps(2).name),
    ]


@pytest.mark.parametrize(
    ("operator", "typed", "unit", "expected"),
    [
        ("≥", "95", None, (">=", Decimal(95), None, None)),
        ("≥", 95, "盏", (">=", Decimal(95), None, "盏")),
        ("≥", "95%", None, (">=", Decimal(95), None, "%")),
        ("≥", "９５％", "%", (">=", Decimal(95), None, "%")),
        (None, "≥95%", None, (">=", Decimal(95), None, "%")),
        ("不低于", "≥ 95", "%", (">=", Decimal(95), None, "%")),
        ("≤", "≥95", "%", ("<=", None, "≥95", "%")),
        ("≥", "95 盏", "盏", (">=", Decimal(95), None, "盏")),
        ("≥", "95%", "盏", (">=", None, "95%", "盏")),
        ("≥", "1,200", "户", (">=", Decimal(1200), None, "户")),
        ("定性", "全部移交管护单位", None, ("qualitative", None, "全部移交管护单位", None)),
        ("定性", 100, None, ("qualitative", None, "100", None)),
        ("≥", "按期完成", None, (">=", None, "按期完成", None)),
        ("≥", None, "盏", (">=", None, None, "盏")),
    ],
)
def test_a_target_is_understood_however_it_is_written(
    operator: str | None, typed: object, unit: str | None, expected: tuple[object, ...]
) -> None:
    def edit(sheet: Any) -> None:
        row = row_named(sheet, str(lamps(1).name))
        sheet.cell(row, 8).value, sheet.cell(row, 9).value = operator, typed
        sheet.cell(row, 10).value = unit

    data = edited(exported(PROJECT, [sheet_of(GoalContent(indicators=(lamps(1),)))]), edit)
    (row,) = imported(PROJECT, data)[0].content.indicators
    assert (row.operator, row.target_value, row.target_text, row.unit_of_measure) == expected


def test_a_number_with_more_digits_than_a_spreadsheet_keeps_comes_back_with_its_text() -> None:
    exact = lamps(1, target_value=Decimal("1178622070536.1080"), target_text="0")
    data = exported(PROJECT, [sheet_of(GoalContent(indicators=(exact,)))])
    assert imported(PROJECT, data)[0].content.indicators == (exact,)


def test_a_changed_target_counts_and_the_saved_one_beside_it_does_not() -> None:
    both = lamps(1, target_text="不少于一百盏")
    data = exported(PROJECT, [sheet_of(GoalContent(indicators=(both,)))])
    assert imported(PROJECT, data)[0].content.indicators == (both,)

    def edit(sheet: Any) -> None:
        sheet.cell(row_named(sheet, str(both.name)), 9).value = 150

    (row,) = imported(PROJECT, edited(data, edit))[0].content.indicators
    assert (row.target_value, row.target_text) == (Decimal(150), None)


@pytest.mark.parametrize("damaged", ["{}", "[1]", "x", '["a","b","c"]', '[">=","NaN",null]'])
def test_a_damaged_hidden_target_does_no_harm(damaged: str) -> None:
    def edit(sheet: Any) -> None:
        row = row_named(sheet, str(lamps(1).name))
        sheet.cell(row, 5).value, sheet.cell(row, 4).value = damaged, "不是编号"

    data = edited(exported(PROJECT, [sheet_of(GoalContent(indicators=(lamps(1),)))]), edit)
    (row,) = imported(PROJECT, data)[0].content.indicators
    assert row == lamps(1, library_id=None)


def test_errors_point_into_the_goal_and_name_the_cell_and_what_is_allowed() -> None:
    content = GoalContent(indicators=(lamps(1, scope="midterm"), lamps(2)))

    def edit(sheet: Any) -> None:
        row = row_named(sheet, str(lamps(2).name))
        sheet.cell(row, 2).value = "其他指标"
        sheet.cell(row, 11).value = "二十"

    (back,) = imported(PROJECT, edited(exported(PROJECT, [sheet_of(content)]), edit))
    assert [(error.pointer, error.code, error.cell[0]) for error in back.errors] == [
        ("/indicators/1/level1", "choice_unknown", "B"),
        ("/indicators/1/weight", "number_expected", "K"),
    ]
    assert "、".join(LEVEL1.values()) in back.errors[0].mend
    assert back.cells["/indicators/1/weight"] == back.errors[1].cell


def test_a_task_without_a_name_is_an_error() -> None:
    def edit(sheet: Any) -> None:
        sheet.cell(8, 2).value = None

    goal = department_sheet(GoalContent(tasks=two_tasks()))
    (back,) = imported(DEPARTMENT, edited(exported(DEPARTMENT, [goal]), edit))
    assert [(e.pointer, e.code, e.cell) for e in back.errors] == [
        ("/tasks/0/name", "task_name_missing", "B8")
    ]


@pytest.mark.parametrize("rule_id", TREES)
def test_drop_downs_offer_the_levels_of_the_years_tree(rule_id: str) -> None:
    tree = TREES[rule_id]
    data = exported(PROJECT, [sheet_of(twelve_indicators())], tree)
    lists = {
        str(one.formula1)
        for one in load_workbook(io.BytesIO(data)).worksheets[1].data_validations.dataValidation
    }
    assert '"{}"'.format(",".join(LEVEL1[code] for code in tree.levels)) in lists
    second = [two for row in tree.levels.values() for two in row]
    assert '"{}"'.format(",".join(LEVEL2[code] for code in second)) in lists
    assert '"≥,＞,＝,＜,≤,定性"' in lists


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_a_form_saved_by_libreoffice_comes_back_as_it_was(tmp_path: Path) -> None:
    odd = lamps(3, name="=1+1", target_value=Decimal("99.5"), unit_of_measure="%", weight=None)
    content = GoalContent("第一行\n第二行", "中期", (lamps(1, scope="midterm"), lamps(2), odd))
    source = tmp_path / "goals.xlsx"
    source.write_bytes(exported(PROJECT, [sheet_of(content)]))
    subprocess.run(
        [str(SOFFICE), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
         "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", tmp_path / "saved", source],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    (back,) = imported(PROJECT, (tmp_path / "saved" / "goals.xlsx").read_bytes())
    assert not back.errors
    assert back.content == content
