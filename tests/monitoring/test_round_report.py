"""监控报告: every figure is counted again where it says it can be, and the document says the same."""

import io
from collections.abc import Iterator
from typing import Any

from docx import Document

from tests.monitoring.arranged import (
    expect_404,
    form_of,
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

INDICATORS = 3  # of a goal as it is arranged
WHY = {"deviation_causes": ["funding"], "deviation_text": "首批货款七月底才验收，八月支付。"}


async def monitored_round(world: World) -> dict[str, Any]:
    """Two projects of one unit, one of another: nothing paid, half of it, all of it."""
    units = ("219001", "219001", "219002")
    goals = [await monitored_goal(world, unit=unit) for unit in units]
    for goal, amount in zip(goals[1:], ("400000.00", "1000000.00"), strict=True):
        await pay(world, goal["project_code"], (amount, "2023-06-01"))
    monitoring = await open_round(world)
    behind = {"actual_to_date": "1", "likelihood": "possible", **WHY}
    form = await submitted_form(world, await form_of(world, goals[0]["project_code"]), **behind)
    created(await step(world.officer, "monitoring-forms", form, "reviews", {"decision": "accept"}))
    await submitted_form(world, await form_of(world, goals[1]["project_code"]))
    await run_rules(world, monitoring)
    first, second, *_ = await warnings_of(world, status="open")
    answer = {"answer": "measures", "text": "八月支付"}
    created(await step(world.approver(), "warnings", first, "answers", answer))
    order = letter_order(second, problems=[{"text": "支付迟缓"}])
    created(await world.officer.post("/monitoring/rectifications", order))
    return monitoring


async def report_of(person: Person, monitoring: dict[str, Any]) -> dict[str, Any]:
    """The report as this person reads it."""
    answer = await person.get(f"/monitoring/monitoring-rounds/{monitoring['id']}/report")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def figures(report: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Every count of the report that leads to a list, with the way to it."""
    overview, problems = report["overview"], report["problems"]
    forms = overview["forms"]
    for one in (
        overview["projects"],
        forms["due"],
        *overview["lights"]["colours"],
        *(problems[name] for name in ("open", "red", "yellow", "closed")),
        *problems["rules"],
        *problems["silent_units"],
        *report["proposals"],
    ):
        yield one["count"], one["href"]
    yield forms["accepted"]["numerator"], forms["accepted"]["href"]
    yield forms["overdue"]["numerator"], forms["overdue"]["href"]
    for cause in problems["causes"]:
        yield cause["project_count"], cause["href"]


async def counted_again(person: Person, href: str) -> int:
    """How many rows stand where a figure leads."""
    separator = "&" if "?" in href else "?"
    listed = f"{href.removeprefix('/api/v1')}{separator}limit=200"
    answer = await person.send("GET", listed)
    assert answer.status_code == 200, answer.text
    return len(answer.json()["items"])


async def test_a_report_is_not_shown_to_another_region(world: World, other_world: World) -> None:
    await monitored_goal(other_world)
    path = f"/monitoring-rounds/{(await open_round(other_world))['id']}/report"
    await expect_404(world.officer, "GET", path)
    await expect_404(world.officer, "GET", f"{path}.docx")


async def test_every_figure_can_be_counted_again_where_it_leads(world: World) -> None:
    monitoring = await monitored_round(world)
    for person in (world.officer, world.approver()):
        found = list(figures(await report_of(person, monitoring)))
        assert len(found) > 15
        for count, href in found:
            assert await counted_again(person, href) == count, href


async def test_the_report_says_what_was_found_why_and_what_to_do(world: World) -> None:
    report = await report_of(world.officer, await monitored_round(world))
    overview, problems = report["overview"], report["problems"]
    assert (overview["projects"]["count"], overview["units"]["count"]) == (3, 2)
    assert overview["forms"]["handed_in"] == {
        "numerator": 2, "denominator": 3, "rate": "66.67",
        "href": overview["forms"]["handed_in"]["href"],
    }  # fmt: skip
    assert overview["forms"]["accepted"]["numerator"] == 1
    money = overview["money"]
    assert (money["budget"], money["executed_to_date"], money["rate"]) == (
        "3000000.00", "1400000.00", "46.67",
    )  # fmt: skip
    assert "1–7月绩效监控" in money["scope"]
    lights = {one["colour"]: one["count"] for one in overview["lights"]["colours"]}
    assert sum(lights.values()) == 3
    assert lights["red"] >= 1
    assert overview["previous"] is None
    levels = [one["level"] for one in problems["most_serious"]]
    assert levels == sorted(levels)
    assert problems["causes"][0]["label"] == "经费保障"
    [words] = problems["words"]
    assert (words["text"], len(words["indicators"])) == (WHY["deviation_text"], INDICATORS)
    assert [(one["unit_code"], one["count"]) for one in problems["silent_units"]] == [("219002", 1)]
    said = {(one["kind"], one["subject"]): one["count"] for one in report["proposals"]}
    assert said["answer", "measures"] == 1
    assert said["letter", "issued"] == 1


async def test_a_unit_reads_a_report_of_its_own_projects(world: World) -> None:
    monitoring = await monitored_round(world)
    report = await report_of(world.filler("219002"), monitoring)
    assert report["overview"]["projects"]["count"] == 1
    assert report["problems"]["words"] == []
    assert "本单位" in report["scope"]


async def test_the_document_says_what_the_report_says_in_ten_thousands(world: World) -> None:
    monitoring = await monitored_round(world)
    report = await report_of(world.officer, monitoring)
    path = f"/monitoring/monitoring-rounds/{monitoring['id']}/report.docx"
    answer = await world.officer.get(path)
    assert answer.status_code == 200
    document = Document(io.BytesIO(answer.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    said = "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    assert "{{" not in said
    assert "预算300.00万元，执行140.00万元，执行率46.67%" in said
    for finding in report["problems"]["most_serious"]:
        assert finding["reason"] in said
    for proposal in report["proposals"]:
        assert proposal["text"] in said
