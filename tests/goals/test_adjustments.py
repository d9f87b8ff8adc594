"""调整、追加、调减、结转: an approved goal is changed only through its own flow, with its budget, and
what is in force stays in force until the new version is."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.goals.schemas.events import GoalApproved
from shared.auth import Role
from tests.conftest import eventually
from tests.evaluation.builders import form_of, opened_forms
from tests.goals.adjusted import (
    CHANGES,
    MORE,
    adjustment,
    approve,
    line,
    opened,
    pending_change,
    read,
    rereviewed,
    resubmitted,
    revised,
)
from tests.world import Person, World, batch_order, created, goal_draft, indicator

REASON = {"reason": "预算不再追加（示例）"}
DISCLOSURE = {
    "fiscal_year": 2023,
    "unit_code": "219001",
    "url": "https://example.invalid/2023",
    "disclosed_on": "2023-02-15",
}


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.json()["code"]


async def versions(world: World, goal: dict[str, Any]) -> list[dict[str, Any]]:
    """Every approved version of a goal."""
    answer = await world.officer.get(f"/goals/goals/{goal['id']}/versions")
    return list(answer.json()["items"])


async def facts(world: World, goal: dict[str, Any]) -> list[dict[str, Any]]:
    """What the feed said of the approvals of a goal, oldest first."""
    events = await world.events("goals")
    return [
        event["data"]
        for event in events
        if event["type"] == GoalApproved.type and event["subject"] == goal["id"]
    ]


async def published(world: World) -> list[dict[str, Any]]:
    """What the public sees of the region's goals."""
    answer = await world.stranger.get(
        "/goals/published-goals", fiscal_year=2023, region_code=world.region_code
    )
    return list(answer.json()["items"])


async def money(world: World, goal: dict[str, Any]) -> tuple[str, str, dict[tuple[str, str], str]]:
    """The project's initial and present budget of the year, and its funds."""
    project = (await world.officer.get(f"/goals/projects/{goal['project_code']}")).json()
    (year,) = project["budgets"]
    funds = {(one["fund_level"], one["source"]): one["amount"] for one in project["funds"]}
    return year["initial"], year["current"], funds


async def open_with(
    person: Person, goal: dict[str, Any], change_id: str, *, version: int | None = None
) -> httpx.Response:
    """Ask for an adjustment to a budget change."""
    return await person.post(
        f"/goals/goals/{goal['id']}/adjustments",
        {"budget_change_id": change_id, "reason": "随预算调整（示例）"},
        version=version or goal["version"],
    )


async def withdrawal(world: World, change: dict[str, Any]) -> httpx.Response:
    """The budget system takes a change back."""
    path = f"{CHANGES}/{change['id']}"
    version = (await world.integration.get(path)).json()["version"]
    return await world.integration.post(f"{path}/withdrawals", REASON, version=version)


@pytest.mark.parametrize("step", ["adjustments", "adjustment-cancellations"])
async def test_another_units_or_regions_goal_is_not_adjusted(
    world: World, other_world: World, step: str
) -> None:
    goal = await world.approved_goal()
    change = await pending_change(world, goal["project_code"])
    if step == "adjustment-cancellations":
        goal = await opened(world, goal, change)
    order = REASON | ({"budget_change_id": change["id"]} if step == "adjustments" else {})
    path = f"/goals/goals/{goal['id']}/{step}"
    before = await read(world.officer, goal)
    for person in (world.filler("219002"), other_world.filler()):
        answer = await person.post(path, order, version=goal["version"])
        assert refused(answer) == (404, "not_found")
    assert await read(world.officer, goal) == before


