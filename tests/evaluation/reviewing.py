"""Plans of re-reviews, arranged and carried out on the live stack."""

from datetime import timedelta
from typing import Any

import httpx

from shared import clock
from tests.evaluation.builders import (
    FORMS,
    YEAR,
    approved_project,
    filled_form,
    opened_forms,
    review,
    submit,
)
from tests.world import Person, World, created

PLANS = "/evaluation/recheck-plans"
TODAY = clock.business_day(clock.now())


async def sent_forms(world: World, *amounts: str) -> list[dict[str, Any]]:
    """A form sent in for each amount of county money, each of a unit of its own."""
    projects = [
        await approved_project(
            world,
            unit=f"21900{number}",
            funds=[{"fund_level": "county", "amount": amount}],
        )
        for number, amount in enumerate(amounts, start=1)
    ]
    forms = await opened_forms(world, *projects)
    return [created(await submit(world, await filled_form(world, form))) for form in forms]


def plan_order(engagement_id: str | None = None, **changes: Any) -> dict[str, Any]:
    """A plan to look at all forms of the year, by the bureau unless an agency is engaged."""
    return {
        "fiscal_year": YEAR,
        "title": "2023 年自评复审（示例）",
        "reviewer": "agency" if engagement_id else "bureau",
        "engagement_id": engagement_id,
        "method": "all",
        "due_on": (TODAY + timedelta(days=10)).isoformat(),
    } | changes


async def planned(world: World, engagement_id: str | None = None, **changes: Any) -> dict[str, Any]:
    """A plan as made."""
    return created(await world.officer.post(PLANS, plan_order(engagement_id, **changes)))


async def items(person: Person, path: str, **asked: Any) -> list[dict[str, Any]]:
    """The rows of a list."""
    answer = await person.get(path, **asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def work(person: Person) -> list[tuple[str, int, str]]:
    """Kind, count and day of what waits; behind each stands a list of as many rows."""
    found = await items(person, "/evaluation/work-items")
    for item in found:
        listed = await person.send("GET", item["href"].removeprefix("/api/v1"))
        rows = listed.json()["items"]
        assert len(rows) == item["count"]
        assert all(item["action"] in row["allowed_actions"] for row in rows)
    return [(item["kind"], item["count"], item["due_on"]) for item in found]


async def check(
    person: Person, form: dict[str, Any], engagement_id: str | None = None, **changes: Any
) -> httpx.Response:
    """Someone re-reviews the form as read."""
    body = review(engagement_id, **changes)
    return await person.post(f"{FORMS}/{form['id']}/rechecks", body, version=form["version"])
