"""Budgets, vouchers, receipts and plans brought in, and what they must add up to."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from deploy.local import Stack
from services.goals.schemas.events import Fund, GoalApproved, SourceFund
from shared import clock
from shared.db import create_engine, sessions_of
from shared.feed import publish
from tests.conftest import eventually
from tests.world import World

PROJECT = "64010423T{:012d}"


async def approve(
    world: World,
    stack: Stack,
    project: str,
    *budgets: dict[str, Any],
    fiscal_year: int = 2023,
    unit: str = "219001",
) -> None:
    """The facts of a goal's approval and adjustments, as the goals feed carries them."""
    await world.unit(unit)
    goal_id = uuid4()
    facts = [
        approved(project, goal_id, number, budget, fiscal_year=fiscal_year, unit=unit)
        for number, budget in enumerate(budgets, start=1)
    ]
    engine = create_engine(stack.admin_url, process="goals", schema="goals", pool_size=1)
    async with sessions_of(engine, on_commit=lambda: None).begin() as session:
        await publish(session, world.region_code, *facts, at=clock.now())
    await engine.dispose()

    async def arrived() -> bool:
        found = await executions(world, fiscal_year=fiscal_year, as_of="2099-12-31")
        versions = {row["project_code"]: row["budget_version_no"] for row in found}
        return versions.get(project) == len(budgets)

    await eventually(arrived)


def approved(
    project: str,
    goal_id: UUID,
    number: int,
    budget: dict[str, Any],
    *,
    fiscal_year: int,
    unit: str,
) -> GoalApproved:
    """The fact of the n-th approval."""
    funds = [
        SourceFund(
            fund_level=fund.get("fund_level", "county"),
            source=fund.get("source", "appropriation"),
            amount=Decimal(fund["amount"]),
        )
        for fund in budget["funds"]
    ]
    levels = sorted({fund.fund_level for fund in funds})
    return GoalApproved(
        goal_id=goal_id,
        version=number,
        version_no=number,
        project_code=project,
        project_name="路灯改造（示例）",
        unit_code=unit,
        unit_name=f"第{unit}单位（示例）",
        department_code=unit[:3],
        is_key=False,
        sector=None,
        office="教科文室（示例）",
        fiscal_year=fiscal_year,
        document_no=f"财预〔{fiscal_year}〕{number}号（示例）",
        approved_on=budget["approved_on"],
        category="specific",
        funds=[
            Fund(fund_level=level, amount=summed(f for f in funds if f.fund_level == level))
            for level in levels
        ],
        fund_sources=funds,
        annual_goal="更换路灯一百二十盏。",
        indicators=[],
        synthetic=True,
    )


def summed(rows: Iterable[Any]) -> Decimal:
    """What the amounts of rows or objects add up to."""
    amounts = [row["amount"] if isinstance(row, dict) else row.amount for row in rows]
    return sum((Decimal(amount) for amount in amounts), Decimal(0))


async def bring_in(world: World, path: str, rows: list[dict[str, Any]]) -> None:
    """Import rows, all of them new and good."""
    if rows:
        answer = await world.integration.post(f"/monitoring/{path}", {"items": rows})
        assert answer.json()["created"] == len(rows), answer.text


def payment(project: str, row: dict[str, Any], *, fiscal_year: int = 2023) -> dict[str, Any]:
    """A voucher of county funds unless said otherwise."""
    return {
        "voucher_no": uuid4().hex,
        "project_code": project,
        "fiscal_year": fiscal_year,
        "fund_level": "county",
    } | {key: str(value) if isinstance(value, date) else value for key, value in row.items()}


def receipt(project: str, row: dict[str, Any], *, fiscal_year: int = 2023) -> dict[str, Any]:
    """A receipt of county funds unless said otherwise."""
    sent = payment(project, row, fiscal_year=fiscal_year)
    return {"receipt_no": sent.pop("voucher_no"), **sent}


async def executions(world: World, **filters: Any) -> list[dict[str, Any]]:
    """Execution as the bureau lists it."""
    params = {"fiscal_year": 2023, "limit": 200} | filters
    answer = await world.officer.get("/monitoring/executions", **params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def statistics(world: World, by: str, **filters: Any) -> dict[str, Any]:
    """Execution as the bureau sees it added up."""
    params = {"fiscal_year": 2023, "by": by} | filters
    answer = await world.officer.get("/monitoring/execution-statistics", **params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
