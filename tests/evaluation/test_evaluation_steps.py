"""评价程序: from the notice to the archive, with due days, objections and steps sent back."""

import hashlib
from typing import Any

import pytest

from shared.auth import Role
from tests.conftest import eventually
from tests.evaluation.builders import (
    EVALUATIONS,
    RIVAL,
    UNIT,
    approved_project,
    at_fieldwork,
    engagement,
    evaluation_order,
    evaluator,
    expect_404,
    group,
    planned,
    refusal,
    score,
    sheet,
    sheet_row,
)
from tests.evaluation.steps import framework, step, to_exchange, to_scheme
from tests.world import World, created

LETTER = {
    "unit_code": UNIT,
    "letter_no": "财绩函〔2024〕9号（示例）",
    "due_on": "2099-06-30",
    "problems": [{"project_code": None, "text": "档案不全（示例）"}],
}


async def one_project(world: World) -> dict[str, Any]:
    """A planned evaluation of one project."""
    return await planned(world, group(1, (await approved_project(world), UNIT)))


async def asked(world: World) -> dict[str, Any]:
    """An evaluation of one project whose unit has been asked for its view."""
    evaluation = await at_fieldwork(world, await one_project(world), sheet())
    scored = created(await score(world, evaluation, 1, sheet()))
    return await to_exchange(world, evaluator(world), scored)


async def test_an_evaluation_walks_from_its_notice_to_the_archive(world: World) -> None:
    evaluation = await asked(world)
    path = f"{EVALUATIONS}/{evaluation['id']}"
    opinion = f"{path}/view-exchanges/{UNIT}/opinions"
    created(await world.approver().post(opinion, {"agrees": True, "opinion": "无异议（示例）"}))
    final = await step(world.reviewer, evaluation, "results", {})
    stranger = LETTER | {"unit_code": "219009"}
    feedback = {"feedback_no": "反馈1号（示例）", "sent_on": "2024-06-01"}
    wrong = await world.officer.post(
        f"{path}/feedbacks", feedback | {"letters": [stranger]}, version=final["version"]
    )
    assert refusal(wrong)[2] == [("not_evaluated", "/letters/0/unit_code")]
    done = await step(world.officer, final, "feedbacks", feedback | {"letters": [LETTER]})
    unsaid = await world.officer.post(
        f"{path}/disclosures", {"disclosed_on": "2024-07-01"}, version=done["version"]
    )
    assert unsaid.status_code == 422
    public = {"disclosed_on": "2024-07-01", "url": "https://example.org/result"}
    done = await step(world.officer, done, "disclosures", public)
    filed = {"archive_no": "档案1号（示例）", "index": ["通知", "方案", "报告"]}
    done = await step(world.officer, done, "archives", filed)
    assert (done["status"], done["allowed_actions"]) == ("archived", [])
    assert all(each["done_at"] and each["due_on"] for each in done["steps"])
    nothing = hashlib.sha256(b"").hexdigest()
    assert done["steps"][-1]["details"] == filed | {"paper_count": 0, "papers_digest": nothing}
    listed = (await world.officer.get("/evaluation/results", status="final")).json()["items"]
    assert [each["evaluation_id"] for each in listed] == [done["id"]]

    async def lettered() -> bool:
        requests = await world.officer.get("/evaluation/rectification-requests")
        return [(r["origin"], r["status"]) for r in requests.json()["items"]] == [
            ("evaluation", "issued")
        ]

    await eventually(lettered)
    events = (await world.officer.get(f"{path}/history")).json()["items"]
    assert [each["to_status"] for each in events if each["to_status"] != each["from_status"]] == [
        "notified", "scheme", "fieldwork", "draft", "exchange_of_views",
        "final", "fed_back", "disclosed", "archived",
    ]  # fmt: skip