async def test_the_version_in_force_stays_until_the_new_one_is_approved(world: World) -> None:
    goal = await world.approved_goal()
    created(await world.approver().post("/goals/disclosures", DISCLOSURE))
    before = (await versions(world, goal), await facts(world, goal), await published(world))
    change = await pending_change(world, goal["project_code"])
    adjusted = await opened(world, await read(world.filler(), goal), change)
    assert (adjusted["status"], adjusted["approved_version"]) == ("draft", 1)
    assert adjusted["budget_change_id"] == change["id"]
    assert (adjusted["document_no"], adjusted["disclosed_on"]) == (
        goal["document_no"],
        DISCLOSURE["disclosed_on"],
    )
    rows = [indicator(target_value="144"), *goal_draft("x")["indicators"][1:]]
    adjusted = await rereviewed(world, adjusted, annual_goal=MORE, indicators=rows)
    assert (adjusted["status"], adjusted["annual_goal"]) == ("reviewed", MORE)
    assert before == (await versions(world, goal), await facts(world, goal), await published(world))
    initial, current, _ = await money(world, goal)
    assert (initial, current) == ("1000000.00", "1000000.00")
    coverage = (await world.officer.get("/goals/coverage", fiscal_year=2023)).json()
    assert [coverage[rate]["numerator"] for rate in ("goal_coverage", "disclosure")] == [1, 1]


async def test_approving_the_adjustment_puts_goal_and_budget_into_force_together(
    world: World,
) -> None:
    goal = await world.approved_goal()
    lines = [line("200000.00"), line("50000.50", "central"), line("0.01", source="carry_over")]
    change = await pending_change(world, goal["project_code"], lines=lines)
    adjusted = await rereviewed(world, await opened(world, goal, change))
    batch = await approve(world, adjusted, amount="1250000.51")
    assert (batch["goal_count"], batch["adjustment_count"]) == (1, 1)
    assert batch["amount"] == "1250000.51"

    after = await read(world.officer, goal)
    assert (after["status"], after["approved_version"]) == ("approved", 2)
    assert (after["document_no"], after["budget_change_id"]) == (batch["document_no"], None)
    funds = {
        ("central", "appropriation"): "50000.50",
        ("county", "appropriation"): "1200000.00",
        ("county", "carry_over"): "0.01",
    }
    assert await money(world, goal) == ("1000000.00", "1250000.51", funds)
    done = (await world.officer.get(f"{CHANGES}/{change['id']}")).json()
    assert (done["status"], done["batch_id"]) == ("approved", batch["id"])

    first, second = await versions(world, goal)
    assert (first["version_no"], second["version_no"]) == (1, 2)
    assert (first["annual_goal"], second["annual_goal"]) == (goal["annual_goal"], MORE)
    assert (first["budget_change_id"], second["budget_change_id"]) == (None, change["id"])
    assert first["funds"] == [line("1000000.00")]
    assert {(f["fund_level"], f["source"]): f["amount"] for f in second["funds"]} == funds
    assert (first["submission_no"], second["submission_no"]) == (1, 2)

    told = await facts(world, goal)
    assert [fact["version_no"] for fact in told] == [1, 2]
    assert told[1]["version"] > told[0]["version"]
    assert (told[1]["annual_goal"], told[1]["document_no"]) == (MORE, batch["document_no"])
    assert told[1]["funds"] == [
        {"fund_level": "central", "amount": "50000.50"},
        {"fund_level": "county", "amount": "1200000.01"},
    ]
    (notice,) = (await world.approver().get("/goals/notices", batch_id=batch["id"])).json()["items"]
    assert (notice["goal_count"], notice["amount"]) == (1, "1250000.51")


@pytest.mark.parametrize(
    ("kind", "lines", "current"),
    [
        ("supplement", [line("0.01")], "1000000.01"),
        ("reduction", [line("-1000000.00")], "0.00"),
        ("transfer", [line("-400000.00"), line("400000.00", "municipal")], "1000000.00"),
        ("carry_over", [line("88.80", source="carry_over")], "1000088.80"),
    ],
)
async def test_every_kind_of_change_is_approved_with_its_goal(
    world: World, kind: str, lines: list[dict[str, str]], current: str
) -> None:
    adjusted = await rereviewed(world, await adjustment(world, kind=kind, lines=lines))
    batch = await approve(world, adjusted)
    assert (await money(world, adjusted))[:2] == ("1000000.00", current)
    assert (batch["amount"], (await versions(world, adjusted))[-1]["version_no"]) == (current, 2)


