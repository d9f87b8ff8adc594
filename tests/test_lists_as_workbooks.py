"""Every list can be taken along: the workbook holds what the list lists, for whoever asks."""

from datetime import date, datetime
from inspect import signature
from io import BytesIO
from typing import Any, get_origin

import httpx
import pytest
from fastapi.routing import APIRoute
from python_calamine import CalamineWorkbook

from services.evaluation.routes import ALL as EVALUATION
from services.evaluation.schemas.titles import TITLES as titles
from services.goals.routes import ALL as GOALS
from services.goals.schemas.titles import TITLES as goals_titles
from services.monitoring.routes import ALL as MONITORING
from services.monitoring.schemas.titles import TITLES as monitoring_titles
from shared.exports import columns_of, row_of
from shared.fields import Out
from tests.monitoring.arranged import monitored_goal, open_round, pay, run_rules
from tests.world import Person, World

PATHS = sorted(
    (f"/{service}{route.path}", "fiscal_year" in signature(route.endpoint).parameters)
    for service, routers in (
        ("goals", GOALS),
        ("monitoring", MONITORING),
        ("evaluation", EVALUATION),
    )
    for router in routers
    for route in router.routes
    if isinstance(route, APIRoute) and route.path.endswith(".xlsx") and "{" not in route.path
)


#: What a list can't be asked for without.
NEEDED = {
    "/goals/coverage-projects.xlsx": {"metric": "goal_coverage", "part": "denominator"},
    "/monitoring/execution-statistics.xlsx": {"by": "unit"},
}
#: Statistics say their total even when there is nothing to add up.
WITH_TOTAL = {"/monitoring/execution-statistics.xlsx"}


async def workbook(person: Person, path: str, **asked: Any) -> tuple[list[str], list[list[Any]]]:
    """The lines above the table, and the table with its header."""
    answer = await person.get(path, **asked)
    assert answer.status_code == 200, answer.text
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    return [str(row[0]) for row in rows[:3]], [list(row) for row in rows[3:-1]]


async def every(person: Person, path: str, **asked: Any) -> list[dict[str, Any]]:
    """All rows of the list, page by page."""
    rows: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        more = {} if cursor is None else {"cursor": cursor}
        page = (await person.get(path, limit=2, **asked, **more)).json()
        rows += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return rows


