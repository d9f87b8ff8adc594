"""What is read of 20,000 goals goes by an index, page by page, and stays inside its region; both with
the values asked and as the prepared statement that serves the thousandth request."""

import base64
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import orjson
import pytest
from starlette.requests import Request
from starlette.responses import Response

from services.goals.domain import rules_in_force
from services.goals.queries import coverage, goals
from services.goals.queries.goals import GoalFilter
from shared.auth import Caller, Principal, Reach, Role
from shared.db import create_pool
from shared.pages import PageRequest
from tests.conftest import Databases, service_url
from tests.goals.many_goals import GOALS, LARGE, Asked, Node, fill_three_regions, nodes, scans

RULES = rules_in_force.load()
TODAY = date(2023, 3, 1)
OFFICER = Caller(Principal("o", "o", frozenset({Role.FINANCE_OFFICER}), LARGE), Reach.REGION)
UNIT = Caller(Principal("u", "u", frozenset({Role.UNIT_FILLER}), LARGE, ("101007",)), Reach.UNITS)
#: Goals 1, 2, 3, … have these ids.
FAR = f"01a00000-0000-7000-8000-{GOALS // 2:012x}"

BIG = ("goal", "project", "project_fund", "approved_budget")
BY_INDEX = ("Index Scan", "Index Only Scan")
SORTS = ("Sort", "Incremental Sort")
BOUNDS = ("Index Cond", "Recheck Cond", "Filter")


@pytest.fixture(scope="module")
async def many(databases: Databases) -> AsyncIterator[Asked]:
    """A database of its own with three regions."""
    url = await databases.new()
    await fill_three_regions(url)
    pool = await create_pool(service_url(url, "goals"), process="test", schema="goals", size=2)
    yield Asked(pool)
    await pool.close()


def page(*after: object) -> PageRequest:
    """The first page, or the one behind these keys."""
    cursor = base64.urlsafe_b64encode(orjson.dumps(list(after))).decode() if after else None
    scope = {"type": "http", "path": "/goals", "query_string": b"", "headers": []}
    return PageRequest(Request(scope), Response(), 50, cursor)


#: A filter alone → the index its pages walk.
LISTS: list[tuple[dict[str, Any], str]] = [
    ({}, "pk_goal"),
    ({"fiscal_year": 2023}, "ix_goal_region_code_fiscal_year_id"),
    ({"unit_code": "101007"}, "ix_goal_region_code_unit_code_id"),
    ({"department_code": "10102"}, "pk_goal"),
    ({"office": "行财室（示例）"}, "pk_goal"),
    ({"officer": "officer-3"}, "pk_goal"),
    ({"kind": "project"}, "pk_goal"),
    ({"status": "submitted"}, "ix_goal_region_code_status_id"),
    ({"status": "approved"}, "ix_goal_region_code_status_id"),
    ({"disclosed": True}, "ix_goal_region_code_disclosed"),
    ({"disclosed": False}, "ix_goal_region_code_to_disclose"),
    ({"queue": True}, "ix_goal_region_code_review_queue"),
    ({"queue": True, "status": "submitted"}, "ix_goal_region_code_review_queue"),
]


def walks(plan: Node, index: str) -> Node:
    """The one node that reads goals: in the order of the index, so that a page sorts nothing."""
    (scan,) = scans(plan, "goal")
    assert (scan["Node Type"], scan["Index Name"]) == ("Index Scan", index)
    assert [node["Node Type"] for node in nodes(plan) if node["Node Type"] in SORTS] == []
    assert {node["Node Type"] for node in scans(plan, "project")} == {"Index Scan"}
    return scan


@pytest.mark.parametrize(("asked", "index"), LISTS, ids=str)
async def test_the_first_page_of_a_list_walks_an_index(
    many: Asked, asked: dict[str, Any], index: str
) -> None:
    found = await goals.list_goals(many, OFFICER, page(), RULES, GoalFilter(**asked))
    assert (len(found.items), found.next_cursor is None) == (50, False)
    async for plan in many.plans():
        walks(plan, index)


@pytest.mark.parametrize(("asked", "index"), LISTS, ids=str)
async def test_a_page_far_behind_begins_where_the_last_one_ended(
    many: Asked, asked: dict[str, Any], index: str
) -> None:
    after = (1, FAR) if asked.get("queue") else (FAR,)
    found = await goals.list_goals(many, OFFICER, page(*after), RULES, GoalFilter(**asked))
    assert len(found.items) == 50
    async for plan in many.plans():
        begins = walks(plan, index)["Index Cond"]
        assert ("ROW(attention, id) >" if asked.get("queue") else "(id >") in begins