async def test_the_other_services_go_by_the_new_funds(world: World) -> None:
    goal = await world.approved_goal()
    project = goal["project_code"]
    [form] = await opened_forms(world, project)
    assert form["budget_full_year"] == "1000000.00"
    change = await pending_change(world, project, lines=[line("50000.50", "central")])
    await approve(world, await rereviewed(world, await opened(world, goal, change)))

    async def monitored() -> bool:
        answer = await world.officer.get("/monitoring/executions", fiscal_year=2023)
        (row,) = [one for one in answer.json()["items"] if one["project_code"] == project]
        funds = {fund["fund_level"]: fund["budget"] for fund in row["funds"] if fund["budget"]}
        return (row["budget"], funds.get("central")) == ("1050000.50", "50000.50")

    async def evaluated() -> bool:
        return bool((await form_of(world, project))["budget_full_year"] == "1050000.50")

    await eventually(monitored)
    await eventually(evaluated)


async def test_the_public_keeps_seeing_the_published_version_until_the_unit_publishes_again(
    world: World,
) -> None:
    goal = await world.approved_goal()
    created(await world.approver().post("/goals/disclosures", DISCLOSURE))
    change = await pending_change(world, goal["project_code"])
    goal = await opened(world, await read(world.filler(), goal), change)
    await approve(world, await rereviewed(world, goal))
    (seen,) = await published(world)
    assert seen["annual_goal"] == goal["annual_goal"]
    waiting = (await world.approver().get("/goals/goals", disclosed=False)).json()["items"]
    assert [one["id"] for one in waiting] == [goal["id"]]
    assert "goal.disclose" in waiting[0]["allowed_actions"]
    again = DISCLOSURE | {"disclosed_on": "2023-07-20"}
    assert created(await world.approver().post("/goals/disclosures", again))["goal_count"] == 1
    (seen,) = await published(world)
    assert (seen["annual_goal"], seen["disclosed_on"]) == (MORE, "2023-07-20")


async def test_changes_that_do_not_fit_the_goal_open_nothing(world: World) -> None:
    goal = await world.approved_goal()
    project = goal["project_code"]
    other = await world.approved_goal()
    elsewhere = await pending_change(world, other["project_code"])
    await world.project(code=project, fiscal_year=2024)
    await approve(world, await world.reviewed_goal(project=project, fiscal_year=2024),
                  fiscal_year=2024)  # fmt: skip
    next_year = await pending_change(world, project, fiscal_year=2024, changed_on="2024-06-30")
    withdrawn = await pending_change(world, project)
    created(await withdrawal(world, withdrawn))
    for change_id in (elsewhere["id"], next_year["id"], withdrawn["id"], str(uuid4())):
        answer = await open_with(world.filler(), goal, change_id)
        assert refused(answer) == (409, "budget_change_unfit")
    untouched = await read(world.officer, goal)
    assert (untouched["status"], untouched["version"]) == ("approved", goal["version"])
    used = await pending_change(world, project)
    await approve(world, await rereviewed(world, await opened(world, goal, used)))
    again = await read(world.filler(), goal)
    assert refused(await open_with(world.filler(), again, used["id"])) == (
        409,
        "budget_change_unfit",
    )


async def test_one_change_opens_one_goal_only(world: World) -> None:
    goal = await adjustment(world)
    answer = await open_with(world.filler(), goal, goal["budget_change_id"])
    assert refused(answer) == (409, "goal_state_forbids")


async def test_an_adjustment_names_its_change_and_its_reason(world: World) -> None:
    goal = await world.approved_goal()
    change = await pending_change(world, goal["project_code"])
    path = f"/goals/goals/{goal['id']}/adjustments"
    for order, pointer in (
        ({"budget_change_id": change["id"]}, "/reason"),
        ({"budget_change_id": change["id"], "reason": " "}, "/reason"),
        (REASON, "/budget_change_id"),
    ):
        answer = await world.filler().post(path, order, version=goal["version"])
        assert refused(answer) == (422, "invalid_payload"), answer.text
        assert answer.json()["errors"][0]["pointer"] == pointer