def as_shown(value: Any) -> Any:
    """A value of the JSON list as the workbook shows it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else value


#: What a person who takes a list along has no use for: keys, versions, what stands in the row as a list.
LEFT_OUT = {
    "agency_id", "allowed_actions", "attention", "basis_id", "budget_change_id", "colours",
    "content_href",
    "decisions", "denominator", "dimensions", "engagement_id", "evaluation_id", "findings",
    "form_version", "full_form_hrefs", "funds", "goal_id", "grade_changes", "id", "kind",
    "lead_gaps", "lines", "numerator", "outcomes", "plan_id", "problems", "receipt",
    "receipt_href", "receipt_hrefs", "rectification_href", "rectification_id", "request_id",
    "rows_href", "run_id", "scope", "selection", "self_evaluation_id", "self_evaluation_ids",
    "subjects", "updated_at", "version", "violations", "warning_id", "warnings",
}  # fmt: skip


def exported() -> list[tuple[str, type, dict[str, str]]]:
    """Path, row and titles of each list that has a workbook."""
    services = ((GOALS, goals_titles), (MONITORING, monitoring_titles), (EVALUATION, titles))
    found = []
    for routers, named in services:
        every = (route for router in routers for route in router.routes)
        routes = {route.path: route for route in every if isinstance(route, APIRoute)}
        for path, route in routes.items():
            if f"{path}.xlsx" in routes:
                answer = route.response_model
                found += [
                    (path, row_of(answer, name), named)
                    for name, field in answer.model_fields.items()
                    if get_origin(field.annotation) is list
                ]
    return found


@pytest.mark.parametrize(("path", "row", "named"), exported(), ids=lambda part: str(part)[:40])
def test_every_field_is_a_column_or_left_out_on_purpose(
    path: str, row: type[Out], named: dict[str, str]
) -> None:
    shown = {column.attribute for column in columns_of(row, named)}
    assert shown
    codes = {field.removesuffix("_label") for field in shown}
    assert row.model_fields.keys() - shown - codes - LEFT_OUT == set()


def test_the_lists_an_office_takes_along_are_there() -> None:
    assert len(PATHS) >= 18
    assert "/monitoring/warnings.xlsx" in dict(PATHS)


@pytest.mark.parametrize("path", dict(PATHS))
async def test_a_stranger_gets_no_workbook(world: World, path: str) -> None:
    assert (await world.stranger.get(path)).status_code == 401


@pytest.mark.parametrize(("path", "by_year"), PATHS)
async def test_an_empty_list_is_a_workbook_without_rows(
    world: World, path: str, by_year: bool
) -> None:
    asked = {**({"fiscal_year": 2023} if by_year else {}), **NEEDED.get(path, {})}
    heading, table = await workbook(world.officer, path, **asked)
    assert world.region_code in heading[1]
    assert len(table) == (2 if path in WITH_TOTAL else 1)
    assert all(table[0])


async def test_the_warnings_of_a_round_cell_by_cell(world: World, other_world: World) -> None:
    goals = [await monitored_goal(world, unit=unit) for unit in ("219001", "219001", "219002")]
    await pay(world, goals[0]["project_code"], ("400000.00", "2023-06-01"))
    await monitored_goal(other_world)
    monitoring = await open_round(world)
    await run_rules(world, monitoring)
    asked = {"round_id": monitoring["id"], "level": "red"}
    heading, [header, *table] = await workbook(world.officer, "/monitoring/warnings.xlsx", **asked)
    rows = await every(world.officer, "/monitoring/warnings", **asked)
    assert (heading[0], len(table)) == ("预警", len(rows))
    assert "等级：red" in heading[2]
    for name, field in (
        ("项目编码", "project_code"), ("单位名称", "unit_name"), ("等级", "level_label"),
        ("事由", "reason"), ("会计年度", "fiscal_year"), ("逾期", "overdue"),
    ):  # fmt: skip
        column = [line[header.index(name)] for line in table]
        assert column == [as_shown(row[field]) for row in rows]
    due = [line[header.index("应回应日")] for line in table]
    assert due == [date.fromisoformat(row["answer_due_on"]) for row in rows]
    assert all(isinstance(line[header.index("发出时间")], datetime) for line in table)

    _, own = await workbook(world.filler("219002"), "/monitoring/warnings.xlsx", **asked)
    assert {line[header.index("单位编码")] for line in own[1:]} == {"219002"}
    elsewhere = await other_world.officer.get("/monitoring/warnings.xlsx", **asked)
    _, none = table_of(elsewhere)
    assert none == []


async def test_money_is_numbers_and_what_is_not_there_is_404_before_a_file_begins(
    world: World, other_world: World
) -> None:
    goal = await monitored_goal(world)
    await pay(world, goal["project_code"], ("400000.50", "2023-06-01"))
    asked = {"fiscal_year": 2023, "as_of": "2023-07-31"}
    _, [header, line] = await workbook(world.officer, "/monitoring/executions.xlsx", **asked)
    shown = dict(zip(header, line, strict=True))
    assert (shown["预算（元）"], shown["累计支付（元）"]) == (1000000, 400000.5)
    assert (shown["执行率（%）"], shown["截止日"]) == (40, date(2023, 7, 31))
    monitoring = await open_round(world)
    path = f"/monitoring/monitoring-rounds/{monitoring['id']}/project-colours.xlsx"
    assert (await world.officer.get(path)).status_code == 200
    refused = await other_world.officer.get(path)
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert (await world.officer.get("/monitoring/warnings.xlsx", level="mauve")).status_code == 400


async def test_statistics_are_taken_along_with_their_total_and_scope(world: World) -> None:
    for unit, amount in (("219001", "400000.50"), ("219002", "100000.00")):
        goal = await monitored_goal(world, unit=unit)
        await pay(world, goal["project_code"], (amount, "2023-06-01"))
    asked = {"fiscal_year": 2023, "as_of": "2023-07-31", "by": "unit"}
    path = "/monitoring/execution-statistics"
    heading, [header, *lines] = await workbook(world.officer, f"{path}.xlsx", **asked)
    answer = (await world.officer.get(path, **asked)).json()
    assert answer["scope"] in heading[2]
    paid = [line[header.index("累计支付（元）")] for line in lines]
    assert paid == [float(row["paid"]) for row in [*answer["groups"], answer["total"]]]
    assert paid == [400000.5, 100000, 500000.5]
    months = {**asked, "by": "month"}
    _, [header, *lines] = await workbook(world.officer, f"{path}.xlsx", **months)
    answer = (await world.officer.get(path, **months)).json()
    assert [line[header.index("月份")] for line in lines] == [m["month"] for m in answer["months"]]


def table_of(answer: httpx.Response) -> tuple[list[Any], list[list[Any]]]:
    """Header and rows of a workbook."""
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    header, *rows = book.get_sheet_by_index(0).to_python()[3:-1]
    return list(header), [list(row) for row in rows]
