"""Every reachable state × role × action on the live stack: what `allowed_actions` offers is taken,
everything else is refused and leaves the goal as it was."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count, product
from typing import Any, TypeAlias
from uuid import uuid4

import httpx
import pytest

from services.goals.access import action_of
from services.goals.domain.goal_states import Status, Step
from shared.auth import Role
from tests.goals.adjusted import MORE, approve, opened, pending_change, read, resubmitted
from tests.world import Person, World, batch_order, created, goal_draft

Goal: TypeAlias = dict[str, Any]

#: `service` never comes from outside.
ROLES = [role for role in Role if role is not Role.SERVICE]
ACTIONS = [action_of(step) for step in Step]
GRADES = {
    Status.RETURNED: "fair",
    Status.IMPROVING: "good",
    Status.REVIEWED: "excellent",
    Status.REJECTED: "poor",
}
REASON = {"reason": "理由（示例）"}


@dataclass(frozen=True)
class State:
    """What decides the steps a goal is open to."""

    status: Status
    approved: bool
    disclosed: bool

    def __str__(self) -> str:
        """For the name of a test."""
        force = ("-in-force" if self.approved else "") + ("-published" if self.disclosed else "")
        return f"{self.status}{force}"


#: What is approved has a version in force, and only a version in force is published.
STATES = [
    State(status, approved, disclosed)
    for status, approved, disclosed in product(Status, (False, True), (False, True))
    if (approved or not disclosed) and (approved or status is not Status.APPROVED)
]
_units = count(1)


async def arranged(world: World, state: State) -> Goal:
    """A goal in the state, in a unit of its own; a change of its budget waits once it is approved."""
    unit = f"219{next(_units) % 1000:03d}"
    project = await world.project(unit=unit)
    if not state.approved:
        return await first_round(world, unit, project, state.status)
    goal = await world.approved_goal(unit=unit, project=project)
    if state.disclosed:
        created(await disclosing(world.approver(unit), goal))
        goal = await read(world.officer, goal)
    change = await pending_change(world, project)
    if state.status is not Status.APPROVED:
        goal = await second_round(world, await opened(world, goal, change), state.status)
    return goal | {"change": change["id"]}


async def first_round(world: World, unit: str, project: str, status: Status) -> Goal:
    """A goal no version of which is in force."""
    if status is Status.DRAFT:
        return await world.goal(unit=unit, project=project)
    return await judged(world, await world.submitted_goal(unit=unit, project=project), status)


async def second_round(world: World, goal: Goal, status: Status) -> Goal:
    """An adjustment under way."""
    return goal if status is Status.DRAFT else await judged(
        world, await resubmitted(world, goal), status
    )  # fmt: skip


async def judged(world: World, goal: Goal, status: Status) -> Goal:
    """A submitted goal, with the review that leads to the status."""
    if status is Status.SUBMITTED:
        return goal
    judged = await world.step(world.officer, goal, "reviews", {"grade": GRADES[status]} | REASON)
    if status is not Status.IMPROVING:
        return judged
    path, change = f"/goals/goals/{goal['id']}", {"midterm_goal": "逐年完善（示例）"}
    improved = await world.filler(goal["unit_code"]).patch(path, change, version=judged["version"])
    return dict(improved.json())


async def disclosing(person: Person, goal: Goal) -> httpx.Response:
    """The unit's publication."""
    return await person.post(
        "/goals/disclosures",
        {
            "fiscal_year": 2023,
            "unit_code": goal["unit_code"],
            "url": "https://example.invalid/2023",
            "disclosed_on": "2023-02-15",
        },
    )


async def drafting(person: Person, goal: Goal) -> httpx.Response:
    """Another goal of the same project and year."""
    return await person.post("/goals/goals", goal_draft(goal["project_code"]))


async def revising(person: Person, goal: Goal) -> httpx.Response:
    """A change of the form."""
    path = f"/goals/goals/{goal['id']}"
    return await person.patch(path, {"annual_goal": MORE}, version=goal["version"])


async def approving(person: Person, goal: Goal) -> httpx.Response:
    """A batch of this goal alone."""
    return await person.post("/goals/approval-batches", batch_order(goal_ids=[goal["id"]]))


async def adjusting(person: Person, goal: Goal) -> httpx.Response:
    """An adjustment to the change that waits, or to none."""
    order = {"budget_change_id": goal.get("change") or str(uuid4())} | REASON
    return await stepping("adjustments", order)(person, goal)


Probe: TypeAlias = Callable[[Person, Goal], Awaitable[httpx.Response]]


def stepping(step: str, body: dict[str, Any]) -> Probe:
    """A step of the goal as read."""

    async def probe(person: Person, goal: Goal) -> httpx.Response:
        path = f"/goals/goals/{goal['id']}/{step}"
        return await person.post(path, body, version=goal["version"])

    return probe


