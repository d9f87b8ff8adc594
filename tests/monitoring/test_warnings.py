"""系统监控: lights recomputed by hand from raw payments, and what becomes of warnings run by run."""

import asyncio
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.local import Stack
from shared.auth import Role
from shared.db import sqlalchemy_url
from tests.monitoring.arranged import (
    execution_of,
    expect_404,
    filled_form,
    form_of,
    monitored_goal,
    open_round,
    open_warning,
    pay,
    run_rules,
    step,
    warnings_of,
)
from tests.world import World, created

COLOURS = ("red", "yellow", "green", "not_applicable")
CHANGES = ("opened", "updated", "unchanged", "closed")


def progress(rows: list[dict[str, Any]], budget: str, *, through: str) -> Fraction:
    """支出进度 by hand: paid up to the day ÷ budget ÷ share of the year gone by, in percent."""
    paid = sum(Fraction(row["amount"]) for row in rows if row["paid_on"] <= through)
    return paid / Fraction(budget) / Fraction(int(through[5:7]), 12) * 100


def light(value: Fraction) -> str:
    """The thresholds in use: under 60 red, under 80 yellow."""
    return "red" if value < 60 else "yellow" if value < 80 else "green"


def says(receipt: dict[str, Any], value: Fraction) -> bool:
    """Whether the arithmetic ends in this value, rounded half up to the places it prints."""
    shown = Decimal(receipt["arithmetic"].rpartition(" = ")[2])
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(shown, ROUND_HALF_UP) == shown


def counts(run: dict[str, Any]) -> list[int]:
    """What a run did with warnings."""
    return [run[change] for change in CHANGES]


async def receipt_of(world: World, warning: dict[str, Any]) -> dict[str, Any]:
    """Why the warning stands."""
    answer = await world.officer.get(f"/monitoring/warnings/{warning['id']}")
    return dict(answer.json()["receipt"])


async def test_the_lights_are_those_computed_by_hand_from_the_payments(world: World) -> None:
    budget = "1000000.00"
    payments = [
        [],
        [("349999.99", "2023-07-31")],
        [("300000.00", "2023-02-01"), ("50000.00", "2023-07-31")],
        [("500000.00", "2023-03-01"), ("-60000.00", "2023-06-30"), ("9.09", "2023-07-01")],
        [("200000.00", "2023-02-01"), ("400000.00", "2023-08-01")],
        [("466666.67", "2023-04-01")],
        [("1200000.00", "2023-01-31")],
    ]
    by_hand = {}
    for vouchers in payments:
        project = (await monitored_goal(world, budget=budget))["project_code"]
        rows = await pay(world, project, *vouchers) if vouchers else []
        by_hand[project] = progress(rows, budget, through="2023-07-31")
    lights = {project: light(value) for project, value in by_hand.items()}
    assert list(lights.values()) == ["red", "red", "yellow", "yellow", "red", "green", "green"]

    run = await run_rules(world, await open_round(world))

    expected = [list(lights.values()).count(colour) for colour in COLOURS]
    assert [run["colours"][colour] for colour in COLOURS] == expected
    warned = {warning["project_code"]: warning for warning in await warnings_of(world)}
    assert {code: w["level"] for code, w in warned.items()} == {
        code: colour for code, colour in lights.items() if colour != "green"
    }
    assert (run["evaluated"], counts(run)) == (7, [5, 0, 0, 0])
    for project, warning in warned.items():
        assert says(await receipt_of(world, warning), by_hand[project])


async def test_a_receipt_can_be_recomputed_and_says_how_to_clear_the_warning(world: World) -> None:
    project = (await monitored_goal(world, budget="987654.32"))["project_code"]
    rows = await pay(world, project, ("123456.78", "2023-02-01"), ("-3456.78", "2023-05-01"))
    monitoring = await open_round(world)
    await run_rules(world, monitoring)
    [warning] = await warnings_of(world)
    receipt = await receipt_of(world, warning)
    paid = sum(Decimal(row["amount"]) for row in rows)
    assert receipt["inputs"] == {
        "as_of": "2023-07-31",
        "month": "7",
        "budget": "987654.32",
        "paid": str(paid),
    }
    assert receipt["arithmetic"].startswith(f"{paid} ÷ 987654.32 ÷ (7 ÷ 12) × 100 = ")
    assert says(receipt, progress(rows, "987654.32", through="2023-07-31"))
    assert receipt["source"]["verified"] is False
    assert receipt["version"] == "money-against-time@2019-07-26"

    assert [way["to"] for way in receipt["ways_out"]] == ["yellow", "green"]


