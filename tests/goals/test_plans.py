"""How the database goes about the figures and lists of one region among others."""

import re
from collections.abc import AsyncIterator
from datetime import date

import asyncpg
import pytest

from services.goals.domain import rules_in_force
from services.goals.queries import coverage, goals
from shared.db import create_pool
from tests.conftest import Databases, service_url
from tests.goals.explaining import Explaining
from tests.goals.library_entries import REGION, caller, first_page
from tests.goals.mass import fill

RULES = rules_in_force.load()
TODAY = date(2023, 3, 1)


@pytest.fixture(scope="module")
async def many(databases: Databases) -> AsyncIterator[Explaining]:
    """A region of 1,000 goals beside one of 60,000, as a district stands in its province."""
    url = await databases.new()
    await fill(url, REGION, 1_000, rows=False)
    await fill(url, "910000002", 60_000, rows=False)
    admin = await asyncpg.connect(url)
    await admin.execute("analyze goals.project_fund")
    await admin.close()
    pool = await create_pool(service_url(url, "goals"), process="test", schema="goals", size=2)
    yield Explaining(pool)
    await pool.close()


def read_whole(plan: str) -> set[str]:
    """The tables a plan reads from end to end, other regions' rows among them."""
    return set(re.findall(r"Seq Scan on (goal|project|project_fund)\b", plan))


async def test_the_rates_of_a_region_read_its_own_rows_once(many: Explaining) -> None:
    found = await coverage.coverage(many, caller(), RULES, fiscal_year=2023, today=TODAY)
    assert found.goal_coverage.denominator == 1_000
    assert read_whole(many.plan) == set()
    assert "SubPlan" not in many.plan
    scans = re.findall(r"Scan.* on (goal|project_fund)\b", many.plan)
    assert sorted(scans) == ["goal", "project_fund"]


@pytest.mark.parametrize("by", ["office", "department", "fund_level"])
async def test_the_rates_of_its_groups_read_no_other_region(many: Explaining, by: str) -> None:
    found = await coverage.coverage_by(many, caller(), RULES, by=by, fiscal_year=2023, today=TODAY)
    assert sum(group.goal_coverage.denominator for group in found.items) == 1_000
    assert read_whole(many.plan) == set()


@pytest.mark.parametrize(
    "asked",
    [
        goals.GoalFilter(),
        goals.GoalFilter(fiscal_year=2023),
        goals.GoalFilter(unit_code="101007"),
        goals.GoalFilter(status="draft"),
    ],
)
async def test_a_list_of_goals_comes_from_an_index_in_its_order(
    many: Explaining, asked: goals.GoalFilter
) -> None:
    page = await goals.list_goals(many, caller(), first_page(), RULES, asked)
    assert page.items
    assert read_whole(many.plan) == set()
    assert not re.search(r"^ *(->)? *Sort\b", many.plan, re.M)
