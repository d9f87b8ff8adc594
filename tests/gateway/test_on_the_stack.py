"""What the gateway composes when the real services stand behind it."""

from collections import Counter
from typing import Any

import httpx

from tests.gateway.test_views import refs_in
from tests.world import World


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Every operation and webhook of a document."""
    return [
        operation
        for section in ("paths", "webhooks")
        for item in document[section].values()
        for operation in item.values()
    ]


async def test_one_document_describes_every_service(http: httpx.AsyncClient) -> None:
    document = (await http.get("/openapi.json")).json()
    assert "暂缺" not in document["info"]["description"]
    assert {"/api/v1/me", "/api/v1/goals/goals", "/dev/token"} <= set(document["paths"])
    assert "cn.wenxiao.goal.approved.v1" in document["webhooks"]
    assert not [path for path in document["paths"] if "/ops/" in path and path != "/ops/upstreams"]


async def test_no_two_operations_share_an_id(http: httpx.AsyncClient) -> None:
    document = (await http.get("/openapi.json")).json()
    ids = Counter(operation["operationId"] for operation in operations(document))
    assert [name for name, count in ids.items() if count > 1] == []


async def test_every_reference_leads_somewhere(http: httpx.AsyncClient) -> None:
    document = (await http.get("/openapi.json")).json()
    known = {
        f"#/components/{section}/{name}"
        for section, parts in document["components"].items()
        for name in parts
    }
    assert set(refs_in(document)) <= known


async def test_a_project_is_seen_with_its_goal_through_the_year(world: World) -> None:
    goal = await world.approved_goal()
    path = f"/projects/{goal['project_code']}/lifecycle"
    seen = await world.officer.get(path, fiscal_year=2023)
    assert seen.status_code == 200
    assert seen.json()["unavailable"] == []
    assert seen.json()["project"]["code"] == goal["project_code"]
    assert seen.json()["goal"]["id"] == goal["id"]


async def test_a_project_that_is_not_there_or_not_yours_has_no_lifecycle(
    world: World, other_world: World
) -> None:
    code = await world.project()
    path = f"/projects/{code}/lifecycle"
    assert (await other_world.officer.get(path, fiscal_year=2023)).status_code == 404
    assert (await world.filler("219002").get(path, fiscal_year=2023)).status_code == 404
    assert (await world.filler("219001").get(path, fiscal_year=2023)).status_code == 200


async def test_work_of_all_services_waits_in_one_list(world: World) -> None:
    await world.submitted_goal()
    answer = await world.officer.get("/work-items")
    assert answer.json()["unavailable"] == []
    assert "goals" in {item["service"] for item in answer.json()["items"]}
