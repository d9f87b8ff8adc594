"""Ex-ante results, arranged on the live stack through the gateway."""

from typing import Any
from uuid import uuid4

import httpx

from tests.conftest import eventually
from tests.evaluation.builders import UNIT
from tests.world import Person, World, created

EX_ANTE = "/evaluation/ex-ante-results"


def ex_ante_order(project: str, **changes: Any) -> dict[str, Any]:
    """What an ex-ante evaluation of the project concluded for 2024: worth its money."""
    codes = ("necessity", "economy", "goal_soundness", "feasibility", "funding_compliance")
    return {
        "project_code": project,
        "project_name": "智慧路灯（示例）",
        "unit_code": UNIT,
        "fiscal_year": 2024,
        "dimensions": [
            {"dimension": code, "opinion": "理由充分，依据齐全（示例）", "score": "88.50"}
            for code in codes
        ],
        "conclusion": "support",
        "report_no": f"事前评估 {uuid4().hex[:6]} 号（示例）",
        "concluded_on": "2023-09-30",
        "engagement_id": None,
    } | changes


async def recorded_ex_ante(world: World, project: str, **changes: Any) -> dict[str, Any]:
    """A conclusion the officer has recorded, as soon as evaluation has learnt of the unit."""
    order = ex_ante_order(project, **changes)
    await world.unit(order["unit_code"])
    answers: list[httpx.Response] = []

    async def accepted() -> bool:
        answers.append(await world.officer.post(EX_ANTE, order))
        return bool(answers[-1].json().get("code") != "subject_not_eligible")

    await eventually(accepted)
    return created(answers[-1])


async def confirm_ex_ante(
    person: Person, result: dict[str, Any], *, version: int | None = None
) -> httpx.Response:
    """Ask to put a recorded conclusion in force, as read unless another version is named."""
    path = f"{EX_ANTE}/{result['id']}/confirmations"
    return await person.post(path, {}, version=version or result["version"])


async def confirmed_ex_ante(world: World, project: str, **changes: Any) -> dict[str, Any]:
    """A conclusion in force."""
    result = await recorded_ex_ante(world, project, **changes)
    return created(await confirm_ex_ante(world.reviewer, result))
