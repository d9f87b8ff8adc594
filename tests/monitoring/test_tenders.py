"""招标结果: pushed by the budget system, every report kept, and what the prefecture's rule makes of it."""

from typing import Any

import httpx
import pytest

from deploy.keys import ISSUER
from deploy.local import Stack
from tests.monitoring.arranged import expect_404, monitored_goal, open_round, run_rules, warnings_of
from tests.world import World

IMPORTS = "/monitoring/tender-imports"


@pytest.fixture
def chuxiong(stack: Stack, http: httpx.AsyncClient) -> World:
    """A county of 楚雄州, where projects are to begin within a month of their tender."""
    return World(http, stack.var / "keys" / f"{ISSUER}.pem", "532301000")


def tender(project: str, day: str) -> dict[str, Any]:
    """A tender as the budget system pushes it."""
    return {"project_code": project, "fiscal_year": 2023, "tender_on": day}


async def pushed(world: World, *rows: dict[str, Any], **params: Any) -> list[str]:
    """What became of each row."""
    answer = await world.integration.post(IMPORTS, {"items": list(rows)}, params=params)
    assert answer.status_code == 207, answer.text
    return [result["status"] for result in answer.json()["results"]]


async def test_a_tender_is_pushed_repeated_and_corrected(world: World, other_world: World) -> None:
    project = (await monitored_goal(world))["project_code"]
    path = f"/projects/{project}/tenders/2023"
    await expect_404(world.officer, "GET", path)
    assert await pushed(world, tender(project, "2023-04-31")) == ["failed"]
    assert await pushed(world, tender(project, "2023-04-30"), dry_run=True) == ["created"]
    await expect_404(world.officer, "GET", path)
    assert await pushed(world, tender(project, "2023-04-30")) == ["created"]
    assert await pushed(world, tender(project, "2023-04-30")) == ["unchanged"]
    assert await pushed(world, tender(project, "2023-05-04")) == ["updated"]
    await expect_404(world.filler("219002"), "GET", path)
    await expect_404(other_world.officer, "GET", path)
    read = (await world.filler().get(f"/monitoring{path}")).json()
    assert (read["version"], read["tender_on"]) == (2, "2023-05-04")
    assert [one["tender_on"] for one in read["earlier"]] == ["2023-04-30"]


async def test_a_project_without_payment_warns_thirty_and_sixty_days_after_its_tender(
    chuxiong: World,
) -> None:
    project = (await monitored_goal(chuxiong))["project_code"]
    assert await pushed(chuxiong, tender(project, "2023-05-01")) == ["created"]
    monitoring = await open_round(chuxiong)
    found = []
    for as_of in ("2023-04-30", "2023-05-30", "2023-05-31", "2023-06-29", "2023-06-30"):
        await run_rules(chuxiong, monitoring, as_of)
        open_ones = await warnings_of(chuxiong, status="open")
        found.append([one["level"] for one in open_ones if one["rule_id"] == "after-tender"])
    assert found == [[], [], ["yellow"], ["yellow"], ["red"]]
