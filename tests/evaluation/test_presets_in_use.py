"""预设指标体系 in use: an agency without expertise of its own has a whole framework in two requests."""

from typing import Any

import pytest

from services.evaluation.domain.ratios import FIGURES
from shared.auth import Role
from tests.evaluation.builders import (
    AGENCY,
    EVALUATIONS,
    UNIT,
    approved_project,
    evaluator,
    group,
    planned,
    refusal,
    sheet_row,
)
from tests.evaluation.experts import expert_of_pool
from tests.evaluation.steps import step
from tests.evaluation.test_base_data import file
from tests.world import Person, World, created

PRESETS = "/evaluation/framework-presets"
NOTICE = {"notice_no": "评价通知1号（示例）", "issued_on": "2024-03-01"}
FIELDWORK = {"began_on": "2024-03-20", "notes": "实地查看（示例）"}
IMPARTIAL = {"has_interest": False}


async def noticed(world: World, subject: tuple[str | None, str], **changes: Any) -> dict[str, Any]:
    """An evaluation of one subject whose unit has been told."""
    evaluation = await planned(world, group(1, subject), **changes)
    return await step(world.officer, evaluation, "notices", NOTICE)


async def begun(world: World, evaluation: dict[str, Any], **framework: Any) -> dict[str, Any]:
    """The evaluation at fieldwork under the framework sent."""
    scheme = {"text": "方案（示例）", "frameworks": [{"group_nos": [1], **framework}]}
    evaluation = await step(evaluator(world), evaluation, "schemes", scheme)
    evaluation = await step(world.officer, evaluation, "framework-approvals", {})
    return await step(evaluator(world), evaluation, "fieldwork-records", FIELDWORK)


