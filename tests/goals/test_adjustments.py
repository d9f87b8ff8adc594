"""调整、追加、结转: an approved goal changes only together with a change of its budget."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests.world import World, batch_order, created, indicator


async def change_of(world: World, goal: dict[str, Any], amount: str = "200000.00") -> str:
    """A pending 追加 of the goal's project."""
    row = {
        "document_no": f"财预调〔2023〕{uuid4().hex[:6]}号（示例）",
        "project_code": goal["project_code"],
        "fiscal_year": 2023,
        "kind": "supplement",
        "changed_on": "2023-06-01",
        "reason": "年中追加",
        "lines": [{"fund_level": "county", "amount": amount}],
    }
    answer = await world.integration.post("/goals/budget-change-imports", {"items": [row]})
    assert answer.json()["created"] == 1, answer.text
    listed = await world.officer.get("/goals/budget-changes", project_code=goal["project_code"])
    return str(listed.json()["items"][-1]["id"])


async def opened(world: World, goal: dict[str, Any], change_id: str) -> dict[str, Any]:
    """The goal under adjustment."""
    order = {"reason": "随预算追加", "budget_change_id": change_id}
    return await world.step(world.filler(), goal, "adjustments", order)


async def with_more_lamps(world: World, goal: dict[str, Any]) -> dict[str, Any]:
    """The adjusted form."""
    rows = [indicator(target_value="150"), *kept(goal)[1:]]
    answer = await world.filler().patch(
        f"/goals/goals/{goal['id']}", {"indicators": rows}, version=goal["version"]
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def kept(goal: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows as they are sent back."""
    shown = ("position", "level1_label", "level2_label")
    return [
        {name: value for name, value in row.items() if name not in shown}
        for row in goal["indicators"]
    ]


@pytest.mark.parametrize("step", ["adjustments", "adjustment-cancellations"])
async def test_another_units_goal_is_not_there_to_be_adjusted(world: World, step: str) -> None:
    goal = await world.approved_goal()
    body = {"reason": "x"} | ({"budget_change_id": str(uuid4())} if step == "adjustments" else {})
    answer = await world.filler("219002").post(
        f"/goals/goals/{goal['id']}/{step}", body, version=goal["version"]
    )
    assert answer.status_code == 404


async def test_goal_and_budget_change_together_and_the_first_version_stays(world: World) -> None:
    goal = await world.approved_goal()
    change_id = await change_of(world, goal)
    adjusting = await opened(world, goal, change_id)
    assert (adjusting["status"], adjusting["approved_version"]) == ("draft", 1)
    sent = await world.step(
        world.approver(), await with_more_lamps(world, adjusting), "submissions", {}
    )
    await world.step(world.officer, sent, "reviews", {"grade": "excellent"})
    project = f"/goals/projects/{goal['project_code']}"
    assert (await world.officer.get(project)).json()["budgets"][0]["current"] == "1000000.00"
    order = batch_order(amount="1200000.00")
    batch = created(await world.reviewer.post("/goals/approval-batches", order))
    assert (batch["goal_count"], batch["adjustment_count"]) == (1, 1)
    (budget,) = (await world.officer.get(project)).json()["budgets"]
    assert (budget["initial"], budget["current"]) == ("1000000.00", "1200000.00")
    path = f"/goals/goals/{goal['id']}"
    first, second = (await world.officer.get(f"{path}/versions")).json()["items"]
    lamps = [version["indicators"][0]["target_value"] for version in (first, second)]
    assert lamps == ["120", "150"]
    assert [version["funds"][0]["amount"] for version in (first, second)] == [
        "1000000.00", "1200000.00",
    ]  # fmt: skip
    assert (first["budget_change_id"], second["budget_change_id"]) == (None, change_id)
    after = (await world.officer.get(path)).json()
    assert (after["approved_version"], after["budget_change_id"]) == (2, None)


async def test_an_adjustment_given_up_leaves_what_was_approved(world: World) -> None:
    goal = await world.approved_goal()
    change_id = await change_of(world, goal)
    changed = await with_more_lamps(world, await opened(world, goal, change_id))
    back = await world.step(
        world.filler(), changed, "adjustment-cancellations", {"reason": "追加取消"}
    )
    assert (back["status"], back["budget_change_id"]) == ("approved", None)
    assert back["indicators"] == goal["indicators"]
    withdrawn = await world.integration.post(
        f"/goals/budget-changes/{change_id}/withdrawals", {"reason": "追加取消"}, version=1
    )
    assert withdrawn.status_code == 201, withdrawn.text


async def test_a_goal_is_adjusted_only_to_a_pending_change_of_its_own_project(
    world: World,
) -> None:
    goal, other = await world.approved_goal(), await world.approved_goal()
    withdrawn = await change_of(world, goal)
    await world.integration.post(
        f"/goals/budget-changes/{withdrawn}/withdrawals", {"reason": "x"}, version=1
    )
    for change_id in (str(uuid4()), withdrawn, await change_of(world, other)):
        answer = await world.filler().post(
            f"/goals/goals/{goal['id']}/adjustments",
            {"reason": "x", "budget_change_id": change_id},
            version=goal["version"],
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "budget_change_unfit")


async def test_of_an_adjustment_and_a_withdrawal_at_once_one_counts(world: World) -> None:
    goal = await world.approved_goal()
    change_id = await change_of(world, goal)
    adjusted, withdrawn = await asyncio.gather(
        world.filler().post(
            f"/goals/goals/{goal['id']}/adjustments",
            {"reason": "x", "budget_change_id": change_id},
            version=goal["version"],
        ),
        world.integration.post(
            f"/goals/budget-changes/{change_id}/withdrawals", {"reason": "x"}, version=1
        ),
    )
    assert sorted([adjusted.status_code, withdrawn.status_code]) == [201, 409]


async def test_the_coach_holds_an_adjustment_against_the_budget_it_leads_to(world: World) -> None:
    goal = await world.approved_goal()
    cost = indicator(
        level2="cost", name="改造总成本", operator="<=", target_value="120",
        unit_of_measure="万元", weight="10",
    )  # fmt: skip
    draft = {
        "project_code": goal["project_code"],
        "fiscal_year": 2023,
        "annual_goal": goal["annual_goal"],
        "indicators": [*kept(goal), cost],
    }

    async def rules() -> set[str]:
        answer = await world.filler().post("/goals/goal-checks", draft)
        return {finding["rule_id"] for finding in answer.json()["findings"]}

    assert "C9" in await rules()
    await opened(world, goal, await change_of(world, goal))
    assert "C9" not in await rules()