async def test_without_a_budget_change_an_approved_goal_is_not_touched(world: World) -> None:
    goal = await world.approved_goal()
    path = f"/goals/goals/{goal['id']}"
    version = goal["version"]
    answers = [
        await world.filler().patch(path, {"annual_goal": MORE}, version=version),
        await world.approver().post(f"{path}/submissions", {}, version=version),
        await world.approver().post(f"{path}/recalls", REASON, version=version),
        await world.officer.post(f"{path}/reviews", {"grade": "excellent"}, version=version),
        await world.reviewer.post(f"{path}/review-withdrawals", REASON, version=version),
        await world.filler().post(f"{path}/adjustment-cancellations", REASON, version=version),
    ]
    assert {refused(answer) for answer in answers} == {(409, "goal_state_forbids")}
    order = batch_order(goal_ids=[goal["id"]])
    again = await world.reviewer.post("/goals/approval-batches", order)
    assert refused(again) == (409, "nothing_to_approve")
    assert await read(world.officer, goal) == goal


async def test_a_reduction_below_zero_stops_the_batch_with_all_its_goals(world: World) -> None:
    takes = {"kind": "reduction", "lines": [line("-600000.00")]}
    goal = await world.approved_goal()
    first = await pending_change(world, goal["project_code"], **takes)
    second = await pending_change(world, goal["project_code"], **takes)
    await approve(world, await rereviewed(world, await opened(world, goal, first)))
    goal = await read(world.filler(), goal)
    too_much = await rereviewed(world, await opened(world, goal, second))
    neighbour = await rereviewed(world, await adjustment(world))
    ids = [too_much["id"], neighbour["id"]]
    answer = await world.reviewer.post("/goals/approval-batches", batch_order(goal_ids=ids))
    assert refused(answer) == (409, "budget_below_zero")
    assert goal["project_code"] in answer.json()["errors"][0]["detail"]
    assert (await money(world, goal))[1] == "400000.00"
    for one, count in ((too_much, 2), (neighbour, 1)):
        assert (await read(world.officer, one))["status"] == "reviewed"
        assert len(await versions(world, one)) == len(await facts(world, one)) == count
    assert (await money(world, neighbour))[1] == "1000000.00"


async def test_a_document_number_taken_by_another_batch_approves_neither_goal_nor_budget(
    world: World,
) -> None:
    goal = await rereviewed(world, await adjustment(world))
    order = batch_order(goal_ids=[goal["id"]], document_no=goal["document_no"])
    answer = await world.reviewer.post("/goals/approval-batches", order)
    assert refused(answer) == (409, "document_no_taken")
    off = batch_order(goal_ids=[goal["id"]], amount="1000000.00")
    answer = await world.reviewer.post("/goals/approval-batches", off)
    assert refused(answer) == (409, "amount_differs")
    assert (await money(world, goal))[1] == "1000000.00"
    assert len(await versions(world, goal)) == 1
    change = (await world.officer.get(f"{CHANGES}/{goal['budget_change_id']}")).json()
    assert change["status"] == "pending"


async def test_goals_and_adjustments_are_approved_under_one_number(world: World) -> None:
    adjusted = await rereviewed(world, await adjustment(world))
    fresh = await world.reviewed_goal(unit="219002")
    batch = await approve(world, adjusted, fresh)
    assert (batch["goal_count"], batch["adjustment_count"]) == (2, 1)
    assert batch["amount"] == "2200000.00"
    assert [len(await versions(world, goal)) for goal in (adjusted, fresh)] == [2, 1]


async def test_giving_an_adjustment_up_restores_the_form_as_approved(world: World) -> None:
    tasks = [{"name": "更换路灯", "content": "一百二十盏", "fiscal_amount": "1000000.00"}]
    goal = await world.approved_goal(
        midterm_goal="三年内更换城区全部路灯，共三百六十盏。", tasks=tasks
    )
    change = await pending_change(world, goal["project_code"])
    kept, gone, moved = (row["row_id"] for row in goal["indicators"])
    adjusted = await opened(world, goal, change)
    rows = [
        indicator(row_id=moved, name="居民投诉件数", weight="50"),
        indicator(row_id=kept, target_value="999"),
        indicator(name="新增一行"),
    ]
    patch = {"annual_goal": None, "midterm_goal": "改", "indicators": rows, "tasks": []}
    adjusted = await revised(world, adjusted, **patch)
    assert gone not in {row["row_id"] for row in adjusted["indicators"]}
    restored = await world.step(world.filler(), adjusted, "adjustment-cancellations", REASON)
    assert (restored["status"], restored["budget_change_id"]) == ("approved", None)
    for name in ("annual_goal", "midterm_goal", "indicators", "tasks", "approved_version"):
        assert restored[name] == goal[name], name
    history = (await world.officer.get(f"/goals/goals/{goal['id']}/history")).json()["items"]
    assert [(step["step"], step["reason"]) for step in history[-3:]] == [
        ("adjust", "随预算追加调整目标（示例）"),
        ("revise", None),
        ("cancel_adjustment", REASON["reason"]),
    ]
    again = await opened(world, restored, change)
    await approve(world, await rereviewed(world, again))
    assert [one["version_no"] for one in await versions(world, goal)] == [1, 2]


