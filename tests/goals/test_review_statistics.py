"""初审情况: how first drafts fared, unit by unit; what was taken back or adjusted does not count."""

from datetime import timedelta
from typing import Any

from shared.clock import business_day, now
from tests.goals.adjusted import adjustment, revised
from tests.world import Person, World

STATISTICS = "/goals/review-statistics"


async def returned(world: World, goal: dict[str, Any]) -> dict[str, Any]:
    """The goal, sent back and submitted again."""
    verdict = {"grade": "fair", "reason": "指标与资金不匹配"}
    back = await world.step(world.officer, goal, "reviews", verdict)
    path = f"/goals/goals/{goal['id']}"
    text = {"annual_goal": f"{back['annual_goal']}逐条验收。"}
    mended = await world.filler(goal["unit_code"]).patch(path, text, version=back["version"])
    approver = world.approver(goal["unit_code"])
    return await world.step(approver, mended.json(), "submissions", {})


async def rows_of(person: Person, **asked: Any) -> dict[str, dict[str, Any]]:
    """The rows by unit."""
    answer = await person.get(STATISTICS, **asked)
    assert answer.status_code == 200, answer.text
    return {row["unit_code"]: row for row in answer.json()["items"]}


def counts(row: dict[str, Any]) -> tuple[int, ...]:
    """Submitted, reviewed; first passed, to improve, returned, refused; goals returned, returns."""
    names = (
        "submitted_count", "reviewed_count", "passed_at_first_count", "improving_at_first_count",
        "returned_at_first_count", "rejected_at_first_count", "returned_goal_count", "return_count",
    )  # fmt: skip
    return tuple(row[name] for name in names)


async def test_first_drafts_are_counted_by_their_first_conclusion_that_stands(
    world: World, other_world: World
) -> None:
    await other_world.submitted_goal(unit="219001")
    await world.goal(unit="219003")
    await world.reviewed_goal(unit="219001")
    twice = await returned(world, await world.submitted_goal(unit="219001"))
    twice = await returned(world, twice)
    await world.step(world.officer, twice, "reviews", {"grade": "excellent"})
    await world.submitted_goal(unit="219001")
    good = {"grade": "good", "reason": "请补充佐证资料"}
    await world.step(world.officer, await world.submitted_goal(unit="219002"), "reviews", good)
    refused = await world.step(
        world.officer,
        await world.submitted_goal(unit="219002"),
        "reviews",
        {"grade": "poor", "reason": "与单位职责无关"},
    )
    rows = await rows_of(world.officer)
    assert list(rows) == ["219001", "219002"]
    assert counts(rows["219001"]) == (3, 2, 1, 0, 1, 0, 1, 2)
    assert rows["219001"]["first_pass_rate"] == "50.00"
    assert counts(rows["219002"]) == (2, 2, 0, 1, 0, 1, 0, 0)

    back = await world.step(
        world.reviewer, refused, "review-withdrawals", {"reason": "评审依据有误"}
    )
    assert counts((await rows_of(world.officer))["219002"]) == (2, 1, 0, 1, 0, 0, 0, 0)
    await world.step(world.officer, back, "reviews", {"grade": "excellent"})
    assert counts((await rows_of(world.officer))["219002"]) == (2, 2, 1, 1, 0, 0, 0, 0)

    assert list(await rows_of(world.filler("219002"))) == ["219002"]
    assert await rows_of(world.officer, fiscal_year=2024) == {}
    assert await rows_of(world.officer, office="没有这个室（示例）") == {}
    first = (await world.officer.get(STATISTICS, limit=1)).json()
    again = await world.officer.get(STATISTICS, limit=1, cursor=first["next_cursor"])
    assert [row["unit_code"] for row in again.json()["items"]] == ["219002"]


async def test_the_period_is_days_of_the_bureau_both_included(world: World) -> None:
    await world.submitted_goal()
    today = business_day(now())
    before, after = (str(today + timedelta(days=days)) for days in (-1, 1))
    for asked, found in (
        ({"submitted_from": before, "submitted_to": after}, 1),
        ({"submitted_from": after}, 0),
        ({"submitted_to": before}, 0),
    ):
        assert len(await rows_of(world.officer, **asked)) == found, asked
    turned = await world.officer.get(STATISTICS, submitted_from=after, submitted_to=before)
    assert turned.status_code == 400


async def test_what_is_returned_in_an_adjustment_is_no_first_draft(world: World) -> None:
    opened = await revised(world, await adjustment(world))
    sent = await world.step(world.approver(), opened, "submissions", {})
    verdict = {"grade": "fair", "reason": "调整依据不足"}
    await world.step(world.officer, sent, "reviews", verdict)
    [row] = (await rows_of(world.officer)).values()
    assert counts(row) == (1, 1, 1, 0, 0, 0, 0, 0)
