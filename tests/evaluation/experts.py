"""The expert pool (专家库), arranged through the gateway."""

from typing import Any

from tests.world import World, created

EXPERTS = "/evaluation/experts"


async def expert_of_pool(world: World, name: str, **changes: Any) -> dict[str, Any]:
    """An expert in education whose login is the name."""
    body = {
        "name": f"{name}（示例）",
        "fields": ["education"],
        "employer": "某高等院校（示例）",
        "subject": name,
        "synthetic": True,
    } | changes
    return created(await world.officer.post(EXPERTS, body))
