"""Approved goals and the budget changes they are adjusted to, arranged through the gateway."""

from typing import Any
from uuid import uuid4

from tests.world import Person, World, batch_order, created

CHANGES = "/goals/budget-changes"
#: What the tests change in the form, so that each version says what it is.
MORE = "为城区四条支路更换路灯一百四十四盏，方便居民夜间出行。"


def line(amount: str, fund_level: str = "county", source: str = "appropriation") -> dict[str, str]:
    """One line of a change."""
    return {"fund_level": fund_level, "source": source, "amount": amount}


def change_row(project_code: str, **changes: Any) -> dict[str, Any]:
    """A supplement of 20 万元 of county funds under a number of its own."""
    return {
        "document_no": f"财预调〔2023〕{uuid4().hex[:6]}号（示例）",
        "project_code": project_code,
        "fiscal_year": 2023,
        "kind": "supplement",
        "changed_on": "2023-06-30",
        "reason": "上级追加专项资金（示例）",
        "lines": [line("200000.00")],
    } | changes


async def pending_change(world: World, project_code: str, **changes: Any) -> dict[str, Any]:
    """A budget change pushed by the budget system, not yet in force."""
    row = change_row(project_code, **changes)
    answer = await world.integration.post("/goals/budget-change-imports", {"items": [row]})
    assert answer.json()["created"] == 1, answer.text
    listed = (await world.officer.get(CHANGES, project_code=project_code)).json()["items"]
    return next(dict(one) for one in listed if one["document_no"] == row["document_no"])


async def read(person: Person, goal: dict[str, Any]) -> dict[str, Any]:
    """The goal as it stands now."""
    answer = await person.get(f"/goals/goals/{goal['id']}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def opened(world: World, goal: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """An approved goal opened for a budget change."""
    order = {"budget_change_id": change["id"], "reason": "随预算追加调整目标（示例）"}
    return await world.step(world.filler(goal["unit_code"]), goal, "adjustments", order)


async def adjustment(world: World, **changes: Any) -> dict[str, Any]:
    """An approved goal of a new project, opened for a change of its budget."""
    goal = await world.approved_goal()
    return await opened(world, goal, await pending_change(world, goal["project_code"], **changes))


async def revised(world: World, goal: dict[str, Any], **patch: Any) -> dict[str, Any]:
    """The goal after its unit changed it."""
    body = patch or {"annual_goal": MORE}
    answer = await world.filler(goal["unit_code"]).patch(
        f"/goals/goals/{goal['id']}", body, version=goal["version"]
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def resubmitted(world: World, goal: dict[str, Any], **patch: Any) -> dict[str, Any]:
    """An adjustment revised and at the bureau."""
    changed = await revised(world, goal, **patch)
    return await world.step(world.approver(goal["unit_code"]), changed, "submissions", {})


async def rereviewed(world: World, goal: dict[str, Any], **patch: Any) -> dict[str, Any]:
    """An adjustment that passed its review."""
    submitted = await resubmitted(world, goal, **patch)
    return await world.step(world.officer, submitted, "reviews", {"grade": "excellent"})


async def approve(world: World, *goals: dict[str, Any], **order: Any) -> dict[str, Any]:
    """The batch that approves these goals or adjustments under a number of its own."""
    ids = [goal["id"] for goal in goals]
    return created(
        await world.reviewer.post(
            "/goals/approval-batches", batch_order(goal_ids=ids, approved_on="2023-07-10") | order
        )
    )