async def rows_of(person: Person, evaluation: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows the evaluation's only group is scored by."""
    path = f"{EVALUATIONS}/{evaluation['id']}/frameworks"
    [framework] = (await person.get(path)).json()["items"]
    return list(framework["rows"])


def best(row: dict[str, Any]) -> dict[str, Any]:
    """The answer that earns the row's whole weight; nothing where it is computed."""
    answer = {"position": row["position"]}
    if row["ratio_code"] is not None:
        return answer
    found = {
        "ratio": {"actual_value": "100"},
        "checklist": {"points_met": row["points_total"]},
        "band": {"band": "achieved", "score": row["weight"]},
    }
    return answer | found[row["method"]] | {"basis": "现场查验（示例）"}


async def test_the_rows_of_a_preset_are_sent_on_as_they_are(world: World) -> None:
    """Two requests: read the preset, send its rows. 决策 20、过程 20、产出 30、效益 14 + 10：94。"""
    evaluation = await noticed(world, (await approved_project(world), UNIT))
    agent = evaluator(world)
    offered = (await agent.get(PRESETS, kind="project", fiscal_year=2023)).json()["items"]
    sums = {each["id"]: [g["weight"] for g in each["groups"]] for each in offered}
    assert sums == {
        "project-10-25-30-35": ["10", "25", "30", "35"],
        "project-20-10-20-50": ["20", "10", "20", "50"],
        "project-20-20-30-30": ["20", "20", "30", "30"],
    }
    preset = (await agent.get(f"{PRESETS}/project-20-20-30-30", fiscal_year=2023)).json()
    assert (preset["source"]["verified"], len(preset["sectors"])) == (False, 20)
    evaluation = await begun(world, evaluation, rows=preset["rows"])
    rows = await rows_of(agent, evaluation)
    for kept, sent in zip(rows, preset["rows"], strict=True):
        assert {name: kept[name] for name in sent} == sent
    found = {row["name"]: best(row) for row in rows}
    found["实施效益"] |= {"band": "partial", "score": "16.00"}
    sheet = {"group_no": 1, "rows": list(found.values())}
    path = f"{EVALUATIONS}/{evaluation['id']}/scoring-sheets"
    over = await agent.post(path, sheet, version=evaluation["version"])
    assert refusal(over)[2] == [("score_out_of_range", "/rows/15/score")]
    found["实施效益"]["score"] = "14.00"
    done = created(await agent.post(path, sheet, version=evaluation["version"]))
    assert done["groups"][0]["score"] == "94.00"
    kept = (await agent.get(f"{path}/1")).json()["rows"][15]
    assert (kept["method"], kept["band"], kept["score"]) == ("band", "partial", "14.00")
    assert kept["receipt"]["arithmetic"] == "12 ≤ 14 < 16 成立：14 = 14.00"
    back = await step(world.officer, done, "returns", {"reason": "方案重做（示例）"})
    again = {"group_nos": [1], "preset": "project-10-25-30-35"}
    anew = await step(agent, back, "schemes", {"text": "方案（示例）", "frameworks": [again]})
    assert anew["status"] == "scheme"


async def test_a_department_is_scored_by_a_preset_and_its_base_data(world: World) -> None:
    """Every ratio comes from base data; two score blind: social 3 and 2, merged 2.5 of 3."""
    await expert_of_pool(world, "wang")
    people = [
        {"subject": name, "name": f"{name}（示例）", "kind": kind}
        for name, kind in (("li", "agency"), ("wang", "expert"))
    ]
    await world.unit()
    evaluation = await noticed(
        world, (None, UNIT), kind="department", evaluators=people, merge="average"
    )
    figures = dict.fromkeys(FIGURES, "1") | {
        "staff": "47",
        "staff_quota": "50",
        "budget_adjusted": "0",
        "spending_budget": "10",
    }
    evaluation = await begun(world, evaluation, preset="department-10-50-30-10", sector="education")
    [scheme] = [each for each in evaluation["steps"] if each["step"] == "scheme"]
    [origin] = scheme["details"]["origins"]
    assert origin["preset"] == "department-10-50-30-10@2020-02-25"
    assert {each["level1"] for each in origin["focus"]} == {"process", "output"}
    li = world.person(Role.AGENCY_EVALUATOR, agency=AGENCY, name="li")
    wang = world.person(Role.EXPERT, name="wang")
    for person in (li, wang):
        evaluation = await step(person, evaluation, "declarations", IMPARTIAL)
    rows = await rows_of(li, evaluation)
    found = {row["position"]: best(row) for row in rows}
    [control] = [row["position"] for row in rows if row["ratio_code"] == "staff_control"]
    [social] = [row["position"] for row in rows if row["name"] == "社会效益"]
    path = f"{EVALUATIONS}/{evaluation['id']}"

    async def send(person: Person) -> Any:
        body = {"group_no": 1, "rows": list(found.values())}
        return await person.post(f"{path}/scoring-sheets", body, version=evaluation["version"])

    missing = refusal(await send(li))[2]
    assert ("cell_missing", f"/rows/{control - 1}/actual_value") in missing
    assert (await file(world.filler(), UNIT, None, **figures)).status_code == 201
    found[control] = {"position": control, "actual_value": "96"}
    assert refusal(await send(li))[2] == [("computed_value_differs", f"/rows/{control - 1}/basis")]
    found[control] = {"position": control}
    created(await send(li))
    [own] = (await li.get(f"{path}/own-scoring-sheets")).json()["items"]
    kept = own["rows"][control - 1]
    assert (kept["actual_value"], kept["basis"]) == (
        "94.00",
        "按基础数据计算：47 ÷ 50 × 100% = 94%",
    )
    assert kept["receipt"]["computed"]["inputs"]["基础数据版本"] == "1"
    found[social] |= {"band": "partial", "score": "2"}
    created(await send(wang))
    closed = await step(world.officer, evaluation, "scoring-closures", {})
    assert closed["groups"][0]["score"] == "99.50"
    merged = (await world.officer.get(f"{path}/scoring-sheets/1")).json()["rows"]
    assert merged[social - 1]["receipt"]["arithmetic"] == "(2 + 3) ÷ 2 = 2.50"
    assert merged[control - 1]["ratio_code"] == "staff_control"


async def test_units_evaluated_together_have_no_ratio_of_their_own(world: World) -> None:
    """Two units in one group: what base data say of one is not what the group is."""
    other = "219002"
    for unit in (UNIT, other):
        await world.unit(unit)
    evaluation = await planned(world, group(1, (None, UNIT), (None, other)), kind="department")
    evaluation = await step(world.officer, evaluation, "notices", NOTICE)
    assert (await file(world.filler(), UNIT, staff="47", staff_quota="50")).status_code == 201
    ratio = {
        "level1": "input", "level2": "预算配置", "name": "在职人员控制率", "weight": "40",
        "method": "ratio", "operator": "<=", "target_value": "100", "ratio_code": "staff_control",
    }  # fmt: skip
    rest = sheet_row("effect", "60", 0, 1)
    asked = {name: rest[name] for name in rest if name not in ("points_met", "basis")}
    evaluation = await begun(world, evaluation, rows=[ratio, asked])
    path = f"{EVALUATIONS}/{evaluation['id']}/scoring-sheets"
    met = {"position": 2, "points_met": 1, "basis": "现场查验（示例）"}
    empty = {"group_no": 1, "rows": [{"position": 1}, met]}
    refused = await evaluator(world).post(path, empty, version=evaluation["version"])
    assert ("cell_missing", "/rows/0/actual_value") in refusal(refused)[2]
    counted = {"position": 1, "actual_value": "96", "basis": "两家名册合计（示例）"}
    typed = {"group_no": 1, "rows": [counted, met]}
    done = created(await evaluator(world).post(path, typed, version=evaluation["version"]))
    assert done["groups"][0]["score"] == "100.00"


@pytest.mark.parametrize(
    ("framework", "status", "errors"),
    [
        ({"preset": "department-10-50-30-10"}, 422, ["preset_unknown"]),
        ({"preset": "project-20-20-30-30", "sector": "alchemy"}, 422, ["sector_unknown"]),
        ({}, 422, None),
    ],
)
async def test_a_scheme_names_a_preset_of_its_own_kind(
    world: World, framework: dict[str, Any], status: int, errors: list[str] | None
) -> None:
    evaluation = await noticed(world, (await approved_project(world), UNIT))
    body = {"text": "方案（示例）", "frameworks": [{"group_nos": [1], **framework}]}
    path = f"{EVALUATIONS}/{evaluation['id']}/schemes"
    answer = await evaluator(world).post(path, body, version=evaluation["version"])
    assert (answer.status_code, answer.json()["code"]) == (status, "invalid_payload")
    if errors is not None:
        assert [code for code, _ in refusal(answer)[2]] == errors


async def test_presets_are_looked_up_by_year_kind_and_sector(world: World) -> None:
    filler = world.filler()
    listed = (await filler.get(PRESETS, kind="department", sector="water")).json()["items"]
    assert [each["id"] for each in listed] == ["department-10-50-30-10", "department-25-30-25-20"]
    assert [each["level1_label"] for each in listed[0]["focus"]] == ["过程", "产出"]
    assert (await filler.get(PRESETS, fiscal_year=2019)).json()["items"] == []
    assert (await filler.get(f"{PRESETS}/project-20-20-30-30", fiscal_year=2019)).status_code == 404
    assert (await filler.get(f"{PRESETS}/none")).status_code == 404
    unknown = await filler.get(PRESETS, sector="alchemy")
    assert (unknown.status_code, "water" in unknown.json()["detail"]) == (400, True)
