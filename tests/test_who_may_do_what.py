"""Every route × every role: the stranger is 401, the role without the action 403, and a new route
appears here by itself."""

from collections.abc import Iterator
from importlib import import_module
from itertools import product
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st

from deploy.topology import SERVICES
from shared.auth import Allowed, Policy, Principal, Reach, Resource, Role, permit, reach_of
from shared.feed_routes import feed_routes
from tests.world import World

#: The one thing the public reads, answered without signing in when the region is named.
PUBLIC = {"/published-goals"}


def policy_of(name: str) -> Policy:
    """A service's table."""
    policy: Policy = import_module(f"services.{name}.access").POLICY
    return policy


def routes_of(name: str) -> Iterator[APIRoute]:
    """Every route of a service that asks for an action."""
    for router in [*import_module(f"services.{name}.routes").ALL, feed_routes()]:
        yield from (route for route in router.routes if isinstance(route, APIRoute))


def action_of(route: APIRoute) -> str:
    """The action a route declares."""
    calls = [dependant.call for dependant in route.dependant.dependencies]
    return next(call.action for call in calls if isinstance(call, Allowed))


def method_of(route: APIRoute) -> str:
    """The route's one method."""
    return min(route.methods or {"GET"})


def path_of(name: str, route: APIRoute) -> str:
    """The route at the gateway, with ids that exist nowhere."""
    parts = [str(uuid4()) if part.startswith("{") else part for part in route.path.split("/")]
    return f"/{name}" + "/".join(parts)


ROUTES = [
    pytest.param(process.name, route, id=f"{process.name} {method_of(route)} {route.path}")
    for process in SERVICES
    for route in routes_of(process.name)
]


@pytest.mark.parametrize(("name", "route"), ROUTES)
async def test_a_stranger_is_asked_to_sign_in(world: World, name: str, route: APIRoute) -> None:
    answer = await world.stranger.send(method_of(route), path_of(name, route))
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"


@pytest.mark.parametrize(("name", "route"), ROUTES)
async def test_a_role_without_the_action_is_refused_and_one_with_it_is_not(
    world: World, name: str, route: APIRoute
) -> None:
    granted = policy_of(name)[action_of(route)]
    for role in Role:
        if role is Role.SERVICE:
            continue  # never comes from outside; see below
        person = world.person(role, unit="219001", agency="agency")
        answer = await person.send(
            method_of(route), path_of(name, route), json={}, headers={"idempotency-key": "x"}
        )
        assert (answer.status_code == 403) is (role not in granted), f"{role}: {answer.text}"


#: Computes an answer from what is sent: a POST, and nothing is written.
COMPUTING = {"score.preview"}


@pytest.mark.parametrize("process", SERVICES, ids=lambda p: p.name)
def test_no_role_writes_what_the_auditor_reads(process: object) -> None:
    policy = policy_of(process.name)  # type: ignore[attr-defined]
    writing = {
        action_of(route)
        for route in routes_of(process.name)  # type: ignore[attr-defined]
        if method_of(route) != "GET"
    }
    for action in writing - COMPUTING:
        assert Role.AUDITOR not in policy[action], action
        assert Role.PUBLIC not in policy[action], action


def principal(role: Role) -> Principal:
    """Someone of region A, unit 1, agency X."""
    return Principal("p", "p", frozenset({role}), "A", ("1",), "X")


@pytest.mark.parametrize("process", SERVICES, ids=lambda p: p.name)
def test_every_action_and_role_is_decided_on_every_kind_of_row(process: object) -> None:
    policy = policy_of(process.name)  # type: ignore[attr-defined]
    rows = [Resource(r, u, a) for r, u, a in product("AB", ("1", "2", None), ("X", "Y", None))]
    for action, role, row in product([*policy, "no.such.action"], Role, rows):
        decision = permit(policy, principal(role), action, row)
        reach = policy.get(action, {}).get(role)
        expected = (
            reach is not None
            and row.region_code == "A"
            and {
                Reach.REGION: True,
                Reach.PUBLISHED: True,
                Reach.UNITS: row.unit_code == "1",
                Reach.AGENCY: row.agency_code == "X",
            }[reach]
        )
        assert decision.allowed is expected, (action, role, row, decision)
        assert decision.reason


@given(st.sets(st.sampled_from(list(Role))))
def test_more_roles_never_reach_less(roles: set[Role]) -> None:
    policy = policy_of("goals")
    several = Principal("p", "p", frozenset(roles), "A", ("1",))
    width = list(Reach).index
    for action in policy:
        reach = reach_of(policy, several, action)
        each = [reach_of(policy, principal(role), action) for role in roles]
        widest = max((width(one) for one in each if one is not None), default=None)
        assert (None if reach is None else width(reach)) == widest


async def test_the_service_role_is_never_taken_from_outside(world: World) -> None:
    person = world.person(Role.SERVICE)
    assert (await person.get("/goals/events")).status_code == 401
