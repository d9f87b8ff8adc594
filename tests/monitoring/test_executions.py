"""预算执行 as of a day: every figure follows from the rows that were sent."""

import tomllib
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy.local import Stack
from services.monitoring.queries.execution_facts import EXECUTION_FACTS
from tests.monitoring.executed import (
    PROJECT,
    approve,
    bring_in,
    executions,
    payment,
    receipt,
    statistics,
    summed,
)
from tests.world import World

CASES = tomllib.loads((Path(__file__).parent / "cases" / "executions.toml").read_text())["case"]
CODE = PROJECT.format(1)
FIGURES = ("budget_initial", "budget", "carry_over", "paid", "received", "paid_of_received")


async def arrange(world: World, stack: Stack, case: dict[str, Any]) -> int:
    """Everything the case tells of, sent in; its year."""
    year = case.get("fiscal_year", 2023)
    payments = [payment(CODE, row, fiscal_year=year) for row in case.get("payments", [])]
    await bring_in(world, "payment-imports", payments)
    receipts = [receipt(CODE, row, fiscal_year=year) for row in case.get("receipts", [])]
    await bring_in(world, "fund-receipt-imports", receipts)
    if "plan" in case:
        plan = {"project_code": CODE, "fiscal_year": year, "planned_pct_by_month": case["plan"]}
        await bring_in(world, "payment-plan-imports", [plan])
    if "budgets" in case:
        await approve(world, stack, CODE, *case["budgets"], fiscal_year=year)
    return int(year)


def recomputed(case: dict[str, Any], as_of: date) -> dict[str, Decimal]:
    """The figures straight from the case's rows."""
    year = case.get("fiscal_year", 2023)
    of = {
        kind: [
            {"fund_level": "county", "fiscal_year": year, **row}
            for row in case.get(kind, [])
            if row[day] <= as_of and row.get("fiscal_year", year) == year
        ]
        for kind, day in (("payments", "paid_on"), ("receipts", "received_on"))
    }
    budgets = [b["funds"] for b in case.get("budgets", []) if b["approved_on"] <= as_of] or [[]]
    known = {row["fund_level"] for row in of["receipts"]}
    return {
        "budget_initial": summed(budgets[0]),
        "budget": summed(budgets[-1]),
        "carry_over": summed(f for f in budgets[-1] if f.get("source") == "carry_over"),
        "paid": summed(of["payments"]),
        "received": summed(of["receipts"]),
        "paid_of_received": summed(p for p in of["payments"] if p["fund_level"] in known),
    }


def percent(part: Decimal, whole: Decimal) -> str | None:
    """As an accountant would work it out."""
    if whole <= 0:
        return None
    return str((part * 100 / whole).quantize(Decimal("0.01"), ROUND_HALF_UP))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
async def test_execution_as_of_a_day(world: World, stack: Stack, case: dict[str, Any]) -> None:
    year = await arrange(world, stack, case)
    for ask in case["asks"]:
        [row] = await executions(world, fiscal_year=year, as_of=str(ask["as_of"]))
        for name, expected in ask.items():
            shown = {"none": "None", "0": "None"}.get(str(expected), str(expected))
            assert str(row[name]) == shown, (ask["as_of"], name)
        figures = recomputed(case, ask["as_of"])
        assert {name: Decimal(row[name]) for name in FIGURES} == figures
        for name in FIGURES:
            assert sum(Decimal(fund[name]) for fund in row["funds"]) == figures[name]
        assert row["rate"] == row["exec_rate_budget"] == percent(figures["paid"], figures["budget"])
        assert row["exec_rate_received"] == percent(
            figures["paid_of_received"], figures["received"]
        )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
async def test_the_rules_are_told_what_the_bureau_reads(
    world: World, stack: Stack, case: dict[str, Any]
) -> None:
    year = await arrange(world, stack, case)
    connection = await asyncpg.connect(
        stack.database_url("monitoring"), server_settings={"search_path": "monitoring"}
    )
    for ask in case["asks"]:
        scope = (world.region_code, year, ask["as_of"])
        [fact] = await connection.fetch(EXECUTION_FACTS, *scope)
        [row] = await executions(world, fiscal_year=year, as_of=str(ask["as_of"]))
        assert (fact["budget"] is None) is (row["budget_version_no"] is None)
        for name in ("budget_initial", "budget", "paid", "received", "paid_of_received"):
            assert (fact[name] or 0) == Decimal(row[name]), name
        share = fact["planned_pct"]
        if share is None:
            share = Decimal(fact["months_begun"]) * 100 / 12
        assert share.quantize(Decimal("0.01")) == Decimal(row["planned_share"])
    await connection.close()