async def test_paying_what_the_receipt_asks_is_enough_and_a_cent_less_is_not(world: World) -> None:
    project = (await monitored_goal(world, budget="987654.32"))["project_code"]
    monitoring = await open_round(world)
    await run_rules(world, monitoring)
    [warning] = await warnings_of(world)
    [yellow, green] = (await receipt_of(world, warning))["ways_out"]
    levels, paid = [], Decimal(0)
    for way in (yellow, green):
        asked = Decimal(way["needs"][0]["value"])
        for amount in (asked - paid - Decimal("0.01"), Decimal("0.01")):
            await pay(world, project, (str(amount), "2023-07-31"))
            await run_rules(world, monitoring)
            levels.append([w["level"] for w in await warnings_of(world, status="open")])
        paid = asked
    assert levels == [["red"], ["yellow"], ["yellow"], []]


async def test_a_large_project_that_is_slow_in_august_warns_by_itself(world: World) -> None:
    budget = "2000000.00"
    project = (await monitored_goal(world, budget=budget))["project_code"]
    rows = await pay(world, project, ("1100000.00", "2023-08-31"))
    assert light(progress(rows, budget, through="2023-08-31")) == "green"
    await run_rules(world, await open_round(world), as_of="2023-08-31")
    [warning] = await warnings_of(world)
    assert (warning["rule_id"], warning["level"]) == ("large-slow", "red")
    assert (await receipt_of(world, warning))["arithmetic"].endswith(" × 100 = 55.00")


async def test_indicators_are_judged_once_the_form_has_been_submitted(world: World) -> None:
    project = (await monitored_goal(world))["project_code"]
    await pay(world, project, ("600000.00", "2023-06-01"))
    monitoring = await open_round(world)
    form = await filled_form(world, await form_of(world, project))
    late = {
        "position": 1,
        "actual_to_date": "30",
        "actual_forecast": "100",
        "likelihood": "possible",
        "deviation_causes": ["funding"],
        "deviation_text": "灯具未到货",
    }
    path = f"/monitoring/monitoring-forms/{form['id']}"
    form = (await world.filler().patch(path, {"rows": [late]}, version=form["version"])).json()
    assert counts(await run_rules(world, monitoring)) == [0, 0, 0, 0]
    created(await step(world.approver(), "monitoring-forms", form, "submissions", {}))
    assert counts(await run_rules(world, monitoring)) == [2, 0, 0, 0]
    found = {w["rule_id"]: w for w in await warnings_of(world)}
    assert {(w["rule_id"], w["position"], w["level"]) for w in found.values()} == {
        ("indicator-progress", 1, "red"),
        ("forecast-short", 1, "red"),
    }
    pace = await receipt_of(world, found["indicator-progress"])
    by_hand = Fraction(30) / (Fraction(120) / 12 * 7) * 100
    assert pace["arithmetic"].startswith("30 ÷ (120 ÷ 12 × 7) × 100 = ")
    assert says(pace, by_hand)


async def test_judging_the_same_facts_again_changes_nothing(world: World) -> None:
    for _ in range(2):
        await monitored_goal(world)
    monitoring = await open_round(world)
    assert counts(await run_rules(world, monitoring)) == [2, 0, 0, 0]
    before = await warnings_of(world)
    told = await world.events("monitoring")
    assert counts(await run_rules(world, monitoring)) == [0, 0, 2, 0]
    assert await warnings_of(world) == before
    assert await world.events("monitoring") == told


async def test_a_payment_closes_a_warning_and_a_refund_opens_the_same_one_again(
    world: World,
) -> None:
    project = (await monitored_goal(world))["project_code"]
    monitoring = await open_round(world)
    await run_rules(world, monitoring)
    [opened] = await warnings_of(world)
    await pay(world, project, ("600000.00", "2023-07-01"))
    assert counts(await run_rules(world, monitoring)) == [0, 0, 0, 1]
    [closed] = await warnings_of(world)
    assert (closed["id"], closed["status"]) == (opened["id"], "closed")
    assert closed["closed_at"] is not None
    assert closed["allowed_actions"] == []
    await pay(world, project, ("-200000.00", "2023-07-02"))
    assert counts(await run_rules(world, monitoring)) == [1, 0, 0, 0]
    [again] = await warnings_of(world)
    assert (again["id"], again["status"], again["level"]) == (opened["id"], "open", "yellow")
    assert (again["closed_at"], again["version"]) == (None, 3)
    events = await world.events("monitoring")
    told = [
        (e["type"].split(".")[3], e["data"]["version"], e["data"]["level"])
        for e in events
        if e["subject"] == opened["id"]
    ]
    assert told == [("opened", 1, "red"), ("closed", 2, "red"), ("opened", 3, "yellow")]


