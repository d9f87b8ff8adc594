"""Library entries as units propose them and the bureau decides on them."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from shared.auth import Caller, Principal, Reach, Role
from shared.pages import PageRequest
from tests.world import Person, World, created

REGION = "910000001"


def proposal(**changes: Any) -> dict[str, Any]:
    """An indicator a unit would like to have."""
    return {
        "sector": "education",
        "name": "社团课程开设门数（示例）",
        "level1": "output",
        "level2": "quantity",
        "definition": "当年开设的社团课程门数。",
        "formula": "年末课表中开设的社团课程门数",
        "unit": "门",
        "operator": ">=",
        "evidence_method": "statistics",
        "evidence": "课表、任课教师签到表",
        "target_low": "5",
        "target_high": "20",
        "scoring_rule": "按完成比例赋分",
        "good": {"text": "社团课程开设门数 ≥ 12 门"},
        "bad": {"text": "丰富课程", "why": "没有数值"},
    } | changes


async def proposed(world: World, **changes: Any) -> dict[str, Any]:
    """A unit's proposal."""
    return created(await world.filler().post("/goals/indicators", proposal(**changes)))


async def step(
    person: Person, entry: dict[str, Any], step: str, body: dict[str, Any]
) -> dict[str, Any]:
    """Take an entry one step further."""
    path = f"/goals/indicators/{entry['id']}/{step}"
    return created(await person.post(path, body, version=entry["version"]))


async def confirmed(world: World, **changes: Any) -> dict[str, Any]:
    """An entry of the region's own, in use."""
    entry = await proposed(world, **changes)
    return await step(world.reviewer, entry, "confirmations", {"decision": "confirm"})


async def found(person: Person, **params: Any) -> list[dict[str, Any]]:
    """The first page of a list."""
    answer = await person.get("/goals/indicators", **params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def names(person: Person, q: str, **params: Any) -> list[str]:
    """What a search of the region's own entries and the common ones finds, by name."""
    return [entry["name"] for entry in await found(person, q=q, **params)]


def caller(role: Role = Role.FINANCE_OFFICER, subject: str = "officer") -> Caller:
    """Someone of the region; a filler reaches a unit only."""
    reach = Reach.UNITS if role is Role.UNIT_FILLER else Reach.REGION
    return Caller(Principal(subject, subject, frozenset({role}), REGION, ("219001",)), reach)


def first_page(limit: int = 50) -> PageRequest:
    """A page as the route asks for it."""
    scope = {"type": "http", "path": "/indicators", "query_string": b"", "headers": []}
    return PageRequest(Request(scope), Response(), limit, None)