async def three_projects(world: World, stack: Stack) -> list[dict[str, Any]]:
    """Two units' projects with money of two levels, and one that is only paid; the vouchers."""
    county, central = {"amount": "1000.00"}, {"amount": "500.00", "fund_level": "central"}
    day = date(2023, 1, 31)
    await approve(world, stack, PROJECT.format(1), {"approved_on": day, "funds": [county, central]})
    await approve(
        world, stack, PROJECT.format(2), {"approved_on": day, "funds": [county]}, unit="308001"
    )
    rows = [
        payment(PROJECT.format(number), {"amount": amount, "paid_on": paid_on, "fund_level": level})
        for number, amount, paid_on, level in (
            (1, "100.00", "2023-02-10", "county"),
            (1, "40.00", "2023-03-10", "central"),
            (1, "-10.00", "2023-05-10", "county"),
            (2, "333.33", "2023-03-31", "county"),
            (2, "66.67", "2023-04-01", "county"),
            (3, "7.00", "2023-03-05", "municipal"),
            (2, "1.00", "2024-01-03", "county"),
        )
    ]
    await bring_in(world, "payment-imports", rows)
    receipts = [receipt(PROJECT.format(1), {**central, "received_on": "2023-01-15"})]
    await bring_in(world, "fund-receipt-imports", receipts)
    return rows


def figures(group: dict[str, Any], *names: str) -> list[str | None]:
    """The named figures."""
    return [group[name] for name in names]


async def test_groups_add_up_to_a_total_that_names_its_scope(world: World, stack: Stack) -> None:
    rows = await three_projects(world, stack)
    for by in ("unit", "department", "office", "fund_level"):
        told = await statistics(world, by, as_of="2023-12-31")
        total, groups = told["total"], told["groups"]
        assert Decimal(total["paid"]) == summed(r for r in rows if r["paid_on"] < "2024")
        for name in (*FIGURES, "planned"):
            assert sum(Decimal(group[name]) for group in groups) == Decimal(total[name]), (by, name)
        assert figures(total, "budget", "paid", "exec_rate_budget") == [
            "2500.00",
            "537.00",
            "21.48",
        ]
        assert figures(total, "received", "paid_of_received", "exec_rate_received") == [
            "500.00", "40.00", "8.00",
        ]  # fmt: skip
        assert total["project_count"] == 3
        assert told["scope"] == (
            "2023 年度，可见范围内全部项目，全部资金级次与全部资金来源，截至 2023-12-31"
        )


async def test_execution_by_unit_and_by_level(world: World, stack: Stack) -> None:
    await three_projects(world, stack)
    units = {g["key"]: g for g in (await statistics(world, "unit", as_of="2023-12-31"))["groups"]}
    assert figures(units["219001"], "budget", "paid", "exec_rate_budget") == [
        "1500.00", "130.00", "8.67",
    ]  # fmt: skip
    assert figures(units["308001"], "budget", "paid", "exec_rate_budget") == [
        "1000.00", "400.00", "40.00",
    ]  # fmt: skip
    assert figures(units[None], "label", "budget", "paid", "exec_rate_budget") == [
        "尚无已批复目标的项目", "0.00", "7.00", None,
    ]  # fmt: skip
    levels = (await statistics(world, "fund_level", as_of="2023-12-31"))["groups"]
    assert {g["label"]: g["paid"] for g in levels} == {
        "中央": "40.00", "本级": "490.00", "市": "7.00",
    }  # fmt: skip
    departments = (await statistics(world, "department", as_of="2023-12-31"))["groups"]
    assert {g["key"]: g["project_count"] for g in departments} == {"219": 1, "308": 1, None: 1}


