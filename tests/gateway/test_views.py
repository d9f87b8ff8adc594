"""Views over several services, and the one description of all of them."""

import re
from collections import Counter
from typing import Any

import pytest

from gateway.openapi import merged
from shared.auth import Role
from tests.gateway.conftest import Entrance


async def test_work_waits_in_the_services_that_answer_and_the_silent_are_named(
    entrance: Entrance,
) -> None:
    answer = await entrance.client.get("/api/v1/work-items", headers=entrance.bearer())
    assert answer.status_code == 200
    assert [(item["service"], item["count"]) for item in answer.json()["items"]] == [("goals", 2)]
    silent = {part["service"]: part["reason"] for part in answer.json()["unavailable"]}
    assert set(silent) == {"monitoring", "evaluation"}
    assert all(silent.values())


async def test_a_service_slower_than_the_patience_of_the_view_is_named(
    impatient: Entrance,
) -> None:
    impatient.goals.work_seconds = 1
    try:
        answer = await impatient.client.get("/api/v1/work-items", headers=impatient.bearer())
    finally:
        impatient.goals.work_seconds = 0
    assert (answer.status_code, answer.json()["items"]) == (200, [])
    assert "goals" in {part["service"] for part in answer.json()["unavailable"]}


async def test_only_those_who_run_it_see_how_the_services_look(entrance: Entrance) -> None:
    assert (
        await entrance.client.get("/ops/upstreams", headers=entrance.bearer())
    ).status_code == 403
    answer = await entrance.client.get("/ops/upstreams", headers=entrance.bearer(Role.OPERATOR))
    assert {up["service"]: up["ready"] for up in answer.json()["items"]} == {
        "goals": True,
        "monitoring": False,
        "evaluation": False,
    }


async def test_the_gateway_is_ready_though_a_service_is_not(entrance: Entrance) -> None:
    assert (await entrance.client.get("/readyz")).status_code == 200


async def test_the_documentation_page_fetches_nothing_from_outside(entrance: Entrance) -> None:
    page = (await entrance.client.get("/docs")).text
    assert not re.search(r"(?:https?:)?//(?!\s|\s*`)[a-z]", page.replace("<!DOCTYPE html>", ""))
    assert "validatorUrl" in page
    for asset in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert (await entrance.client.get(asset)).status_code == 200, asset


async def test_the_description_names_who_did_not_answer(entrance: Entrance) -> None:
    document = (await entrance.client.get("/openapi.json")).json()
    assert "monitoring" in document["info"]["description"]
    assert "/api/v1/me" in document["paths"]


def described(schema: str) -> dict[str, Any]:
    """A service's document, small."""
    ref = {"$ref": f"#/components/schemas/{schema}"}
    content = {"content": {"application/json": {"schema": ref}}}
    operation = {"operationId": "list_events", "responses": {"200": content}, "tags": ["feed"]}
    return {
        "paths": {
            "/events": {"get": operation},
            "/livez": {"get": operation},
            "/ops/parked-events": {"get": operation},
        },
        "webhooks": {f"fact-of-{schema}": {"post": {**operation, "operationId": schema}}},
        "components": {"schemas": {schema: {"type": "object"}, "ProblemOut": {"type": "object"}}},
    }


def own() -> dict[str, Any]:
    """The gateway's own document, small."""
    path = {"get": {"operationId": "get_me", "responses": {}}}
    return {"openapi": "3.1.0", "info": {"title": "问效"}, "paths": {"/api/v1/me": path}}


def refs_in(node: Any) -> list[str]:
    """Every reference in a document."""
    if isinstance(node, dict):
        here = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return here + [ref for value in node.values() for ref in refs_in(value)]
    return [ref for value in node for ref in refs_in(value)] if isinstance(node, list) else []


def test_every_reference_in_the_merged_description_leads_somewhere() -> None:
    document = merged(
        own(), {"goals": described("Goal"), "monitoring": described("Form")}, missing=[]
    )
    for ref in refs_in(document):
        node = document
        for part in ref.removeprefix("#/").split("/"):
            node = node[part]
    assert set(document["components"]["schemas"]) == {
        "goals_Goal", "goals_ProblemOut", "monitoring_Form", "monitoring_ProblemOut",
    }  # fmt: skip


def test_no_two_operations_of_the_merged_description_share_an_id() -> None:
    document = merged(
        own(), {"goals": described("Goal"), "monitoring": described("Form")}, missing=[]
    )
    ids = Counter(
        operation["operationId"]
        for section in ("paths", "webhooks")
        for item in document[section].values()
        for operation in item.values()
    )
    assert set(ids.values()) == {1}
    assert "list_events_goals" in ids


@pytest.mark.parametrize("path", ["/api/v1/goals/livez", "/api/v1/goals/ops/parked-events"])
def test_what_only_operations_need_is_not_described_to_everyone(path: str) -> None:
    assert path not in merged(own(), {"goals": described("Goal")}, missing=[])["paths"]
