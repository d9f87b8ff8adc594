"""支付与执行: vouchers from the treasury, counted once, added up by fund level."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from tests.monitoring.arranged import execution_of, expect_404, learnt, monitored_goal, pay
from tests.world import World, payment_row

IMPORTS = "/monitoring/payment-imports"


async def vouchers(world: World) -> list[str]:
    """Every stored voucher of the region."""
    answer = await world.integration.get("/monitoring/payments", limit=200)
    return [payment["voucher_no"] for payment in answer.json()["items"]]


def total(rows: list[dict[str, Any]]) -> Decimal:
    """What the rows add up to."""
    return sum((Decimal(row["amount"]) for row in rows), Decimal(0))


async def test_another_regions_execution_does_not_exist(world: World, other_world: World) -> None:
    goal = await monitored_goal(other_world)
    await pay(other_world, goal["project_code"], ("250000.00", "2023-03-15"))
    path = f"/projects/{goal['project_code']}/monitoring?fiscal_year=2023"
    await expect_404(world.officer, "GET", path)
    assert await vouchers(world) == []
    executions = await world.officer.get("/monitoring/executions", fiscal_year=2023)
    assert executions.json()["items"] == []


async def test_a_unit_sees_the_money_of_its_own_projects_only(world: World) -> None:
    mine, theirs = await monitored_goal(world), await monitored_goal(world, unit="219002")
    [paid] = await pay(world, mine["project_code"], ("250000.00", "2023-03-15"))
    await pay(world, theirs["project_code"], ("300000.00", "2023-03-15"))
    filler = world.filler()
    payments = (await filler.get("/monitoring/payments")).json()["items"]
    assert [payment["voucher_no"] for payment in payments] == [paid["voucher_no"]]
    executions = (await filler.get("/monitoring/executions", fiscal_year=2023)).json()["items"]
    assert [row["project_code"] for row in executions] == [mine["project_code"]]
    path = f"/projects/{theirs['project_code']}/monitoring?fiscal_year=2023"
    await expect_404(filler, "GET", path)
    asked = await world.officer.get("/monitoring/executions", fiscal_year=2023, unit_code="219002")
    assert [row["project_code"] for row in asked.json()["items"]] == [theirs["project_code"]]


async def test_a_payment_sent_again_changes_nothing(world: World) -> None:
    project = (await monitored_goal(world))["project_code"]
    rows = await pay(world, project, ("250000.00", "2023-03-15"))
    before = await execution_of(world, project)
    again = (await world.integration.post(IMPORTS, {"items": rows})).json()
    assert (again["created"], again["unchanged"], again["failed"]) == (0, 1, 0)
    assert await execution_of(world, project) == before
    assert await vouchers(world) == [rows[0]["voucher_no"]]


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "250000.01"},
        {"paid_on": "2023-03-16"},
        {"fund_level": "central"},
        {"fiscal_year": 2024},
        {"project_code": "64010423T999999999999"},
    ],
)
async def test_a_known_voucher_with_other_content_is_refused(
    world: World, change: dict[str, Any]
) -> None:
    project = (await monitored_goal(world))["project_code"]
    [row] = await pay(world, project, ("250000.00", "2023-03-15"))
    before = await execution_of(world, project)
    answer = (await world.integration.post(IMPORTS, {"items": [row | change]})).json()
    [result] = answer["results"]
    assert (answer["failed"], result["status"]) == (1, "failed")
    assert (result["errors"][0]["code"], result["errors"][0]["pointer"]) == (
        "voucher_conflict",
        "/voucher_no",
    )
    assert await execution_of(world, project) == before


async def test_one_voucher_twice_in_a_batch_is_paid_once(world: World) -> None:
    project = (await monitored_goal(world))["project_code"]
    row = payment_row(project, uuid4().hex, "100.00")
    answer = (await world.integration.post(IMPORTS, {"items": [row, row]})).json()
    assert (answer["created"], answer["failed"]) == (1, 1)
    assert answer["results"][1]["errors"][0]["code"] == "duplicate_in_batch"
    assert (await execution_of(world, project))["paid"] == "100.00"


async def test_the_same_vouchers_sent_at_the_same_moment_are_paid_once(world: World) -> None:
    projects = [(await monitored_goal(world))["project_code"] for _ in range(2)]
    rows = [payment_row(project, uuid4().hex, "10.01") for project in projects * 20]
    batches = [{"items": rows}, {"items": rows[::-1]}, {"items": rows[10:]}, {"items": rows[:30]}]
    answers = await asyncio.gather(*(world.integration.post(IMPORTS, b) for b in batches))
    assert [answer.status_code for answer in answers] == [207] * 4
    assert sum(answer.json()["created"] for answer in answers) == len(rows)
    for project in projects:
        assert (await execution_of(world, project))["paid"] == "200.20"


async def test_two_regions_may_use_the_same_voucher_number(
    world: World, other_world: World
) -> None:
    project = (await monitored_goal(world))["project_code"]
    [row] = await pay(world, project, ("250000.00", "2023-03-15"))
    elsewhere = {"items": [row | {"amount": "1.00"}]}
    answer = await other_world.integration.post(IMPORTS, elsewhere)
    assert answer.json()["created"] == 1
    assert (await execution_of(world, project))["paid"] == "250000.00"


async def test_a_refund_lowers_what_was_paid(world: World) -> None:
    project = (await monitored_goal(world))["project_code"]
    rows = await pay(world, project, ("250000.00", "2023-03-15"), ("-50000.50", "2023-04-01"))
    execution = await execution_of(world, project)
    assert Decimal(execution["paid"]) == total(rows) == Decimal("199999.50")
    assert (execution["rate"], execution["last_paid_on"]) == ("20.00", "2023-04-01")


async def test_execution_adds_up_by_fund_level(world: World) -> None:
    funds = [
        {"fund_level": "central", "amount": "600000.00"},
        {"fund_level": "county", "amount": "300000.00"},
    ]
    project = await world.project(funds=funds)
    await world.approved_goal(project=project)
    await learnt(world, project)
    central = await pay(
        world, project, ("100000.00", "2023-02-01"), ("0.33", "2023-02-02"), fund_level="central"
    )
    county = await pay(world, project, ("75000.10", "2023-05-06"))
    municipal = await pay(world, project, ("40.00", "2023-05-07"), fund_level="municipal")
    execution = await execution_of(world, project)
    levels = {fund["fund_level"]: fund for fund in execution["funds"]}
    assert list(levels) == ["central", "municipal", "county"]
    for level, rows in (("central", central), ("county", county), ("municipal", municipal)):
        assert Decimal(levels[level]["paid"]) == total(rows)
    assert [levels[level]["rate"] for level in levels] == ["16.67", None, "25.00"]
    assert levels["municipal"]["budget"] == "0.00"
    assert Decimal(execution["budget"]) == Decimal("900000.00")
    assert Decimal(execution["paid"]) == total(central + county + municipal)
    assert execution["rate"] == "19.45"


async def test_a_payment_before_its_goal_is_kept_and_joins_it(world: World) -> None:
    project = await world.project()
    await pay(world, project, ("250000.00", "2023-01-05"))
    early = await execution_of(world, project)
    assert (early["paid"], early["rate"], early["project_name"]) == ("250000.00", None, None)
    assert Decimal(early["budget"]) == 0
    assert (await world.filler().get("/monitoring/payments")).json()["items"] == []
    await world.approved_goal(project=project)
    await learnt(world, project)
    joined = await execution_of(world, project)
    assert (joined["paid"], joined["rate"], joined["unit_code"]) == ("250000.00", "25.00", "219001")


async def test_paying_more_than_the_budget_is_shown_not_refused(world: World) -> None:
    project = (await monitored_goal(world, budget="100000.00"))["project_code"]
    await pay(world, project, ("90000.00", "2023-03-15"), ("30000.00", "2023-06-15"))
    execution = await execution_of(world, project)
    assert (execution["budget"], execution["paid"]) == ("100000.00", "120000.00")
    assert execution["rate"] == "120.00"


async def test_a_dry_run_reports_and_keeps_nothing(world: World) -> None:
    project = (await monitored_goal(world))["project_code"]
    before = await execution_of(world, project)
    rows = [payment_row(project, "V1", "100.00"), payment_row(project, "V2", "0.001")]
    trial = await world.integration.post(IMPORTS, {"items": rows}, params={"dry_run": True})
    assert trial.status_code == 207
    report = trial.json()
    assert (report["dry_run"], report["created"], report["failed"]) == (True, 1, 1)
    assert await vouchers(world) == []
    assert await execution_of(world, project) == before


async def test_good_rows_enter_beside_a_bad_one_unless_all_are_wanted(world: World) -> None:
    project = (await monitored_goal(world))["project_code"]
    rows = [payment_row(project, "V1", "100.00"), payment_row(project, "V2", "一百元")]
    together = await world.integration.post(IMPORTS, {"items": rows}, params={"atomic": "all"})
    assert together.status_code == 422
    assert [error["pointer"] for error in together.json()["errors"]] == ["/items/1/amount"]
    assert await vouchers(world) == []
    one_by_one = (await world.integration.post(IMPORTS, {"items": rows})).json()
    assert [result["status"] for result in one_by_one["results"]] == ["created", "failed"]
    assert await vouchers(world) == ["V1"]


async def test_the_feed_tells_what_has_been_paid_so_far(world: World) -> None:
    project = (await monitored_goal(world))["project_code"]
    await pay(world, project, ("100.00", "2023-03-15"), ("20.00", "2023-03-10"))
    await pay(world, project, ("-30.00", "2023-03-12"), ("5.00", "2023-02-01"))
    events = await world.events("monitoring")
    told = [e["data"] for e in events if e["type"] == "cn.wenxiao.execution.changed.v1"]
    assert [fact["version"] for fact in told] == [1, 2]
    assert [fact["paid"][0]["amount"] for fact in told] == ["120.00", "95.00"]
    assert {fact["last_paid_on"] for fact in told} == {"2023-03-15"}