async def test_the_trend_by_month_adds_up(world: World, stack: Stack) -> None:
    rows = await three_projects(world, stack)
    told = await statistics(world, "month", as_of="2024-01-31")
    months = told["months"]
    assert [month["month"] for month in months] == [
        *(f"2023-{number:02d}" for number in range(1, 13)), "2024-01",
    ]  # fmt: skip
    running = Decimal(0)
    for month in months:
        paid = summed(row for row in rows if row["paid_on"].startswith(month["month"]))
        running += paid
        assert (Decimal(month["paid"]), Decimal(month["paid_to_date"])) == (paid, running)
        assert month["exec_rate_budget"] == percent(running, Decimal(2500))
    assert [months[n]["planned_to_date"] for n in (0, 6, 11, 12)] == [
        "208.33", "1458.33", "2500.00", "2500.00",
    ]  # fmt: skip
    assert told["total"]["paid"] == months[-1]["paid_to_date"]
    assert told["groups"] == []


async def test_what_was_planned_follows_each_projects_plan(world: World, stack: Stack) -> None:
    await three_projects(world, stack)
    plan = ["0"] * 6 + ["50"] * 5 + ["100"]
    row = {"project_code": PROJECT.format(2), "fiscal_year": 2023, "planned_pct_by_month": plan}
    await bring_in(world, "payment-plan-imports", [row])
    june = (await statistics(world, "unit", as_of="2023-06-30"))["groups"]
    assert {g["key"]: g["planned"] for g in june} == {
        "219001": "750.00", "308001": "0.00", None: "0.00",
    }  # fmt: skip
    july = await statistics(world, "month", as_of="2023-07-01")
    assert [m["planned_to_date"] for m in july["months"][5:]] == ["750.00", "1375.00"]
    assert july["total"]["planned"] == "1375.00"


async def test_executions_are_found_by_unit_office_project_and_level(
    world: World, stack: Stack
) -> None:
    await three_projects(world, stack)
    asked: list[tuple[dict[str, Any], list[int]]] = [
        ({}, [1, 2, 3]),
        ({"unit_code": "308001"}, [2]),
        ({"office": "教科文室（示例）"}, [1, 2]),
        ({"office": "农业室（示例）"}, []),
        ({"project_code": PROJECT.format(3)}, [3]),
        ({"fund_level": "central"}, [1]),
        ({"fund_level": "municipal"}, [3]),
        ({"fund_level": "county", "unit_code": "219001"}, [1]),
    ]
    for filters, numbers in asked:
        found = await executions(world, as_of="2023-12-31", **filters)
        assert [row["project_code"] for row in found] == [PROJECT.format(n) for n in numbers]
    [central] = await executions(world, as_of="2023-12-31", fund_level="central")
    assert figures(central, "budget", "paid", "exec_rate_received") == ["500.00", "40.00", "8.00"]
    told = await statistics(world, "unit", as_of="2023-12-31", fund_level="central")
    assert figures(told["total"], "budget", "paid") == ["500.00", "40.00"]
    assert "中央资金" in told["scope"]


async def test_pages_of_executions_hold_every_project_once(world: World, stack: Stack) -> None:
    await three_projects(world, stack)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await world.officer.get(
            "/monitoring/executions", fiscal_year=2023, limit=1, **cursor
        )
        page = answer.json()
        seen += [row["project_code"] for row in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == [PROJECT.format(number) for number in (1, 2, 3)]


async def test_a_unit_sees_the_figures_of_its_own_projects_only(
    world: World, other_world: World, stack: Stack
) -> None:
    await three_projects(world, stack)
    params = {"fiscal_year": 2023, "by": "unit", "as_of": "2023-12-31"}
    answer = await world.filler("308001").get("/monitoring/execution-statistics", **params)
    told = answer.json()
    assert [group["key"] for group in told["groups"]] == ["308001"]
    assert figures(told["total"], "budget", "paid") == ["1000.00", "400.00"]
    elsewhere = await statistics(other_world, "unit", as_of="2023-12-31")
    assert (elsewhere["total"]["paid"], elsewhere["groups"]) == ("0.00", [])
    months = await world.filler("308001").get(
        "/monitoring/execution-statistics", **params | {"by": "month"}
    )
    assert months.json()["months"][-1]["paid_to_date"] == "400.00"
