"""资金到位, and a project's vouchers with their running total."""

from decimal import Decimal
from typing import Any

from tests.monitoring.arranged import expect_404, monitored_goal, pay
from tests.monitoring.executed import receipt
from tests.world import World

IMPORTS = "/monitoring/fund-receipt-imports"


async def listed(world: World, **filters: Any) -> list[str]:
    """Receipt numbers as the bureau lists them."""
    answer = await world.officer.get("/monitoring/fund-receipts", **filters)
    return [row["receipt_no"] for row in answer.json()["items"]]


async def test_receipts_are_kept_once_and_never_changed(world: World, other_world: World) -> None:
    project = (await monitored_goal(world))["project_code"]
    row = receipt(project, {"amount": "5.00", "received_on": "2023-03-01", "receipt_no": "A"})
    first = (await world.integration.post(IMPORTS, {"items": [row]})).json()
    again = (await world.integration.post(IMPORTS, {"items": [row]})).json()
    assert (first["created"], again["unchanged"]) == (1, 1)
    other = row | {"amount": "6.00"}
    [refused] = (await world.integration.post(IMPORTS, {"items": [other]})).json()["results"]
    assert refused["errors"][0]["code"] == "receipt_conflict"
    assert await listed(world) == ["A"]
    assert await listed(world, fiscal_year=2024) == []
    assert await listed(other_world) == []
    mine = await world.filler().get("/monitoring/fund-receipts")
    theirs = await world.filler("219002").get("/monitoring/fund-receipts")
    assert [len(answer.json()["items"]) for answer in (mine, theirs)] == [1, 0]


async def test_another_units_or_regions_vouchers_do_not_exist(
    world: World, other_world: World
) -> None:
    project = (await monitored_goal(world))["project_code"]
    await pay(world, project, ("1.00", "2023-03-15"))
    path = f"/projects/{project}/payments?fiscal_year=2023"
    await expect_404(world.filler("219002"), "GET", path)
    await expect_404(other_world.officer, "GET", path)
    await expect_404(world.officer, "GET", path.replace("2023", "2024"))


async def test_a_projects_vouchers_run_up_to_what_was_paid(world: World) -> None:
    project = (await monitored_goal(world))["project_code"]
    rows = await pay(
        world, project,
        ("10.00", "2023-03-15"), ("20.00", "2023-03-15"), ("-5.00", "2023-02-01"),
        ("7.50", "2023-09-01"),
    )  # fmt: skip
    path = f"/monitoring/projects/{project}/payments"
    seen: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await world.filler().get(path, fiscal_year=2023, limit=1, **cursor)).json()
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    in_order = sorted(rows, key=lambda row: (row["paid_on"], row["voucher_no"]))
    running = Decimal(0)
    for row, shown in zip(in_order, seen, strict=True):
        running += Decimal(row["amount"])
        assert (shown["voucher_no"], Decimal(shown["paid_to_date"])) == (
            row["voucher_no"],
            running,
        )


async def test_vouchers_are_found_by_unit_and_day(world: World) -> None:
    mine, theirs = await monitored_goal(world), await monitored_goal(world, unit="219002")
    [first, last] = await pay(
        world, mine["project_code"], ("10.00", "2023-03-15"), ("20.00", "2023-03-31")
    )
    [other] = await pay(world, theirs["project_code"], ("30.00", "2023-03-31"))
    arrived = [
        receipt(goal["project_code"], {"amount": "5.00", "received_on": day, "receipt_no": number})
        for goal, day, number in ((mine, "2023-03-01", "A"), (theirs, "2023-04-01", "B"))
    ]
    await world.integration.post(IMPORTS, {"items": arrived})
    for asked, found in (
        ({"unit_code": "219001"}, {first["voucher_no"], last["voucher_no"]}),
        ({"paid_from": "2023-03-31"}, {last["voucher_no"], other["voucher_no"]}),
        ({"paid_from": "2023-03-15", "paid_to": "2023-03-30"}, {first["voucher_no"]}),
        ({"unit_code": "219002", "paid_to": "2023-03-30"}, set()),
    ):
        rows = (await world.officer.get("/monitoring/payments", **asked)).json()["items"]
        assert {row["voucher_no"] for row in rows} == found, asked
    assert await listed(world, unit_code="219002") == ["B"]
    assert await listed(world, received_from="2023-03-01", received_to="2023-03-31") == ["A"]
    own = await world.filler("219002").get("/monitoring/payments", unit_code="219001")
    assert own.json()["items"] == []
