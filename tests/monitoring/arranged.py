"""A year under monitoring, arranged on the live stack through the gateway."""

from typing import Any
from uuid import uuid4

import httpx

from tests.conftest import eventually
from tests.world import Person, World, created, payment_row

YEAR = 2023


async def monitored_goal(
    world: World, *, unit: str = "219001", budget: str = "1000000.00", **changes: Any
) -> dict[str, Any]:
    """An approved goal that monitoring has learnt; the budget is of county funds."""
    funds = [{"fund_level": "county", "amount": budget}]
    project = await world.project(unit=unit, funds=funds)
    goal = await world.approved_goal(unit=unit, project=project, **changes)
    await learnt(world, project)
    return goal


async def learnt(world: World, project: str) -> None:
    """Wait until monitoring knows the project's approved goal."""

    async def known() -> bool:
        answer = await world.officer.get(
            f"/monitoring/projects/{project}/monitoring", fiscal_year=YEAR
        )
        return answer.status_code == 200 and answer.json()["unit_code"] is not None

    await eventually(known)


async def pay(
    world: World, project: str, *payments: tuple[str, str], **changes: Any
) -> list[dict[str, Any]]:
    """Import vouchers of `(amount, paid_on)`; the rows as they were sent."""
    rows = [payment_row(project, uuid4().hex, *payment, **changes) for payment in payments]
    answer = await world.integration.post("/monitoring/payment-imports", {"items": rows})
    assert answer.json()["created"] == len(rows), answer.text
    return rows


async def execution_of(world: World, project: str) -> dict[str, Any]:
    """The project's budget and payments as the bureau reads them."""
    answer = await world.officer.get("/monitoring/executions", fiscal_year=YEAR, limit=200)
    [row] = [row for row in answer.json()["items"] if row["project_code"] == project]
    return dict(row)


def round_order(**changes: Any) -> dict[str, Any]:
    """The mid-year round of 2023."""
    return {
        "fiscal_year": YEAR,
        "name": "1–7月绩效监控",
        "period_from": "2023-01-01",
        "period_to": "2023-07-31",
        "due_on": "2023-08-15",
    } | changes


async def open_round(world: World, **changes: Any) -> dict[str, Any]:
    """A round over every goal monitoring has learnt."""
    order = round_order(**changes)
    return created(await world.officer.post("/monitoring/monitoring-rounds", order))


async def form_of(world: World, project: str) -> dict[str, Any]:
    """The project's newest monitoring form, whole."""
    path = f"/monitoring/projects/{project}/monitoring"
    listed = (await world.officer.get(path, fiscal_year=YEAR)).json()["forms"]
    answer = await world.officer.get(f"/monitoring/monitoring-forms/{listed[-1]['id']}")
    return dict(answer.json())


def filled_rows(form: dict[str, Any], **changes: Any) -> list[dict[str, Any]]:
    """Every row of the form filled in as on its way to the target."""
    return [
        {
            "position": row["position"],
            "actual_to_date": row["target_value"],
            "actual_forecast": row["target_value"],
            "likelihood": "certain",
        }
        | changes
        for row in form["rows"]
    ]


async def filled_form(world: World, form: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The form with every row filled in by its unit."""
    answer = await world.filler(form["unit_code"]).patch(
        f"/monitoring/monitoring-forms/{form['id']}",
        {"rows": filled_rows(form, **changes)},
        version=form["version"],
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def submitted_form(world: World, form: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The form filled in and at the bureau."""
    filled = await filled_form(world, form, **changes)
    approver = world.approver(form["unit_code"])
    return created(await step(approver, "monitoring-forms", filled, "submissions", {}))


async def step(
    person: Person, kind: str, thing: dict[str, Any], name: str, body: dict[str, Any]
) -> httpx.Response:
    """Ask to take a form or a letter one step further from the version read."""
    path = f"/monitoring/{kind}/{thing['id']}/{name}"
    return await person.post(path, body, version=thing["version"])


async def run_rules(
    world: World, monitoring: dict[str, Any], as_of: str = "2023-07-31"
) -> dict[str, Any]:
    """A run of the warning rules over the round."""
    order = {"round_id": monitoring["id"], "as_of": as_of}
    return created(await world.officer.post("/monitoring/rule-runs", order))


async def warnings_of(world: World, **filters: Any) -> list[dict[str, Any]]:
    """Warnings as the bureau lists them."""
    answer = await world.officer.get("/monitoring/warnings", limit=200, **filters)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def open_warning(world: World, *, unit: str = "219001") -> dict[str, Any]:
    """The red warning of a project of which nothing was paid by July, in a round of its own."""
    goal = await monitored_goal(world, unit=unit)
    await run_rules(world, await open_round(world, name=f"监控 {uuid4().hex}"))
    found = await warnings_of(world, status="open", unit_code=unit)
    return next(w for w in reversed(found) if w["project_code"] == goal["project_code"])


def letter_order(*warnings: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A letter to the first unit about these warnings."""
    return {
        "letter_no": f"兴财监〔2023〕{uuid4().hex[:6]}号（示例）",
        "unit_code": "219001",
        "due_on": "2023-09-30",
        "warning_ids": [warning["id"] for warning in warnings],
        "problems": [],
    } | changes


async def letter(world: World, *, unit: str = "219001", **changes: Any) -> dict[str, Any]:
    """An issued letter about a problem of the whole unit."""
    await monitored_goal(world, unit=unit)
    problems = [{"project_code": None, "text": "未按期报送监控表"}]
    order = letter_order(unit_code=unit, problems=problems) | changes
    return created(await world.officer.post("/monitoring/rectifications", order))


async def expect_404(person: Person, method: str, path: str, body: object = None) -> None:
    """What is not the caller's looks as if it did not exist."""
    headers = {"if-match": '"1"', "idempotency-key": uuid4().hex}
    answer = await person.send(method, f"/monitoring{path}", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), answer.text
