"""机构退出: an agency gives its contract up in the middle; another one brings the work to its end."""

from tests.evaluation.builders import (
    EVALUATIONS,
    RIVAL,
    UNIT,
    at_fieldwork,
    engagement,
    evaluator,
    expect_404,
    group,
    planned,
    refusal,
    score,
    sheet_row,
)
from tests.evaluation.steps import step, to_final
from tests.world import World, created

ROWS = [sheet_row("input", "40", 3, 4), sheet_row("effect", "60", 3, 3)]


async def test_a_withdrawn_agencys_evaluation_is_finished_by_another(world: World) -> None:
    """40 × 3 ÷ 4 + 60 = 90：优，记在接续机构名下；原机构从退出起不再看到，其质量由财政评定。"""
    await world.unit()
    evaluation = await planned(world, group(1, (None, UNIT)), kind="department")
    evaluation = await at_fieldwork(world, evaluation, ROWS)
    path = f"{EVALUATIONS}/{evaluation['id']}"
    former = evaluation["engagement_id"]
    contract = (await world.officer.get(f"/evaluation/engagements/{former}")).json()
    why = {"reason": "人员不足，机构申请退出（示例）"}
    ending = f"/evaluation/engagements/{former}/terminations"
    created(await world.officer.post(ending, why, version=contract["version"]))
    await expect_404(evaluator(world), "GET", path)
    assert (await score(world, evaluation, 1, ROWS)).status_code == 404
    assert (await world.officer.get(path)).json()["status"] == "fieldwork"

    other_year = await engagement(world, uscc=RIVAL, scope="evaluation", fiscal_year=2024)
    successor = await engagement(world, uscc=RIVAL, scope="evaluation")
    move = f"{path}/reassignments"
    for chosen, code in ((former, "already_entrusted"), (other_year["id"], "engagement_unsuited")):
        order = {"engagement_id": chosen, **why}
        answer = await world.officer.post(move, order, version=evaluation["version"])
        assert refusal(answer)[:2] == (409, code)
    rival = evaluator(world, RIVAL)
    await expect_404(rival, "GET", path)
    order = {"engagement_id": successor["id"], **why}
    assert (await rival.post(move, order, version=evaluation["version"])).status_code == 403
    evaluation = created(await world.officer.post(move, order, version=evaluation["version"]))
    evaluation = created(await score(world, evaluation, 1, ROWS, rival))
    done = await to_final(world, rival, evaluation)
    group_of = done["groups"][0]
    assert (done["agency_name"], group_of["score"], group_of["grade"]) == (
        successor["agency_name"], "90.00", "excellent",
    )  # fmt: skip
    events = (await world.officer.get(f"{path}/history")).json()["items"]
    [moved] = [each for each in events if each["action"] == "evaluation.reassign"]
    assert (moved["reason"], moved["details"]["from_engagement_id"]) == (why["reason"], former)
    late = await world.officer.post(move, order, version=done["version"])
    assert refusal(late)[:2] == (409, "evaluation_state_forbids")
    items = (await world.officer.get("/evaluation/work-items")).json()["items"]
    assert {each["kind"]: each["count"] for each in items}["agency_quality_to_score"] == 1


async def test_an_agency_that_keeps_away_does_not_take_over(
    world: World, other_world: World
) -> None:
    await world.unit()
    evaluation = await planned(world, group(1, (None, UNIT)), kind="department")
    successor = await engagement(world, uscc=RIVAL, scope="evaluation")
    keeps_away = {"agency_id": successor["agency_id"], "unit_code": UNIT, "reason": "代理记账",
                  "declared_on": "2024-01-01"}  # fmt: skip
    created(await world.officer.post("/evaluation/recusals", keeps_away))
    move = f"{EVALUATIONS}/{evaluation['id']}/reassignments"
    order = {"engagement_id": successor["id"], "reason": "原机构退出（示例）"}
    answer = await world.officer.post(move, order, version=evaluation["version"])
    assert refusal(answer)[:2] == (409, "recusal_forbids")
    foreign = await engagement(other_world, uscc=RIVAL, scope="evaluation")
    order["engagement_id"] = foreign["id"]
    await expect_404(world.officer, "POST", move, order)
    await expect_404(other_world.officer, "POST", move, order)
    same = await step(
        world.officer,
        evaluation,
        "notices",
        {"notice_no": "1号（示例）", "issued_on": "2024-03-01"},
    )
    assert same["engagement_id"] == evaluation["engagement_id"]
