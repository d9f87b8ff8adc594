"""绩效评价: planned by the bureau, scored by the engaged agency, made final by someone else."""

from typing import Any

from shared.auth import Role
from tests.conftest import eventually
from tests.evaluation.builders import (
    EVALUATIONS,
    RIVAL,
    UNIT,
    YEAR,
    approved_project,
    at_fieldwork,
    engagement,
    evaluation_order,
    evaluator,
    expect_404,
    finalized,
    group,
    planned,
    refusal,
    score,
    sheet,
    sheet_row,
)
from tests.evaluation.steps import answers, to_exchange, to_final
from tests.world import World, created

RESULTS = "/evaluation/results"
SHEET = {"group_no": 1, "rows": answers(sheet())}


async def one_project(world: World) -> dict[str, Any]:
    """A planned evaluation of one project."""
    return await planned(world, group(1, (await approved_project(world), UNIT)))


async def one_unit(world: World, unit: str = UNIT) -> dict[str, Any]:
    """A planned evaluation of a whole department, which needs no goal."""
    return await planned(world, group(1, (None, await world.unit(unit))), kind="department")


async def test_another_regions_evaluation_does_not_exist(world: World, other_world: World) -> None:
    final = await finalized(other_world, await one_project(other_world), sheet())
    path = f"{EVALUATIONS}/{final['id']}"
    for person in (world.officer, world.reviewer, evaluator(world)):
        await expect_404(person, "GET", path)
        await expect_404(person, "GET", f"{path}/scoring-sheets/1")
    await expect_404(world.filler(), "GET", f"{path}/scoring-sheets/1")
    await expect_404(evaluator(world), "POST", f"{path}/scoring-sheets", SHEET)
    await expect_404(world.reviewer, "POST", f"{path}/results", {})
    for listed in (EVALUATIONS, RESULTS):
        assert (await world.officer.get(listed)).json()["items"] == []
    project = final["groups"][0]["subjects"][0]["project_code"]
    results = await world.officer.get(f"/evaluation/projects/{project}/results", fiscal_year=YEAR)
    assert results.json()["results"] == []


async def test_an_evaluation_is_its_own_agencys_and_no_others(world: World) -> None:
    evaluation = await one_unit(world)
    await engagement(world, uscc=RIVAL, scope="evaluation")
    rival, path = evaluator(world, RIVAL), f"{EVALUATIONS}/{evaluation['id']}"
    await expect_404(rival, "GET", path)
    await expect_404(rival, "POST", f"{path}/scoring-sheets", SHEET)
    assert (await rival.get(EVALUATIONS)).json()["items"] == []
    mine = (await evaluator(world).get(EVALUATIONS, kind="department")).json()["items"]
    assert [each["id"] for each in mine] == [evaluation["id"]]
    assert mine[0]["allowed_actions"] == []


async def test_a_unit_sees_final_results_of_its_own_projects_only(world: World) -> None:
    project = await approved_project(world)
    await world.unit("219002")
    evaluation = await planned(world, group(1, (project, UNIT)), group(2, (project, "219002")))
    evaluation = await at_fieldwork(world, evaluation, sheet(), sheet())
    done = created(await score(world, evaluation, 1, sheet()))
    assert (await world.filler(UNIT).get(RESULTS)).json()["items"] == []
    path = f"{EVALUATIONS}/{evaluation['id']}/scoring-sheets/1"
    await expect_404(world.filler(UNIT), "GET", path)
    done = created(await score(world, done, 2, sheet(met=5)))
    await to_final(world, evaluator(world), done)
    assert len((await world.filler(UNIT).get(RESULTS)).json()["items"]) == 2
    carried_out = (await world.filler("219002").get(RESULTS)).json()["items"]
    assert [each["group_no"] for each in carried_out] == [2]
    assert (await world.filler("219003").get(RESULTS)).json()["items"] == []
    await expect_404(world.filler("219002"), "GET", path)
    assert (await world.filler(UNIT).get(path)).status_code == 200