async def test_an_objection_is_answered_or_reopens_the_scoring(world: World) -> None:
    """The unit objects; the agency accepts; the bureau sends the draft back; the score changes."""
    evaluation = await asked(world)
    path = f"{EVALUATIONS}/{evaluation['id']}"
    agent, views = evaluator(world), f"{path}/view-exchanges/{UNIT}"
    [seen] = (await world.approver().get("/evaluation/view-exchanges")).json()["items"]
    draft_sheet = seen["receipt_hrefs"][0].removeprefix("/api/v1")
    assert (await world.approver().get(draft_sheet)).json()["score"] == "92.50"
    assert (await world.approver().get("/evaluation/results")).json()["items"] == []
    early = await agent.post(
        f"{views}/replies", {"accepted": True, "reply": "采纳"}, version=evaluation["version"]
    )
    assert refusal(early) == (409, "opinion_state_forbids", [])
    against = {"agrees": False, "opinion": "效益评价要点应全部认定（示例）"}
    created(await world.approver().post(f"{views}/opinions", against))
    again = await world.approver().post(f"{views}/opinions", against)
    assert refusal(again) == (409, "opinion_state_forbids", [])
    waiting = await world.reviewer.post(f"{path}/results", {}, version=evaluation["version"])
    assert refusal(waiting) == (409, "opinions_outstanding", [])
    accepted = {"accepted": True, "reply": "采纳，重新评分（示例）"}
    created(await agent.post(f"{views}/replies", accepted, version=evaluation["version"]))
    back = await step(world.officer, evaluation, "returns", {"reason": "采纳单位意见（示例）"})
    assert back["status"] == "draft"
    assert (await world.approver().get(draft_sheet)).status_code == 404
    back = await step(world.officer, back, "returns", {"reason": "重新评分（示例）"})
    assert (back["status"], back["groups"][0]["score"]) == ("fieldwork", None)
    anew = created(await score(world, back, 1, sheet(met=5)))
    assert anew["groups"][0]["score"] == "98.50"
    events = (await world.officer.get(f"{path}/history")).json()["items"]
    [undone] = [each for each in events if each["details"].get("scores")]
    assert (undone["reason"], undone["details"]["scores"][0]["score"]) == (
        "重新评分（示例）",
        "92.50",
    )
    asked_again = await to_exchange(world, agent, anew)
    rounds = (await agent.get(f"{path}/view-exchanges")).json()["items"]
    assert [(each["round_no"], each["accepted"]) for each in rounds] == [(1, True), (2, None)]
    assert asked_again["status"] == "exchange_of_views"


async def test_fieldwork_waits_for_the_framework_and_a_returned_scheme_is_made_anew(
    world: World,
) -> None:
    agent = evaluator(world)
    scheme = await to_scheme(world, agent, await one_project(world), [framework(sheet(), 1)])
    path = f"{EVALUATIONS}/{scheme['id']}"
    fieldwork = {"began_on": "2024-03-20", "notes": "实地查看（示例）"}
    early = await agent.post(f"{path}/fieldwork-records", fieldwork, version=scheme["version"])
    assert refusal(early) == (409, "framework_not_approved", [])
    unscored = await score(world, scheme, 1, sheet())
    assert refusal(unscored) == (409, "evaluation_state_forbids", [])
    back = await step(world.officer, scheme, "returns", {"reason": "指标过粗（示例）"})
    assert (back["status"], back["framework_approved_by"]) == ("notified", None)
    assert (await agent.get(f"{path}/frameworks")).json()["items"] == []
    finer = [sheet_row("process", "40", 0, 0, points=["手续完备", "用途合规"], points_total=None),
             sheet_row("benefit", "60", 1, 2, standard="history")]  # fmt: skip
    anew = {"text": "修改后的方案（示例）", "frameworks": [framework(finer, 1)]}
    scheme = await step(agent, back, "schemes", anew)
    approved = await step(world.officer, scheme, "framework-approvals", {})
    twice = await world.officer.post(f"{path}/framework-approvals", {}, version=approved["version"])
    assert refusal(twice) == (409, "evaluation_state_forbids", [])
    begun = await step(agent, approved, "fieldwork-records", fieldwork)
    [kept] = (await agent.get(f"{path}/frameworks")).json()["items"]
    assert [(r["points_total"], r["points"], r["standard"]) for r in kept["rows"]] == [
        (2, ["手续完备", "用途合规"], None),
        (2, [], "history"),
    ]
    for wrong in (finer[:1], [*finer, finer[0]]):
        assert refusal(await score(world, begun, 1, wrong))[:2] == (422, "invalid_payload")
    undrafted = await agent.post(f"{path}/drafts", {"text": "结论"}, version=begun["version"])
    assert refusal(undrafted) == (409, "evaluation_state_forbids", [])
    high = [finer[0] | {"points_met": 3}, finer[1] | {"basis": " "}]
    assert refusal(await score(world, begun, 1, high)) == (
        409,
        "sheet_not_acceptable",
        [("score_out_of_range", "/rows/0/points_met"), ("cell_missing", "/rows/1/basis")],
    )


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([*sheet()[:3], sheet_row("benefit", "29.99", 5, 5)], ("weights_not_100", "/rows")),
        (
            [sheet_row("decision", "20.01", 1, 1), sheet_row("process", "20", 1, 1),
             sheet_row("output", "59.99", 1, 1)],
            ("outcome_weight_below_60", "/rows"),
        ),
        ([*sheet()[:3], sheet_row("effect", "30", 5, 5)], ("group_unknown", "/rows/3/level1")),
        ([*sheet()[:3], sheet_row("benefit", "30", 1, 0)],
         ("cell_missing", "/rows/3/points_total")),
    ],
)  # fmt: skip
async def test_an_unsound_framework_is_not_accepted(
    world: World, rows: list[dict[str, Any]], error: tuple[str, str]
) -> None:
    evaluation = await one_project(world)
    notice = {"notice_no": "评价通知1号（示例）", "issued_on": "2024-03-01"}
    evaluation = await step(world.officer, evaluation, "notices", notice)
    answer = await evaluator(world).post(
        f"{EVALUATIONS}/{evaluation['id']}/schemes",
        {"text": "方案（示例）", "frameworks": [framework(rows, 1)]},
        version=evaluation["version"],
    )
    status, code, errors = refusal(answer)
    assert (status, code) == (409, "framework_not_sound")
    assert (error[0], f"/frameworks/0{error[1]}") in errors
    assert answer.json()["rule"]["rule_id"] == "framework-2020-10@2020-02-25"


