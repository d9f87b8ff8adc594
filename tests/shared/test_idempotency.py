"""A repeated POST gets the first answer and does nothing; a crash forgets key and effect together."""

import asyncio
from collections import Counter

import pytest

from shared.auth import Role
from tests.world import World, created, goal_draft


async def test_a_repeat_gets_the_stored_answer_and_no_second_goal(world: World) -> None:
    body = goal_draft(await world.project())
    first = await world.filler().post("/goals/goals", body, key="once")
    again = await world.filler().post("/goals/goals", body, key="once")
    assert again.status_code == first.status_code == 201
    assert again.content == first.content
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotency-replayed"] == "true"
    assert len((await world.officer.get("/goals/goals")).json()["items"]) == 1


async def test_the_key_may_be_quoted_as_a_structured_field(world: World) -> None:
    body = goal_draft(await world.project())
    await world.filler().post("/goals/goals", body, key="once")
    again = await world.filler().post("/goals/goals", body, key='"once"')
    assert again.headers["idempotency-replayed"] == "true"


async def test_a_repeat_with_the_first_etag_gets_the_first_answer(world: World) -> None:
    goal = await world.goal()
    path = f"/goals/goals/{goal['id']}/submissions"
    first = await world.approver().post(path, {}, key="send", version=1)
    again = await world.approver().post(path, {}, key="send", version=1)
    assert (again.status_code, again.content) == (201, first.content)


async def test_the_same_key_with_another_request_is_refused(world: World) -> None:
    project = await world.project()
    created(await world.filler().post("/goals/goals", goal_draft(project), key="once"))
    other = goal_draft(project, annual_goal="另一段目标文字。")
    answer = await world.filler().post("/goals/goals", other, key="once")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


async def test_another_persons_key_is_another_key(world: World) -> None:
    body = goal_draft(await world.project())
    await world.filler().post("/goals/goals", body, key="once")
    colleague = world.person(Role.UNIT_FILLER, unit="219001", name="colleague")
    answer = await colleague.post("/goals/goals", body, key="once")
    assert answer.json()["code"] == "goal_exists"


async def test_a_refused_request_leaves_its_key_free(world: World) -> None:
    project = await world.project()
    bad = goal_draft(project, annual_goal="")
    assert (await world.filler().post("/goals/goals", bad, key="k")).status_code == 422
    assert (await world.filler().post("/goals/goals", goal_draft(project), key="k")).is_success


async def test_of_twenty_at_once_one_works_and_nobody_waits(world: World) -> None:
    body = goal_draft(await world.project())
    filler = world.filler()
    answers = await asyncio.gather(
        *(filler.post("/goals/goals", body, key="rush") for _ in range(20))
    )
    counts = Counter(answer.status_code for answer in answers)
    assert counts[201] >= 1
    assert set(counts) <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert all(a.headers["retry-after"] == "1" for a in answers if a.status_code == 409)
    assert len((await world.officer.get("/goals/goals")).json()["items"]) == 1


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "idempotency_key_missing"),
        ('""', "idempotency_key_missing"),
        ("x" * 256, "malformed_request"),
    ],
)
async def test_a_missing_or_unusable_key_is_refused(world: World, key: str, code: str) -> None:
    body = goal_draft(await world.project())
    answer = await world.filler().send(
        "POST", "/goals/goals", json=body, headers={"idempotency-key": key}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, code)