async def test_one_score_of_two_projects_and_four_scores_of_one_are_counted_by_project(
    world: World,
) -> None:
    """As in the printed table: two projects share a score, a third has one per carrying unit."""
    units = [await world.unit(code) for code in ("205001", "205002", "205003", "205004")]
    twins = [await approved_project(world, unit="208001") for _ in range(2)]
    divided = await approved_project(world, unit="205001")
    evaluation = await planned(
        world,
        group(1, *[(code, "208001") for code in twins]),
        *[group(number, (divided, unit)) for number, unit in enumerate(units, start=2)],
    )
    final = await finalized(world, evaluation, sheet(), *[sheet(met=n) for n in (5, 4, 3, 2)])
    assert [g["score"] for g in final["groups"]] == ["92.50", "98.50", "92.50", "86.50", "80.50"]
    summary = (await world.officer.get(f"/evaluation/annual-summaries/{YEAR}")).json()
    figures = {figure["code"]: figure["value"] for figure in summary["figures"]}
    assert figures["key_evaluation_projects"] == "3"
    assert figures["key_evaluation_scores"] == "5"
    assert figures["key_evaluation_agencies"] == "1"
    assert figures["key_evaluation_amount"] == "300.00"
    assert figures["key_evaluation_grade_excellent"] == "3"
    assert figures["key_evaluation_grade_good"] == "2"
    printed = [
        (row["no"], row["unit_name"], row["project_code"], row["project_name"] is None,
         row["score"])
        for row in summary["tables"]["key_projects"]
    ]  # fmt: skip
    names = {code: f"第{code}单位（示例）" for code in ("208001", *units)}
    assert printed == [
        (1, names["208001"], twins[0], False, "92.5"),
        (None, None, twins[1], False, None),
        (2, names["205001"], divided, False, "98.5"),
        (None, names["205002"], divided, True, "92.5"),
        (None, names["205003"], divided, True, "86.5"),
        (None, names["205004"], divided, True, "80.5"),
    ]
    [note] = [n for n in summary["notes"] if n["code"] == "scores_differ_from_projects"]
    assert note["text"].startswith("3 个重点评价项目有 5 个得分")
    assert "覆盖多个项目的得分有 1 个" in note["text"]
    assert "有多个得分的项目有 1 个" in note["text"]
    listed = (await world.officer.get("/evaluation/evaluated-projects", fiscal_year=YEAR)).json()
    assert {p["project_code"]: p["score_count"] for p in listed["items"]} == {
        twins[0]: 1,
        twins[1]: 1,
        divided: 4,
    }


async def test_only_a_project_with_an_approved_goal_of_the_year_is_evaluated(world: World) -> None:
    approved, without = await approved_project(world), await world.project()
    await planned(world, group(1, (approved, UNIT)))
    order = await evaluation_order(
        world, group(1, (approved, UNIT)), group(2, (without, UNIT), (None, "219999"))
    )
    answer = await world.officer.post(EVALUATIONS, order)
    assert refusal(answer) == (
        409,
        "subject_not_eligible",
        [
            ("subject_not_eligible", "/groups/1/subjects/0/project_code"),
            ("subject_not_eligible", "/groups/1/subjects/1/unit_code"),
            ("subject_not_eligible", "/groups/1/subjects/1/project_code"),
        ],
    )
    assert without in answer.json()["errors"][0]["detail"]
    whole = await evaluation_order(world, group(1, (approved, UNIT)), kind="department")
    assert refusal(await world.officer.post(EVALUATIONS, whole))[2] == [
        ("subject_not_eligible", "/groups/0/subjects/0/project_code")
    ]
    assert len((await world.officer.get(EVALUATIONS)).json()["items"]) == 1


async def test_a_group_and_a_subject_are_named_once_under_a_fitting_contract(
    world: World, other_world: World
) -> None:
    subject = (None, UNIT)
    for groups in ((group(1, subject), group(1, (None, "219002"))), (group(1, subject, subject),)):
        order = await evaluation_order(world, *groups, kind="department")
        assert refusal(await world.officer.post(EVALUATIONS, order))[:2] == (422, "invalid_payload")
    contract = await engagement(world)
    order = await evaluation_order(world, group(1, subject), engagement_id=contract["id"])
    answer = await world.officer.post(EVALUATIONS, order)
    assert refusal(answer) == (409, "engagement_unsuited", [])
    foreign = await engagement(other_world, scope="evaluation")
    order = await evaluation_order(world, group(1, subject), engagement_id=foreign["id"])
    await expect_404(world.officer, "POST", EVALUATIONS, order)