async def test_a_payment_that_helps_but_does_not_clear_changes_the_colour(world: World) -> None:
    project = (await monitored_goal(world))["project_code"]
    monitoring = await open_round(world)
    await run_rules(world, monitoring)
    await pay(world, project, ("400000.00", "2023-07-01"))
    assert counts(await run_rules(world, monitoring)) == [0, 1, 0, 0]
    [warning] = await warnings_of(world)
    assert (warning["level"], warning["status"]) == ("yellow", "open")


async def test_of_two_runs_at_once_one_works_and_the_other_is_sent_away(
    world: World, stack: Stack
) -> None:
    await monitored_goal(world)
    monitoring = await open_round(world)
    order = {"round_id": monitoring["id"], "as_of": "2023-07-31"}
    engine = create_async_engine(sqlalchemy_url(stack.admin_url))
    async with engine.connect() as held:
        await held.execute(text("lock table monitoring.rule_run in share row exclusive mode"))
        runs = [
            asyncio.create_task(world.officer.post("/monitoring/rule-runs", order))
            for _ in range(2)
        ]
        [first], [second] = await asyncio.wait(runs, return_when=asyncio.FIRST_COMPLETED)
        refused = first.result()
        assert (refused.status_code, refused.json()["code"]) == (409, "run_in_progress")
        assert refused.headers["retry-after"] == "5"
        await held.rollback()
        assert created(await second)["opened"] == 1
    await engine.dispose()
    runs_done = (await world.officer.get("/monitoring/rule-runs")).json()["items"]
    assert len(runs_done) == len(await warnings_of(world)) == 1


@pytest.mark.parametrize("as_of", ["2022-12-31", "2024-01-01", "2099-07-31"])
async def test_a_day_outside_the_year_is_refused(world: World, as_of: str) -> None:
    await monitored_goal(world)
    monitoring = await open_round(world)
    answer = await world.officer.post(
        "/monitoring/rule-runs", {"round_id": monitoring["id"], "as_of": as_of}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/as_of"
    assert (await world.officer.get("/monitoring/rule-runs")).json()["items"] == []


async def test_another_regions_runs_and_warnings_do_not_exist(
    world: World, other_world: World
) -> None:
    warning = await open_warning(other_world)
    run = (await other_world.officer.get("/monitoring/rule-runs")).json()["items"][0]
    order = {"round_id": warning["round_id"], "as_of": "2023-07-31"}
    await expect_404(world.officer, "GET", f"/warnings/{warning['id']}")
    await expect_404(world.officer, "GET", f"/rule-runs/{run['id']}")
    await expect_404(world.officer, "POST", "/rule-runs", order)
    assert await warnings_of(world) == []
    assert (await world.officer.get("/monitoring/rule-runs")).json()["items"] == []


async def test_a_warning_is_read_by_the_unit_it_concerns_and_by_the_bureau(world: World) -> None:
    warning = await open_warning(world, unit="219001")
    await monitored_goal(world, unit="219002")
    path = f"/warnings/{warning['id']}"
    for role in (Role.UNIT_FILLER, Role.UNIT_APPROVER):
        await expect_404(world.person(role, unit="219002"), "GET", path)
        others = await world.person(role, unit="219002").get("/monitoring/warnings")
        assert others.json()["items"] == []
        own = await world.person(role, unit="219001").get(f"/monitoring{path}")
        assert own.json()["receipt"]["inputs"]["paid"] == "0"
        may = ["warning.answer"] if role is Role.UNIT_APPROVER else []
        assert own.json()["allowed_actions"] == may
    read = (await world.officer.get(f"/monitoring{path}")).json()
    assert read["allowed_actions"] == ["rectification.issue"]
    for office, found in (("教科文室（示例）", 1), ("行财室（示例）", 0)):
        listed = await world.officer.get("/monitoring/warnings", office=office)
        assert len(listed.json()["items"]) == found
    execution = await execution_of(world, warning["project_code"])
    assert Decimal(read["receipt"]["inputs"]["budget"]) == Decimal(execution["budget"])