@pytest.mark.parametrize(
    ("grade", "status", "can_be_given_up"),
    [("good", "improving", True), ("fair", "returned", True), ("poor", "rejected", True),
     ("excellent", "reviewed", False), (None, "submitted", False)],
)  # fmt: skip
async def test_an_adjustment_is_given_up_only_while_it_is_not_before_the_bureau(
    world: World, grade: str | None, status: str, can_be_given_up: bool
) -> None:
    goal = await resubmitted(world, await adjustment(world))
    if grade is not None:
        verdict = {"grade": grade, "reason": "与追加的资金不匹配（示例）"}
        goal = await world.step(world.officer, goal, "reviews", verdict)
    assert goal["status"] == status
    path = f"/goals/goals/{goal['id']}/adjustment-cancellations"
    answer = await world.filler().post(path, REASON, version=goal["version"])
    if can_be_given_up:
        assert (created(answer)["status"], answer.json()["annual_goal"]) == (
            "approved",
            goal_draft("x")["annual_goal"],
        )
    else:
        assert refused(answer) == (409, "goal_state_forbids")


async def test_a_change_in_use_is_not_withdrawn_until_the_adjustment_is_given_up(
    world: World,
) -> None:
    goal = await adjustment(world)
    change = (await world.officer.get(f"{CHANGES}/{goal['budget_change_id']}")).json()
    assert change["goal_id"] == goal["id"]
    assert refused(await withdrawal(world, change)) == (409, "budget_change_in_use")
    goal = await world.step(world.filler(), goal, "adjustment-cancellations", REASON)
    assert created(await withdrawal(world, change))["status"] == "withdrawn"
    assert refused(await open_with(world.filler(), goal, change["id"])) == (
        409,
        "budget_change_unfit",
    )


async def test_four_eyes_watch_the_second_round_as_they_did_the_first(world: World) -> None:
    goal = await revised(world, await adjustment(world))
    path = f"/goals/goals/{goal['id']}"
    same = world.person(Role.UNIT_APPROVER, unit="219001", name=goal["drafted_by"])
    answer = await same.post(f"{path}/submissions", {}, version=goal["version"])
    assert refused(answer) == (409, "four_eyes")
    goal = await world.step(world.approver(), goal, "submissions", {})
    goal = await world.step(world.officer, goal, "reviews", {"grade": "excellent"})
    same = world.person(Role.FINANCE_REVIEWER, name=goal["reviewed_by"])
    answer = await same.post("/goals/approval-batches", batch_order(goal_ids=[goal["id"]]))
    assert refused(answer) == (409, "four_eyes")
    await approve(world, goal)


async def test_who_opened_the_adjustment_does_not_submit_it_unrevised(world: World) -> None:
    goal = await adjustment(world)
    same = world.person(Role.UNIT_APPROVER, unit="219001", name=goal["drafted_by"])
    answer = await same.post(f"/goals/goals/{goal['id']}/submissions", {}, version=goal["version"])
    assert refused(answer) == (409, "four_eyes")