async def test_a_low_weight_of_outputs_and_benefits_is_accepted_with_a_reason(
    world: World,
) -> None:
    rows = [sheet_row("process", "50", 1, 1), sheet_row("benefit", "50", 1, 2)]
    evaluation = await at_fieldwork(
        world, await one_project(world), rows, weight_reason="项目以规范管理为主"
    )
    done = created(await score(world, evaluation, 1, rows))
    assert done["groups"][0]["score"] == "75.00"
    kept = await world.officer.send("GET", done["groups"][0]["receipt_href"][len("/api/v1") :])
    assert kept.json()["weight_reason"] == "项目以规范管理为主"


async def test_an_evaluation_is_scored_group_by_group_and_its_receipt_adds_up(
    world: World,
) -> None:
    await world.unit()
    await world.unit("219002")
    rows = [sheet_row("input", "40", 2, 3), sheet_row("effect", "60", 1, 1)]
    evaluation = await planned(
        world, group(1, (None, UNIT)), group(7, (None, "219002")), kind="department"
    )
    path = f"{EVALUATIONS}/{evaluation['id']}"
    early = await world.reviewer.post(f"{path}/results", {}, version=evaluation["version"])
    assert refusal(early) == (409, "evaluation_state_forbids", [])
    evaluation = await at_fieldwork(world, evaluation, rows, rows)
    half = created(await score(world, evaluation, 7, rows))
    assert (half["status"], half["scored_count"], half["group_count"]) == ("fieldwork", 1, 2)
    await expect_404(world.officer, "GET", f"{path}/scoring-sheets/1")
    again = await score(world, half, 7, rows)
    assert refusal(again) == (409, "group_scored", [])
    unknown = await score(world, half, 3, rows)
    assert refusal(unknown) == (422, "invalid_payload", [("group_unknown", "/group_no")])
    assert (await score(world, evaluation, 1, rows)).status_code == 412
    whole = created(await score(world, half, 1, rows))
    assert (whole["status"], whole["scored_count"]) == ("fieldwork", 2)
    receipt = (await world.officer.get(f"{path}/scoring-sheets/7")).json()
    assert [row["score"] for row in receipt["rows"]] == ["26.67", "60.00"]
    assert receipt["rows"][0]["receipt"]["arithmetic"] == "40 × 2 ÷ 3 ≈ 26.67"
    assert receipt["score_arithmetic"] == "26.67 + 60.00 = 86.67"
    assert (receipt["score"], receipt["grade_label"]) == ("86.67", "良")
    asked = await to_exchange(world, evaluator(world), whole)
    late = await score(world, asked, 1, rows)
    assert refusal(late) == (409, "evaluation_state_forbids", [])


async def test_results_become_final_once_and_not_by_who_planned_them(world: World) -> None:
    evaluation = await at_fieldwork(world, await one_project(world), sheet())
    scored = created(await score(world, evaluation, 1, sheet()))
    asked = await to_exchange(world, evaluator(world), scored)
    path = f"{EVALUATIONS}/{evaluation['id']}/results"
    planner = world.person(Role.FINANCE_REVIEWER, name=evaluation["planned_by"])
    same = await planner.post(path, {}, version=asked["version"])
    assert refusal(same) == (409, "four_eyes", [])
    early = await world.reviewer.post(path, {}, version=asked["version"])
    assert refusal(early) == (409, "opinions_outstanding", [])
    project = evaluation["groups"][0]["subjects"][0]["project_code"]
    before = (await world.officer.get(f"/goals/projects/{project}")).json()
    assert before["results"] == []
    opinion = f"{EVALUATIONS}/{evaluation['id']}/view-exchanges/{UNIT}/opinions"
    created(await world.approver().post(opinion, {"agrees": True, "opinion": "无异议（示例）"}))
    final = created(await world.reviewer.post(path, {}, version=asked["version"]))
    assert (final["status"], final["finalized_by"]) == ("final", "finance_reviewer-bureau")
    again = await world.reviewer.post(path, {}, version=final["version"])
    assert refusal(again) == (409, "evaluation_state_forbids", [])
    stale = await world.reviewer.post(path, {}, version=asked["version"])
    assert stale.status_code == 412

    async def learnt() -> bool:
        known = (await world.officer.get(f"/goals/projects/{project}")).json()["results"]
        return [(result["score"], result["grade"]) for result in known] == [("92.50", "excellent")]

    await eventually(learnt)
    view = await world.filler().get(f"/evaluation/projects/{project}/results", fiscal_year=YEAR)
    assert [result["score"] for result in view.json()["results"]] == ["92.50"]