async def test_a_projects_goals_are_looked_up_and_its_few_years_sorted(many: Asked) -> None:
    wanted = GoalFilter(project_code="64010423T000000000777")
    found = await goals.list_goals(many, OFFICER, page(), RULES, wanted)
    assert len(found.items) == 1
    async for plan in many.plans():
        (scan,) = scans(plan, "goal")
        assert scan["Index Name"] == "ix_goal_region_code_project_code"
        assert "project_code" in scan["Index Cond"]


async def test_a_department_goal_is_looked_for_by_an_index(many: Asked) -> None:
    found = await goals.list_goals(many, OFFICER, page(), RULES, GoalFilter(kind="department"))
    assert found.items == []
    async for plan in many.plans():
        assert {scan["Node Type"] for scan in scans(plan, "goal")} == {"Index Scan"}


async def test_a_units_own_list_is_read_by_an_index(many: Asked) -> None:
    found = await goals.list_goals(many, UNIT, page(), RULES, GoalFilter())
    assert {goal.unit_code for goal in found.items} == {"101007"}
    async for plan in many.plans():
        (scan,) = scans(plan, "goal")
        assert scan["Node Type"] == "Index Scan"


async def test_each_filter_lists_what_it_says(many: Asked) -> None:
    for disclosed, years in ((True, {2020, 2021}), (False, {2022, 2023})):
        found = await goals.list_goals(
            many, OFFICER, page(), RULES, GoalFilter(disclosed=disclosed)
        )
        assert {goal.status for goal in found.items} == {"approved"}
        assert {goal.fiscal_year for goal in found.items} == years
    queue = await goals.list_goals(many, OFFICER, page(), RULES, GoalFilter(queue=True))
    assert {(goal.status, goal.attention) for goal in queue.items} == {("submitted", 0)}


def reads_each_big_table_once(plan: Node) -> None:
    """No second look at a big table, none outside the region, and none per project without an
    index; four fund levels may each look once more."""
    for table in BIG:
        (scan,) = scans(plan, table)
        bounds = " ".join(scan.get(bound, "") for bound in BOUNDS)
        assert "region_code" in bounds, (table, bounds)
    for loop in (node for node in nodes(plan) if node["Node Type"] == "Nested Loop"):
        outer, inner = loop["Plans"]
        if outer["Node Type"] == "Function Scan":
            continue
        repeated = [scan for table in BIG for scan in scans(inner, table)]
        assert all(scan["Node Type"] in BY_INDEX for scan in repeated), repeated


async def test_the_years_coverage_reads_each_big_table_once(many: Asked) -> None:
    found = await coverage.coverage(many, OFFICER, RULES, fiscal_year=2023, today=TODAY)
    assert found.goal_coverage.denominator == GOALS // 4
    assert 0 < found.goal_coverage.numerator < GOALS // 4
    async for plan in many.plans():
        reads_each_big_table_once(plan)


@pytest.mark.parametrize(("by", "count"), [("office", 2), ("department", 5), ("fund_level", 1)])
async def test_coverage_by_group_reads_each_big_table_once(
    many: Asked, by: str, count: int
) -> None:
    found = await coverage.coverage_by(many, OFFICER, RULES, by=by, fiscal_year=2023, today=TODAY)
    assert len(found.items) == count
    assert sum(group.goal_coverage.denominator for group in found.items) == GOALS // 4
    async for plan in many.plans():
        reads_each_big_table_once(plan)


@pytest.mark.parametrize(
    ("metric", "part"),
    [("goal_coverage", "denominator"), ("goal_coverage", "missing"), ("disclosure", "missing"),
     ("disclosure", "late")],
)  # fmt: skip
async def test_the_lists_behind_coverage_read_each_big_table_once(
    many: Asked, metric: str, part: str
) -> None:
    for paging in (page(), page("64010423T000000010000")):
        found = await coverage.covered_projects(
            many, OFFICER, paging, RULES, fiscal_year=2023, metric=metric, part=part,
            today=TODAY, group={},
        )  # fmt: skip
        assert len(found.items) == 50
        async for plan in many.plans():
            reads_each_big_table_once(plan)