async def test_hands_of_the_first_round_may_change_places_in_the_second(world: World) -> None:
    """Four eyes look at one round; who approved last time may review this time."""
    goal = await adjustment(world)
    first = (await versions(world, goal))[0]
    clerk = world.person(Role.UNIT_FILLER, unit="219001", name="unit_approver-219001")
    answer = await clerk.patch(
        f"/goals/goals/{goal['id']}", {"annual_goal": MORE}, version=goal["version"]
    )
    assert answer.status_code == 200, answer.text
    chief = world.person(Role.UNIT_APPROVER, unit="219001", name="unit_filler-219001")
    goal = await world.step(chief, answer.json(), "submissions", {})
    office = world.person(Role.FINANCE_OFFICER, name=first["approved_by"])
    goal = await world.step(office, goal, "reviews", {"grade": "excellent"})
    order = batch_order(goal_ids=[goal["id"]])
    bureau = world.person(Role.FINANCE_REVIEWER, name="finance_officer-bureau")
    created(await bureau.post("/goals/approval-batches", order))
    assert [one["approved_by"] for one in await versions(world, goal)] == [
        "finance_reviewer-bureau",
        "finance_officer-bureau",
    ]


async def test_who_submitted_may_revise_what_came_back_but_not_submit_it_again(
    world: World,
) -> None:
    goal = await resubmitted(world, await adjustment(world))
    goal = await world.step(world.officer, goal, "reviews", {"grade": "fair", "reason": "量少"})
    path = f"/goals/goals/{goal['id']}"
    both = world.person(Role.UNIT_FILLER, unit="219001", name=goal["submitted_by"])
    answer = await both.patch(path, {"annual_goal": MORE}, version=goal["version"])
    assert answer.status_code == 200, answer.text
    again = await world.approver().post(f"{path}/submissions", {}, version=goal["version"] + 1)
    assert refused(again) == (409, "four_eyes")


async def test_a_whole_departments_goal_has_no_budget_of_its_own_to_be_adjusted_with(
    world: World,
) -> None:
    await world.unit("219")
    tasks = [{"name": "更换路灯", "fiscal_amount": "1000000.00"}]
    body = goal_draft("x", kind="department", unit_code="219", tasks=tasks)
    body |= {"project_code": None}
    goal = created(await world.filler("219").post("/goals/goals", body))
    goal = await world.step(world.approver("219"), goal, "submissions", {})
    goal = await world.step(world.officer, goal, "reviews", {"grade": "excellent"})
    await approve(world, goal)
    other = await world.approved_goal()
    change = await pending_change(world, other["project_code"])
    goal = await read(world.filler("219"), goal)
    assert refused(await open_with(world.filler("219"), goal, change["id"])) == (
        409,
        "budget_change_unfit",
    )


async def test_two_units_hands_open_an_adjustment_once(world: World) -> None:
    goal = await world.approved_goal()
    change = await pending_change(world, goal["project_code"])
    answers = await asyncio.gather(
        *(open_with(world.filler(), goal, change["id"]) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 412, 412, 412]


async def test_an_adjustment_and_the_withdrawal_of_its_change_cannot_both_win(
    world: World,
) -> None:
    goal = await world.approved_goal()
    change = await pending_change(world, goal["project_code"])
    opening, withdrawing = await asyncio.gather(
        open_with(world.filler(), goal, change["id"]), withdrawal(world, change)
    )
    assert sorted((opening.status_code, withdrawing.status_code)) == [201, 409]
    change = (await world.officer.get(f"{CHANGES}/{change['id']}")).json()
    tied = (await read(world.officer, goal))["budget_change_id"]
    assert (change["status"], tied) in (("pending", change["id"]), ("withdrawn", None))


async def test_the_coach_holds_an_adjustment_against_the_budget_it_leads_to(world: World) -> None:
    goal = await world.approved_goal()
    cost = indicator(
        level2="cost", name="改造总成本", operator="<=", target_value="120",
        unit_of_measure="万元", weight="10",
    )  # fmt: skip
    draft = goal_draft(goal["project_code"])
    draft["indicators"] = [*draft["indicators"], cost]

    async def rules() -> set[str]:
        answer = await world.filler().post("/goals/goal-checks", draft)
        return {finding["rule_id"] for finding in answer.json()["findings"]}

    assert "C9" in await rules()
    await opened(world, goal, await pending_change(world, goal["project_code"]))
    assert "C9" not in await rules()