async def test_every_group_has_one_framework(world: World) -> None:
    evaluation = await one_project(world)
    notice = {"notice_no": "评价通知1号（示例）", "issued_on": "2024-03-01"}
    evaluation = await step(world.officer, evaluation, "notices", notice)
    for numbers in ((2,), (1, 1), (1, 2)):
        body = {"text": "方案（示例）", "frameworks": [framework(sheet(), *numbers)]}
        answer = await evaluator(world).post(
            f"{EVALUATIONS}/{evaluation['id']}/schemes", body, version=evaluation["version"]
        )
        assert refusal(answer)[:2] == (422, "invalid_payload")


async def test_due_days_may_be_set_and_show_what_is_late(world: World) -> None:
    await world.unit()
    subject = group(1, (None, UNIT))
    late = await planned(world, subject, kind="department", due_on={"notified": "2020-01-01"})
    steps = {each["step"]: each for each in late["steps"]}
    assert [name for name, each in steps.items() if each["is_late"]] == ["notified"]
    assert steps["planned"]["done_by"] == late["planned_by"]
    backwards = await evaluation_order(
        world, subject, kind="department", due_on={"scheme": "2020-01-01"}
    )
    answer = await world.officer.post(EVALUATIONS, backwards)
    assert refusal(answer)[:2] == (422, "invalid_payload")


async def test_the_steps_of_an_evaluation_are_nobody_elses(world: World) -> None:
    evaluation = await asked(world)
    await engagement(world, uscc=RIVAL, scope="evaluation")
    rival, path = evaluator(world, RIVAL), f"{EVALUATIONS}/{evaluation['id']}"
    for route in ("frameworks", "history", "evaluators", "own-scoring-sheets"):
        await expect_404(rival, "GET", f"{path}/{route}")
    await expect_404(rival, "GET", f"{path}/view-exchanges")
    await expect_404(world.approver("219002"), "GET", f"{path}/view-exchanges")
    said = {"agrees": True, "opinion": "无异议（示例）"}
    opinions = f"{path}/view-exchanges/{UNIT}/opinions"
    await expect_404(world.approver("219002"), "POST", opinions, said)
    assert (await world.approver("219002").get("/evaluation/view-exchanges")).json()["items"] == []
    reply = {"accepted": True, "reply": "采纳（示例）"}
    await expect_404(rival, "POST", f"{path}/view-exchanges/{UNIT}/replies", reply)
    work = (await world.person(Role.FINANCE_REVIEWER).get("/evaluation/work-items")).json()
    assert "evaluation_to_finalize" in {item["kind"] for item in work["items"]}
