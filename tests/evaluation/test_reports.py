"""绩效评价报告: by its outline, signed, before the result; what it shares with others is shown."""

from typing import Any

from tests.evaluation.builders import (
    EVALUATIONS,
    RIVAL,
    UNIT,
    at_fieldwork,
    evaluator,
    expect_404,
    group,
    planned,
    refusal,
    score,
    sheet_row,
)
from tests.evaluation.steps import report, step, to_exchange, to_final
from tests.evaluation.test_passages import CHANGED, ONE, OTHER
from tests.world import Person, World, created

FULL = [sheet_row("input", "40", 4, 4), sheet_row("effect", "60", 3, 3)]
PARTLY = [sheet_row("input", "40", 3, 4), sheet_row("effect", "60", 3, 3)]


async def scored(world: World, rows: list[dict[str, Any]], unit: str = UNIT) -> dict[str, Any]:
    """The evaluation of a whole department whose only group has its score."""
    evaluation = await planned(world, group(1, (None, unit)), kind="department")
    evaluation = await at_fieldwork(world, evaluation, rows)
    return created(await score(world, evaluation, 1, rows))


async def asked(world: World, evaluation: dict[str, Any]) -> dict[str, Any]:
    """The units are asked for their views of the draft, and no report has come."""
    draft = {"text": "初步结论（示例）"}
    evaluation = await step(evaluator(world), evaluation, "drafts", draft)
    evaluation = await step(world.officer, evaluation, "view-exchanges", {"due_on": "2099-12-31"})
    path = f"{EVALUATIONS}/{evaluation['id']}/view-exchanges/{UNIT}/opinions"
    created(await world.approver(UNIT).post(path, {"agrees": True, "opinion": "无异议（示例）"}))
    return evaluation


async def work(person: Person) -> dict[str, str]:
    """The kinds of work that wait for the person, each with its list."""
    items = (await person.get("/evaluation/work-items")).json()["items"]
    return {each["kind"]: each["href"] for each in items}


async def test_a_result_is_made_final_on_a_report_of_the_present_scores(world: World) -> None:
    """The report tells of the scores: whoever scores anew reports anew; every version stays."""
    await world.unit()
    evaluation = await asked(world, await scored(world, PARTLY))
    path = f"{EVALUATIONS}/{evaluation['id']}"
    assert "evaluation_report_to_send" in await work(evaluator(world))
    too_soon = await world.reviewer.post(f"{path}/results", {}, version=evaluation["version"])
    assert refusal(too_soon) == (409, "report_missing", [])
    assert (await world.officer.get(f"{path}/report")).status_code == 404
    evaluation = await step(evaluator(world), evaluation, "reports", report(ONE))
    evaluation = await step(evaluator(world), evaluation, "reports", report(OTHER))
    assert "evaluation_report_to_send" not in await work(evaluator(world))
    back = {"reason": "一处口径有误（示例）"}
    evaluation = await step(world.officer, evaluation, "returns", back)
    evaluation = await step(world.officer, evaluation, "returns", back)
    evaluation = created(await score(world, evaluation, 1, PARTLY))
    evaluation = await asked(world, evaluation)
    again = await world.reviewer.post(f"{path}/results", {}, version=evaluation["version"])
    assert refusal(again) == (409, "report_missing", [])
    evaluation = await step(evaluator(world), evaluation, "reports", report(ONE, signed_by="乙"))
    done = await step(world.reviewer, evaluation, "results", {})
    assert done["status"] == "final"
    last = (await world.officer.get(f"{path}/report")).json()
    assert (last["version"], last["scoring_round"], last["signed_by"]) == (3, 2, "乙")
    assert [each["label"] for each in last["chapters"]][3] == "绩效评价指标分析"
    late = await evaluator(world).post(f"{path}/reports", report(), version=done["version"])
    assert refusal(late)[:2] == (409, "evaluation_state_forbids")


