"""通报表扬、通报批评: a year's data propose, the officer answers for every unit, the list is fixed."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from deploy.local import Stack
from shared.auth import Role
from shared.clock import business_day, now
from tests.conftest import eventually
from tests.evaluation.builders import (
    YEAR,
    approved_project,
    expect_404,
    finalized,
    group,
    letter_order,
    planned,
    rechecked_form,
    refusal,
    sheet,
    sheet_row,
)
from tests.world import Person, World, created

CIRCULARS = "/evaluation/circulars"
PROPOSALS = "/evaluation/circular-proposals"
GOOD_UNIT, POOR_UNIT, LATE_UNIT, OTHER_UNIT = "219001", "219002", "219003", "219004"


def poor_sheet() -> list[dict[str, Any]]:
    """Nothing but the output: 28.5."""
    return [
        row if row["level1"] == "output" else sheet_row(row["level1"], row["weight"], 0, 5)
        for row in sheet()
    ]


async def a_judged_year(world: World) -> None:
    """One unit excellent, two of its projects under one score; one poor; one late with its form."""
    await world.unit(OTHER_UNIT)
    form = await rechecked_form(world, unit=LATE_UNIT)
    created(await world.officer.post("/evaluation/rectification-requests", letter_order(form)))
    good = [await approved_project(world, unit=GOOD_UNIT) for _ in range(2)]
    poor = await approved_project(world, unit=POOR_UNIT)
    groups = (
        group(1, *((code, GOOD_UNIT) for code in good)),
        group(2, (poor, POOR_UNIT)),
        group(3, (form["project_code"], LATE_UNIT)),
    )
    await finalized(world, await planned(world, *groups), sheet(), poor_sheet(), sheet())


async def proposed(person: Person, kind: str) -> dict[str, list[str]]:
    """Whom the data propose, and why."""
    answer = await person.get(PROPOSALS, fiscal_year=YEAR, kind=kind)
    assert answer.status_code == 200, answer.text
    return {unit["unit_code"]: unit["grounds"] for unit in answer.json()["units"]}


def order(kind: str, *codes: str, **changes: Any) -> dict[str, Any]:
    """A circular that names the units."""
    return {
        "fiscal_year": YEAR,
        "kind": kind,
        "document_no": f"财通 {uuid4().hex[:6]} 号（示例）",
        "title": "预算绩效管理工作通报（示例）",
        "issued_on": "2024-12-20",
        "units": [{"unit_code": code} for code in codes],
        "left_out": [],
    } | changes


async def test_the_officer_answers_for_every_unit_and_the_list_stays_as_issued(
    stack: Stack, world: World, other_world: World
) -> None:
    await a_judged_year(world)

    async def learnt() -> bool:
        return set(await proposed(world.officer, "criticism")) == {POOR_UNIT, LATE_UNIT}

    await eventually(learnt)
    commended = await proposed(world.person(Role.AUDITOR), "commendation")
    assert commended == {
        GOOD_UNIT: [
            "1 个评价结果均为优：“重点评价（示例）”第 1 组 92.50 分（优）",
            "本年度没有须报送的自评表",
            "本年度没有整改",
        ]
    }
    criticised = await proposed(world.officer, "criticism")
    assert criticised[POOR_UNIT] == ["评价结果：“重点评价（示例）”第 2 组 28.50 分（差）"]
    assert "逾期已升级（期限 2024-06-30）" in criticised[LATE_UNIT][0]

    await every_departure_needs_its_reason(world)
    circular = await issued(world)
    await the_circular_is_read_by_those_concerned(world, other_world, circular)
    assert await proposed(world.officer, "criticism") == {LATE_UNIT: criticised[LATE_UNIT]}
    assert await proposed(world.officer, "commendation") == commended
    await the_service_itself_cannot_change_it(stack)


async def every_departure_needs_its_reason(world: World) -> None:
    """Nobody is passed over in silence, named without ground, or named twice."""
    silent = order("criticism", OTHER_UNIT, "999", left_out=[
        {"unit_code": POOR_UNIT, "reason": "项目已移交"}, {"unit_code": GOOD_UNIT, "reason": "优"},
    ])  # fmt: skip
    assert refusal(await world.officer.post(CIRCULARS, silent)) == (
        409,
        "circular_differs",
        [
            ("unit_passed_over", "/units"),
            ("unit_unknown", "/units/1"),
            ("reason_missing", "/units/0/reason"),
            ("reason_missing", "/units/1/reason"),
            ("not_proposed", "/left_out/1"),
        ],
    )
    tomorrow = (business_day(now()) + timedelta(days=1)).isoformat()
    twice = order("criticism", POOR_UNIT, LATE_UNIT, POOR_UNIT, issued_on=tomorrow)
    assert refusal(await world.officer.post(CIRCULARS, twice)) == (
        422,
        "invalid_payload",
        [("day_in_the_future", "/issued_on"), ("unit_twice", "/units")],
    )
    early = order("criticism", POOR_UNIT, fiscal_year=2019)
    assert refusal(await world.officer.post(CIRCULARS, early))[:2] == (409, "rule_not_in_force")
    for person in (world.reviewer, world.filler()):
        assert (await person.post(CIRCULARS, order("criticism", POOR_UNIT))).status_code == 403
    assert (await world.officer.get(CIRCULARS)).json()["items"] == []


async def issued(world: World) -> dict[str, Any]:
    """The poor unit as proposed, another beside it, the late one left out."""
    body = order(
        "criticism",
        units=[
            {"unit_code": POOR_UNIT},
            {"unit_code": OTHER_UNIT, "reason": "多次催报目标仍未报送（示例）"},
        ],
        left_out=[{"unit_code": LATE_UNIT, "reason": "整改已在核实（示例）"}],
    )
    key = uuid4().hex
    circular = created(await world.officer.post(CIRCULARS, body, key=key))
    assert created(await world.officer.post(CIRCULARS, body, key=key)) == circular
    taken = order("commendation", GOOD_UNIT, document_no=body["document_no"])
    assert refusal(await world.officer.post(CIRCULARS, taken)) == (409, "circular_no_taken", [])
    assert (circular["kind_label"], circular["unit_count"]) == ("通报批评", 2)
    assert (circular["criteria"]["version"], circular["criteria"]["verified"]) == (
        "2020-02-25",
        False,
    )
    assert [(u["unit_code"], len(u["grounds"]), u["reason"]) for u in circular["units"]] == [
        (POOR_UNIT, 1, None),
        (OTHER_UNIT, 0, "多次催报目标仍未报送（示例）"),
    ]
    return circular


async def the_circular_is_read_by_those_concerned(
    world: World, other_world: World, circular: dict[str, Any]
) -> None:
    """Every unit of the region reads it; where it departs from the proposal only the bureau does."""
    path = f"{CIRCULARS}/{circular['id']}"
    for person in (world.filler(), world.approver(LATE_UNIT), world.person(Role.AUDITOR)):
        assert (await person.get(path)).json() == circular
    listed = (await world.filler().get(CIRCULARS, fiscal_year=YEAR, kind="criticism")).json()
    assert [one["id"] for one in listed["items"]] == [circular["id"]]
    assert (await world.officer.get(CIRCULARS, kind="commendation")).json()["items"] == []
    departures = (await world.officer.get(f"{path}/departures")).json()["units"]
    assert [(u["unit_code"], u["standing_label"], u["reason"]) for u in departures] == [
        (LATE_UNIT, "建议而未列入", "整改已在核实（示例）"),
        (OTHER_UNIT, "另行列入", "多次催报目标仍未报送（示例）"),
    ]
    assert (await world.filler().get(f"{path}/departures")).status_code == 403
    assert (
        await world.filler().get(PROPOSALS, fiscal_year=YEAR, kind="criticism")
    ).status_code == 403
    await expect_404(other_world.officer, "GET", path)
    await expect_404(other_world.officer, "GET", f"{path}/departures")
    assert (await other_world.officer.get(CIRCULARS)).json()["items"] == []


async def the_service_itself_cannot_change_it(stack: Stack) -> None:
    """Its role holds no right to change or take away what was issued."""
    connection = await asyncpg.connect(stack.database_url("evaluation"))
    try:
        for table in ("circular", "circular_unit"):
            for statement in (
                f"update evaluation.{table} set region_code = region_code",
                f"delete from evaluation.{table}",
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
    finally:
        await connection.close()
