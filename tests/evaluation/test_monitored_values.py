"""What monitoring last said of an indicator is offered to its self-evaluation, never taken for it."""

from typing import Any

from tests.conftest import eventually
from tests.evaluation.builders import (
    approved_project,
    filled_form,
    form_of,
    opened_forms,
    submit,
)
from tests.monitoring import arranged as monitoring
from tests.world import World, created

NOTHING = (None, None, None, None)


def suggested(form: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Value, band and day offered for each row, beside the actual value."""
    cells = ("suggested_actual", "suggested_band", "suggested_as_of", "actual_value")
    return [tuple(row[cell] for cell in cells) for row in form["rows"]]


async def monitored(world: World, form: dict[str, Any], done: str) -> dict[str, Any]:
    """The monitoring form sent in: so many lamps, a better street in part, no survey yet."""
    rows = [
        {"position": 1, "actual_to_date": done, "actual_forecast": "120", "likelihood": "certain"},
        {"position": 2, "band": "partial", "likelihood": "certain"},
        {"position": 3, "actual_to_date": "90", "actual_forecast": "90", "likelihood": "certain"},
    ]
    filler, approver = world.filler(form["unit_code"]), world.approver(form["unit_code"])
    path = f"/monitoring/monitoring-forms/{form['id']}"
    filled = await filler.patch(path, {"rows": rows}, version=form["version"])
    assert filled.status_code == 200, filled.text
    sent = await monitoring.step(approver, "monitoring-forms", filled.json(), "submissions", {})
    return created(sent)


async def offered(world: World, project: str, value: str) -> dict[str, Any]:
    """The self-evaluation once it offers this value for its first row."""

    async def learnt() -> bool:
        return bool((await form_of(world, project))["rows"][0]["suggested_actual"] == value)

    await eventually(learnt)
    return await form_of(world, project)


async def test_the_last_monitoring_form_is_offered_with_its_day_until_the_year_is_sent_in(
    world: World,
) -> None:
    project, other = await approved_project(world), await approved_project(world)
    for code in (project, other):
        await monitoring.learnt(world, code)
    await monitoring.open_round(world)
    form, unmonitored = await opened_forms(world, project, other)
    assert suggested(form) == [NOTHING] * 3

    july = await monitored(world, await monitoring.form_of(world, project), "60")
    form = await offered(world, project, "60")
    assert suggested(form) == [
        ("60", None, "2023-07-31", None),
        (None, "partial", "2023-07-31", None),
        ("90", None, "2023-07-31", None),
    ]
    assert form["rows"][1]["suggested_band_label"] == "部分达成年度指标并具有一定效果"
    assert "/rows/0/actual_value" in [each["pointer"] for each in form["asked"]]

    returned = {"decision": "return", "reason": "与台账不符（示例）"}
    back = created(
        await monitoring.step(world.officer, "monitoring-forms", july, "reviews", returned)
    )
    await monitored(world, back, "72")
    form = await offered(world, project, "72")

    await monitoring.open_round(
        world, name="1–10月绩效监控", period_to="2023-10-31", due_on="2023-11-15"
    )
    await monitored(world, await monitoring.form_of(world, project), "105")
    form = await offered(world, project, "105")
    assert suggested(form)[0] == ("105", None, "2023-10-31", None)

    sent = created(await submit(world, await filled_form(world, form)))
    assert suggested(sent)[0] == (None, None, None, "114")
    assert suggested(await form_of(world, unmonitored["project_code"])) == [NOTHING] * 3
