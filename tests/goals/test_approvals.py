"""批复与公开: goals with their budget under one number, kept for ever, told to the units, published."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from deploy.keys import ISSUER
from deploy.local import Stack
from services.goals.schemas.events import GoalApproved, GoalDisclosed
from shared.auth import Role
from tests.conftest import Databases, eventually, free_ports
from tests.goals.mass import fill
from tests.world import World, batch_order, created

DISCLOSURE = {
    "fiscal_year": 2023,
    "unit_code": "219001",
    "url": "https://example.invalid/2023",
    "disclosed_on": "2023-02-15",
}


async def test_what_was_approved_is_kept_with_its_budget(world: World) -> None:
    goal = await world.approved_goal()
    (version,) = (await world.officer.get(f"/goals/goals/{goal['id']}/versions")).json()["items"]
    assert (version["version_no"], version["submission_no"]) == (1, 1)
    assert version["indicators"] == goal["indicators"]
    assert version["annual_goal"] == goal["annual_goal"]
    assert version["funds"] == [
        {"fund_level": "county", "source": "appropriation", "amount": "1000000.00"}
    ]
    assert version["approved_by"] == "finance_reviewer-bureau"


@pytest.mark.parametrize(
    "table",
    ["goal_version", "goal_submission", "goal_review", "goal_step", "approved_budget",
     "approval_batch"],
)  # fmt: skip
async def test_the_service_itself_cannot_change_what_was_approved(
    stack: Stack, world: World, table: str
) -> None:
    await world.approved_goal()
    connection = await asyncpg.connect(stack.database_url("goals"))
    try:
        for statement in (
            f"update goals.{table} set region_code = region_code",
            f"delete from goals.{table}",
            f"truncate goals.{table}",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()


async def test_the_fact_published_is_the_fact_declared(stack: Stack, world: World) -> None:
    goal = await world.approved_goal()
    created(await world.approver().post("/goals/disclosures", DISCLOSURE))
    by_type: dict[str, Any] = {}

    async def told() -> bool:  # a page ends before the oldest transaction still running
        events = await world.events("goals")
        by_type.update({event["type"]: event for event in events})
        return {GoalApproved.type, GoalDisclosed.type} <= by_type.keys()

    await eventually(told)
    for fact in (GoalApproved, GoalDisclosed):
        event = by_type[fact.type]
        assert event["subject"] == goal["id"]
        assert fact.model_validate(event["data"]).model_dump(mode="json") == event["data"]
    approved = by_type[GoalApproved.type]["data"]
    assert (approved["version_no"], approved["document_no"]) == (1, goal["document_no"])
    assert [row["name"] for row in approved["indicators"]] == [
        row["name"] for row in goal["indicators"]
    ]


async def test_an_amount_that_differs_from_the_budgets_stops_the_approval(world: World) -> None:
    await world.reviewed_goal()
    order = batch_order(amount="999999.99")
    answer = await world.reviewer.post("/goals/approval-batches", order)
    assert (answer.status_code, answer.json()["code"]) == (409, "amount_differs")
    batch = created(
        await world.reviewer.post("/goals/approval-batches", order | {"amount": "1000000.00"})
    )
    assert batch["amount"] == "1000000.00"


async def test_a_batch_says_which_of_the_goals_it_names_are_not_ready(world: World) -> None:
    ready, draft = await world.reviewed_goal(), await world.goal()
    order = batch_order(goal_ids=[ready["id"], draft["id"]])
    answer = await world.reviewer.post("/goals/approval-batches", order)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_approve")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/goal_ids/1"]
    assert (await world.officer.get(f"/goals/goals/{ready['id']}")).json()["status"] == "reviewed"


async def test_of_two_approvers_at_once_one_wins(world: World) -> None:
    await world.reviewed_goal()
    approvers = [world.person(Role.FINANCE_REVIEWER, name=f"approver-{n}") for n in range(4)]
    answers = await asyncio.gather(
        *(person.post("/goals/approval-batches", batch_order()) for person in approvers)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"nothing_to_approve"}


async def test_of_two_approvers_of_the_same_goal_as_read_one_wins_and_the_other_gets_412(
    world: World,
) -> None:
    goal = await world.reviewed_goal()
    as_read = [{"id": goal["id"], "version": goal["version"]}]
    approvers = [world.person(Role.FINANCE_REVIEWER, name=f"approver-{n}") for n in range(2)]
    answers = await asyncio.gather(
        *(
            person.post("/goals/approval-batches", batch_order(goal_ids=None, goals=as_read))
            for person in approvers
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 412]
    (late,) = [answer.json() for answer in answers if answer.status_code == 412]
    assert late["errors"][0]["pointer"] == "/goals/0/version"
    (version,) = (await world.officer.get(f"/goals/goals/{goal['id']}/versions")).json()["items"]
    assert version["version_no"] == 1


async def test_of_two_hands_on_one_goal_the_slower_is_told(world: World) -> None:
    goal = await world.submitted_goal()
    path = f"/goals/goals/{goal['id']}"
    answers = await asyncio.gather(
        world.officer.post(f"{path}/reviews", {"grade": "excellent"}, version=goal["version"]),
        world.approver().post(f"{path}/recalls", {"reason": "漏填"}, version=goal["version"]),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 412]


async def test_each_unit_is_told_once_and_takes_note(world: World) -> None:
    await world.reviewed_goal(unit="219001")
    await world.reviewed_goal(unit="219001")
    await world.reviewed_goal(unit="219002")
    batch = created(await world.reviewer.post("/goals/approval-batches", batch_order()))
    told = (await world.officer.get("/goals/notices", batch_id=batch["id"])).json()["items"]
    assert [(n["unit_code"], n["goal_count"], n["amount"]) for n in told] == [
        ("219001", 2, "2000000.00"),
        ("219002", 1, "1000000.00"),
    ]
    mine = (await world.approver("219002").get("/goals/notices")).json()["items"]
    assert [notice["id"] for notice in mine] == [told[1]["id"]]
    path = f"/goals/notices/{told[1]['id']}/receipts"
    assert (await world.approver("219001").post(path, {})).status_code == 404
    received = created(await world.approver("219002").post(path, {}))
    assert received["received_by"] == "unit_approver-219002"
    assert received["allowed_actions"] == []
    later = world.person(Role.UNIT_APPROVER, unit="219002", name="somebody-else")
    assert created(await later.post(path, {})) == received


@pytest.fixture
async def goals_alone(databases: Databases, tmp_path: Path) -> AsyncIterator[tuple[Stack, World]]:
    """The goals service behind its gateway, with nobody who follows its feed."""
    with (tmp_path / "processes.log").open("w") as log:
        stack = Stack(await databases.new(), tmp_path, ports=free_ports(), log=log)
        try:
            await stack.start("goals", "gateway")
            async with httpx.AsyncClient(base_url=stack.url, timeout=60, trust_env=False) as http:
                yield stack, World(http, stack.var / "keys" / f"{ISSUER}.pem", "640104000")
        finally:
            await stack.stop()


async def test_ten_thousand_goals_are_approved_in_one_request(
    goals_alone: tuple[Stack, World],
) -> None:
    stack, world = goals_alone
    await fill(stack.admin_url, world.region_code, 10_000, status="reviewed")
    order = batch_order(amount="1000000000.00")
    batch = created(await world.reviewer.post("/goals/approval-batches", order))
    assert (batch["goal_count"], batch["amount"]) == (10_000, "1000000000.00")
    coverage = (await world.officer.get("/goals/coverage", fiscal_year=2023)).json()
    assert coverage["goal_coverage"]["numerator"] == 10_000
    notices = (await world.officer.get("/goals/notices", limit=200)).json()["items"]
    assert (len(notices), sum(notice["goal_count"] for notice in notices)) == (50, 10_000)
    page = await world.events("goals")
    assert len(page) == 1000
    assert {event["data"]["document_no"] for event in page} == {order["document_no"]}


async def test_a_secret_goal_is_exempt_with_a_reason_and_leaves_the_rate(world: World) -> None:
    secret, other = await world.approved_goal(), await world.approved_goal()
    path = f"/goals/goals/{secret['id']}/disclosure-exemptions"
    none = await world.reviewer.post(path, {}, version=secret["version"])
    assert none.status_code == 422
    exempt = created(
        await world.reviewer.post(path, {"reason": "涉密项目"}, version=secret["version"])
    )
    assert exempt["disclosure_exemption"] == "涉密项目"
    assert created(await world.approver().post("/goals/disclosures", DISCLOSURE))["goal_count"] == 1
    coverage = (await world.officer.get("/goals/coverage", fiscal_year=2023)).json()["disclosure"]
    assert (coverage["numerator"], coverage["denominator"], coverage["rate"]) == (1, 1, "100.00")
    listed = await part(world, "exempt")
    assert [(row["goal_id"], row["disclosure_exemption"]) for row in listed] == [
        (secret["id"], "涉密项目")
    ]
    public = await world.stranger.get(
        "/goals/published-goals", fiscal_year=2023, region_code=world.region_code
    )
    assert [goal["project_name"] for goal in public.json()["items"]] == [other["project_name"]]


async def test_the_list_of_what_waits_for_publication_is_as_long_as_the_work_item_says(
    world: World,
) -> None:
    waiting, secret = await world.approved_goal(), await world.approved_goal()
    await world.goal()
    path = f"/goals/goals/{secret['id']}/disclosure-exemptions"
    created(await world.reviewer.post(path, {"reason": "涉密项目"}, version=secret["version"]))
    items = (await world.approver().get("/goals/work-items")).json()["items"]
    (item,) = [one for one in items if one["kind"] == "goal_to_disclose"]
    listed = await world.approver().send("GET", item["href"].removeprefix("/api/v1"))
    assert [goal["id"] for goal in listed.json()["items"]] == [waiting["id"]]
    assert item["count"] == 1


@pytest.mark.parametrize(
    ("day", "status", "code"),
    [("2023-01-30", 409, "disclosed_too_early"), ("2099-01-01", 422, "invalid_payload")],
)
async def test_nothing_is_published_before_its_approval_or_in_days_to_come(
    world: World, day: str, status: int, code: str
) -> None:
    goal = await world.approved_goal()
    order = DISCLOSURE | {"disclosed_on": day}
    answer = await world.approver().post("/goals/disclosures", order)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await world.officer.get(f"/goals/goals/{goal['id']}")).json()["disclosed_on"] is None


async def test_what_was_published_is_not_exempt_afterwards(world: World) -> None:
    goal = await world.approved_goal()
    created(await world.approver().post("/goals/disclosures", DISCLOSURE))
    path = f"/goals/goals/{goal['id']}"
    version = (await world.officer.get(path)).json()["version"]
    answer = await world.reviewer.post(
        f"{path}/disclosure-exemptions", {"reason": "涉密项目"}, version=version
    )
    assert answer.status_code == 409
    assert answer.json()["detail"].endswith("现行版本已公开或已免予公开")


async def part(world: World, name: str, **group: str) -> list[dict[str, Any]]:
    """The projects in one part of the disclosure rate."""
    answer = await world.officer.get(
        "/goals/coverage-projects", fiscal_year=2023, metric="disclosure", part=name, **group
    )
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_what_is_published_late_or_not_at_all_is_listed(world: World) -> None:
    late, never = await world.approved_goal(unit="219001"), await world.approved_goal(unit="219002")
    on_time = await world.approved_goal(unit="219003")
    for unit, day in (("219001", "2023-02-21"), ("219003", "2023-02-20")):
        order = DISCLOSURE | {"unit_code": unit, "disclosed_on": day}
        created(await world.approver(unit).post("/goals/disclosures", order))
    coverage = (await world.officer.get("/goals/coverage", fiscal_year=2023)).json()["disclosure"]
    assert (coverage["numerator"], coverage["denominator"], coverage["late"]) == (2, 3, 2)
    rows = await part(world, "late")
    assert [row["goal_id"] for row in rows] == [late["id"], never["id"]]
    assert {row["disclosure_due"] for row in rows} == {"2023-02-20"}
    assert on_time["id"] in {row["goal_id"] for row in await part(world, "numerator")}


async def test_rates_by_office_department_and_fund_level_add_up_to_their_lists(
    world: World,
) -> None:
    await world.approved_goal(unit="219001")
    await world.goal(unit="220001")
    for by, codes in (
        ("office", ["教科文室（示例）"]),
        ("department", ["219", "220"]),
        ("fund_level", ["county"]),
    ):
        answer = await world.officer.get("/goals/coverage-groups", fiscal_year=2023, by=by)
        groups = answer.json()["items"]
        assert [group["code"] for group in groups] == codes
        assert answer.json()["scope"]
        for group in groups:
            for rate in (group["goal_coverage"], group["disclosure"]):
                for name in ("numerator", "denominator"):
                    href = rate[f"{name}_href"].removeprefix("/api/v1")
                    listed = (await world.officer.send("GET", href)).json()["items"]
                    assert len(listed) == rate[name]
    assert sum(group["goal_coverage"]["denominator"] for group in groups) == 2


async def test_a_whole_departments_goal_is_of_the_department(world: World) -> None:
    await world.unit("219")
    body = {
        "kind": "department",
        "unit_code": "219",
        "fiscal_year": 2023,
        "annual_goal": "办好区内教育",
        "tasks": [{"name": "校舍维修", "fiscal_amount": "1000000.00"}],
    }
    filler = world.filler("219")
    goal = created(await filler.post("/goals/goals", body))
    assert (goal["kind"], goal["project_code"], goal["unit_name"]) == (
        "department",
        None,
        "第219单位（示例）",
    )
    assert goal["tasks"] == [
        {"name": "校舍维修", "content": None, "fiscal_amount": "1000000.00", "other_amount": None}
    ]
    twice = await filler.post("/goals/goals", body)
    assert (twice.status_code, twice.json()["code"]) == (409, "goal_exists")
    await world.unit("219001")
    below = await world.filler("219001").post("/goals/goals", body | {"unit_code": "219001"})
    assert below.status_code == 404
    both = await filler.post("/goals/goals", body | {"project_code": "64010423T000000000001"})
    assert both.status_code == 422


async def test_what_waits_to_be_published_is_counted_and_listed_alike(world: World) -> None:
    published = await world.approved_goal()
    created(await world.approver().post("/goals/disclosures", DISCLOSURE))
    waiting = await world.approved_goal()
    secret = await world.approved_goal()
    await world.step(world.reviewer, secret, "disclosure-exemptions", {"reason": "涉密项目"})
    await world.goal()
    items = (await world.approver().get("/goals/work-items")).json()["items"]
    (item,) = [one for one in items if one["kind"] == "goal_to_disclose"]
    listed = await world.approver().send("GET", item["href"].removeprefix("/api/v1"))
    assert item["count"] == 1
    assert [goal["id"] for goal in listed.json()["items"]] == [waiting["id"]]
    done = (await world.approver().get("/goals/goals", disclosed=True)).json()["items"]
    assert [goal["id"] for goal in done] == [published["id"]]