async def test_a_report_has_every_chapter_of_the_outline_once(world: World) -> None:
    await world.unit()
    evaluation = await scored(world, PARTLY)
    draft = {"text": "初步结论（示例）"}
    evaluation = await step(evaluator(world), evaluation, "drafts", draft)
    outline = (await world.officer.get("/evaluation/report-outline")).json()
    required = [each["code"] for each in outline["chapters"] if each["required"]]
    whole = report()["chapters"]
    assert [each["code"] for each in whole] == required
    path = f"{EVALUATIONS}/{evaluation['id']}/reports"
    for chapters, wrong in (
        (whole[1:], [("chapter_off_outline", "/chapters")]),
        ([*whole, whole[0]], [("chapter_off_outline", f"/chapters/{at}/code") for at in (0, 6)]),
        (
            [*whole, {"code": "poem", "text": "诗"}],
            [("chapter_off_outline", "/chapters/6/code")],
        ),
    ):
        answer = await evaluator(world).post(
            path, report(chapters=chapters), version=evaluation["version"]
        )
        assert refusal(answer) == (422, "invalid_payload", wrong)


async def test_passages_shared_with_another_report_are_shown_side_by_side(
    world: World, other_world: World
) -> None:
    """Figures aside the first passage is the same; nobody but the bureau reads the comparison."""
    for place in (world, other_world):
        await place.unit()
        await place.unit("219002")
    theirs = await to_exchange(world, evaluator(world), await scored(world, PARTLY, "219002"))
    theirs = await step(evaluator(world), theirs, "reports", report(CHANGED, "小结"))
    mine = await to_exchange(world, evaluator(world), await scored(world, PARTLY))
    mine = await step(evaluator(world), mine, "reports", report(CHANGED))
    mine = await step(evaluator(world), mine, "reports", report("（一）决策情况", OTHER, ONE))
    foreign = await to_exchange(
        other_world, evaluator(other_world), await scored(other_world, PARTLY)
    )
    await step(evaluator(other_world), foreign, "reports", report(ONE))
    path = f"{EVALUATIONS}/{mine['id']}/report-overlaps"
    shown = (await world.officer.get(path)).json()
    assert (shown["version"], shown["passage_count"], shown["compared_report_count"]) == (3, 2, 1)
    [overlap] = shown["items"]
    assert (overlap["likeness"], overlap["passage"]["text"]) == ("1", ONE)
    other = overlap["other"]
    assert (other["evaluation_id"], other["text"]) == (theirs["id"], CHANGED)
    assert (other["is_same_agency"], other["chapter_label"]) == (True, "绩效评价指标分析")
    assert (await evaluator(world).get(path)).status_code == 403
    await expect_404(other_world.officer, "GET", path)
    rival = evaluator(world, RIVAL)
    for route in ("report", "reports"):
        method = "GET" if route == "report" else "POST"
        await expect_404(rival, method, f"{EVALUATIONS}/{mine['id']}/{route}", report())


async def test_sheets_with_full_marks_everywhere_are_counted_and_can_be_opened(
    world: World,
) -> None:
    await world.unit()
    await world.unit("219002")
    all_met = await to_final(world, evaluator(world), await scored(world, FULL))
    await to_final(world, evaluator(world), await scored(world, PARTLY, "219002"))
    asked = {"fiscal_year": 2023, "by": "agency"}
    [agency] = (await world.officer.get("/evaluation/score-patterns", **asked)).json()["items"]
    counts = ("form_count", "full_form_count", "row_count", "full_row_count")
    assert [agency[name] for name in counts] == [2, 1, 4, 3]
    [href] = agency["full_form_hrefs"]
    opened = (await world.officer.get(href.removeprefix("/api/v1"))).json()
    assert (opened["evaluation_id"], opened["score"]) == (all_met["id"], "100.00")
    asked["by"] = "unit"
    assert (await world.officer.get("/evaluation/score-patterns", **asked)).json()["items"] == []
