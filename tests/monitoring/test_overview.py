"""统计、待办、单个项目: figures, work lists and the project's page say what the lists say."""

from typing import Any

from tests.monitoring.arranged import (
    execution_of,
    expect_404,
    form_of,
    letter,
    letter_order,
    monitored_goal,
    open_round,
    pay,
    run_rules,
    step,
    submitted_form,
    warnings_of,
)
from tests.world import Person, World, created


async def listed(person: Person, path: str, **filters: Any) -> int:
    """How many entries a list has."""
    answer = await person.get(f"/monitoring/{path}", limit=200, **filters)
    return len(answer.json()["items"])


async def busy_year(world: World) -> list[str]:
    """Three projects of two units: two warned, one of them rectified, one form accepted."""
    codes = [
        (await monitored_goal(world, unit=unit))["project_code"]
        for unit in ("219001", "219001", "219002")
    ]
    await pay(world, codes[1], ("400000.00", "2023-03-01"))
    await pay(world, codes[2], ("600000.00", "2023-03-01"))
    monitoring = await open_round(world)
    await run_rules(world, monitoring)
    await pay(world, codes[1], ("200000.00", "2023-07-01"))
    await run_rules(world, monitoring)
    [warning] = await warnings_of(world, status="open")
    order = created(await world.officer.post("/monitoring/rectifications", letter_order(warning)))
    for person, name, body in (
        (world.approver(), "measures", {"measures": "加快支付"}),
        (world.officer, "verifications", {"outcome": "verified"}),
    ):
        order = created(await step(person, "rectifications", order, name, body))
    form = await submitted_form(world, await form_of(world, codes[0]))
    created(await step(world.officer, "monitoring-forms", form, "reviews", {"decision": "accept"}))
    await submitted_form(world, await form_of(world, codes[1]))
    return codes


async def test_statistics_count_what_the_lists_list(world: World, other_world: World) -> None:
    await busy_year(world)
    await letter(world, unit="219002")
    await letter(other_world)
    for person in (world.officer, world.filler("219001"), world.approver("219002")):
        figures = (await person.get("/monitoring/statistics", fiscal_year=2023)).json()
        year = {"fiscal_year": 2023}
        assert figures["warnings"] == {
            "total": await listed(person, "warnings", **year),
            "open": await listed(person, "warnings", status="open", **year),
            "red": await listed(person, "warnings", level="red", **year),
            "yellow": await listed(person, "warnings", level="yellow", **year),
        }
        letters = figures["letters"]
        assert letters["sent"] == await listed(person, "rectifications", **year)
        assert letters["verified"] == await listed(
            person, "rectifications", status="verified", **year
        )
        assert letters["by_origin"] == {
            origin: await listed(person, "rectifications", origin=origin, **year)
            for origin in ("monitoring", "self_evaluation", "evaluation")
        }
        assert figures["forms"] == {
            "total": await listed(person, "monitoring-forms"),
            "accepted": await listed(person, "monitoring-forms", status="accepted"),
        }
    whole = (await world.officer.get("/monitoring/statistics", fiscal_year=2023)).json()
    assert whole["warnings"] == {"total": 2, "open": 1, "red": 1, "yellow": 1}
    assert (whole["letters"]["sent"], whole["letters"]["verified"]) == (2, 1)
    assert whole["forms"] == {"total": 3, "accepted": 1}


async def test_a_year_in_which_nothing_happened_counts_nothing(world: World) -> None:
    figures = (await world.officer.get("/monitoring/statistics", fiscal_year=2023)).json()
    assert figures["warnings"] == {"total": 0, "open": 0, "red": 0, "yellow": 0}
    assert figures["forms"] == {"total": 0, "accepted": 0}


async def test_each_one_sees_what_waits_for_him_and_finds_it_where_it_leads(world: World) -> None:
    await busy_year(world)
    await letter(world, unit="219002")
    order = await letter(world)
    created(await step(world.approver(), "rectifications", order, "measures", {"measures": "改"}))
    people = {
        "filler 219001": world.filler("219001"),
        "approver 219001": world.approver("219001"),
        "filler 219002": world.filler("219002"),
        "approver 219002": world.approver("219002"),
        "officer": world.officer,
        "reviewer": world.reviewer,
    }
    waits = {}
    for name, person in people.items():
        items = (await person.get("/monitoring/work-items")).json()["items"]
        waits[name] = {item["kind"]: item["count"] for item in items}
        for item in items:
            found = await person.send("GET", item["href"].removeprefix("/api/v1"))
            assert len(found.json()["items"]) == item["count"]
    assert waits == {
        "filler 219001": {"warning_to_answer": 1},
        "approver 219001": {"warning_to_answer": 1},
        "filler 219002": {"monitoring_form_open": 1, "rectification_to_receive": 1},
        "approver 219002": {"monitoring_form_to_submit": 1, "rectification_issued": 1},
        "officer": {
            "monitoring_form_to_review": 1,
            "rectification_to_verify": 1,
            "warning_open": 1,
        },
        "reviewer": {"rectification_escalated": 1},
    }


async def test_a_projects_page_gathers_its_money_forms_warnings_and_letters(world: World) -> None:
    slow, recovered, _ = await busy_year(world)
    path = f"/monitoring/projects/{slow}/monitoring"
    page = (await world.filler().get(path, fiscal_year=2023)).json()
    execution = await execution_of(world, slow)
    assert page["execution"] == {field: execution[field] for field in page["execution"]}
    assert [form["status"] for form in page["forms"]] == ["accepted"]
    assert [warning["status"] for warning in page["warnings"]] == ["open"]
    assert [order["status"] for order in page["rectifications"]] == ["verified"]
    path = f"/monitoring/projects/{recovered}/monitoring"
    other = await world.officer.get(path, fiscal_year=2023)
    assert [warning["status"] for warning in other.json()["warnings"]] == ["closed"]
    assert other.json()["rectifications"] == []


async def test_a_project_without_goal_or_payment_has_no_page(world: World) -> None:
    project = (await monitored_goal(world))["project_code"]
    await expect_404(world.officer, "GET", f"/projects/{project}/monitoring?fiscal_year=2022")
    unknown = "64010423T999999999999"
    await expect_404(world.officer, "GET", f"/projects/{unknown}/monitoring?fiscal_year=2023")