PROBES: dict[str, Probe] = {
    "goal.draft": drafting,
    "goal.revise": revising,
    "goal.submit": stepping("submissions", {}),
    "goal.recall": stepping("recalls", REASON),
    "goal.review": stepping("reviews", {"grade": "excellent"}),
    "goal.withdraw_review": stepping("review-withdrawals", REASON),
    "goal.approve": approving,
    "goal.adjust": adjusting,
    "goal.cancel_adjustment": stepping("adjustment-cancellations", REASON),
    "goal.disclose": disclosing,
    "goal.exempt": stepping("disclosure-exemptions", REASON),
}
REFUSALS = {
    (403, "forbidden"),
    (409, "goal_state_forbids"),
    (409, "goal_exists"),
    (409, "nothing_to_approve"),
    (409, "nothing_to_disclose"),
}


def someone(world: World, role: Role, goal: Goal) -> Person:
    """Someone with the role, in the goal's unit if the role is a unit's."""
    return world.person(role, unit=goal["unit_code"], agency="91640104DEM0000112")


async def offered(world: World, goal: Goal, role: Role) -> set[str]:
    """The actions the service offers to the role; none to one that may not even read."""
    answer = await someone(world, role, goal).get(f"/goals/goals/{goal['id']}")
    assert answer.status_code in (200, 403), answer.text
    return set(answer.json()["allowed_actions"]) if answer.status_code == 200 else set()


async def is_refused(world: World, goal: Goal, role: Role, action: str) -> None:
    """The role's attempt fails, because of the role or of the state."""
    answer = await PROBES[action](someone(world, role, goal), goal)
    said = (answer.status_code, answer.json()["code"])
    assert said in REFUSALS, (role, action, answer.text)


async def is_taken(world: World, state: State, role: Role, action: str) -> None:
    """The role's attempt on a goal in this state succeeds and changes it."""
    goal = await arranged(world, state)
    answer = await PROBES[action](someone(world, role, goal), goal)
    assert answer.status_code in (200, 201), (role, action, answer.text)
    after = await read(world.officer, goal)
    assert after["version"] > goal["version"]


@pytest.mark.parametrize("state", STATES, ids=str)
async def test_exactly_what_is_offered_can_be_done(world: World, state: State) -> None:
    goal = await arranged(world, state)
    before = await read(world.officer, goal)
    offers = {(role, action) for role in ROLES for action in await offered(world, goal, role)}
    refused = set(product(ROLES, ACTIONS)) - offers
    assert offers | refused == set(product(ROLES, ACTIONS))  # nothing is offered that is no action
    for action in ACTIONS:
        await asyncio.gather(
            *(is_refused(world, goal, role, one) for role, one in refused if one == action)
        )
    assert await read(world.officer, goal) == before
    for role, action in sorted(offers):
        await is_taken(world, state, role, action)


def test_no_state_role_or_action_is_missing() -> None:
    assert set(PROBES) == set(ACTIONS)
    assert len({(state.status, state.approved, state.disclosed) for state in STATES}) == 20
    assert {state.status for state in STATES if not state.approved} == set(GRADES) | {
        Status.DRAFT,
        Status.SUBMITTED,
    }
    assert {state.status for state in STATES if state.approved} == set(Status)
    assert len(STATES) * len(ROLES) * len(ACTIONS) == 20 * 10 * 11


async def test_an_exempt_goal_is_open_to_what_a_published_one_is(world: World) -> None:
    published = await arranged(world, State(Status.APPROVED, approved=True, disclosed=True))
    exempt = await arranged(world, State(Status.APPROVED, approved=True, disclosed=False))
    exempt = await world.step(world.reviewer, exempt, "disclosure-exemptions", REASON)
    for role in ROLES:
        assert await offered(world, exempt, role) == await offered(world, published, role)
    answer = await disclosing(world.approver(exempt["unit_code"]), exempt)
    assert answer.json()["code"] == "nothing_to_disclose"


async def test_a_superseded_publication_is_no_publication_of_the_new_version(
    world: World,
) -> None:
    goal = await arranged(world, State(Status.REVIEWED, approved=True, disclosed=True))
    assert "goal.disclose" not in await offered(world, goal, Role.UNIT_APPROVER)
    await approve(world, goal)
    assert "goal.disclose" in await offered(world, goal, Role.UNIT_APPROVER)


async def test_a_stale_version_is_told_before_the_state_and_after_the_role(world: World) -> None:
    goal = await arranged(world, State(Status.REVIEWED, approved=False, disclosed=False))
    stale = goal | {"version": goal["version"] + 1}
    for action in ACTIONS:
        if action in ("goal.draft", "goal.approve", "goal.disclose"):
            continue  # they name no version
        said = [
            (await PROBES[action](someone(world, role, stale), stale)).status_code for role in ROLES
        ]
        assert sorted(set(said)) == [403, 412], action
        assert said.count(412) == 1, action
