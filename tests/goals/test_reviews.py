"""审核: what the business office finds, what follows from it, and what the unit changed in answer."""

from typing import Any

import pytest

from services.goals.domain import rules_in_force
from tests.world import World, created, goal_draft, indicator

FULL_MARKS = {
    "standard_completeness": "10", "clarity": "10", "goal_relevance": "15",
    "indicator_soundness": "15", "performance_fitness": "15", "funds_match": "15",
    "attainability": "10", "conditions": "10",
}  # fmt: skip


def table(**scores: str) -> list[dict[str, Any]]:
    """The quantitative table, full marks but for those named."""
    return [{"code": code, "score": score} for code, score in (FULL_MARKS | scores).items()]


async def key_goal(world: World) -> dict[str, Any]:
    """A key project's goal at the bureau."""
    return await world.submitted_goal(project=await world.project(is_key=True))


def test_the_table_of_the_tests_is_the_rules() -> None:
    (version,) = rules_in_force.load()["goal-review"].versions
    assert {code: str(weight) for code, weight in (version.values or {})["items"].items()} == (
        FULL_MARKS
    )


async def test_a_key_projects_conclusion_follows_from_the_table(world: World) -> None:
    goal = await key_goal(world)
    review = {"items": table(funds_match="4"), "reason": "资金测算缺依据"}
    reviewed = await world.step(world.officer, goal, "reviews", review)
    assert reviewed["status"] == "improving"
    (found,) = (await world.filler().get(f"/goals/goals/{goal['id']}/reviews")).json()["items"]
    assert (found["mode"], found["total"], found["grade_label"]) == ("quantitative", "89.00", "良")
    assert found["items"][5] | {"opinion": None} == {
        "code": "funds_match", "label": "资金匹配性", "weight": "15", "score": "4",
        "grade": None, "opinion": None,
    }  # fmt: skip
    assert found["rule"] == "goal-review@2015-05-21"


async def test_a_key_project_is_not_waved_through(world: World) -> None:
    goal = await key_goal(world)
    path = f"/goals/goals/{goal['id']}/reviews"
    answer = await world.officer.post(path, {"grade": "excellent"}, version=goal["version"])
    assert (answer.status_code, answer.json()["code"]) == (422, "review_not_sound")
    assert answer.json()["rule"]["rule_id"] == "goal-review@2015-05-21"
    assert answer.json()["errors"][0]["pointer"] == "/items"


async def test_an_ordinary_project_needs_a_conclusion(world: World) -> None:
    goal = await world.submitted_goal()
    path = f"/goals/goals/{goal['id']}/reviews"
    answer = await world.officer.post(path, {"reason": "x"}, version=goal["version"])
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/grade")


@pytest.mark.parametrize("grade", ["good", "fair", "poor"])
async def test_whatever_is_not_excellent_needs_a_reason(world: World, grade: str) -> None:
    goal = await world.submitted_goal()
    path = f"/goals/goals/{goal['id']}/reviews"
    answer = await world.officer.post(path, {"grade": grade}, version=goal["version"])
    assert (answer.status_code, answer.json()["code"]) == (422, "reason_required")


async def test_a_good_goal_passes_once_it_is_improved_without_a_second_review(
    world: World,
) -> None:
    goal = await world.submitted_goal()
    improving = await world.step(
        world.officer, goal, "reviews", {"grade": "good", "reason": "请补充佐证资料"}
    )
    assert improving["status"] == "improving"
    path = f"/goals/goals/{goal['id']}"
    rows = [{**row, "evidence": "验收单"} for row in as_sent(improving)]
    mended = await world.filler().patch(path, {"indicators": rows}, version=improving["version"])
    passed = await world.step(world.approver(), mended.json(), "submissions", {})
    assert (passed["status"], passed["submission_count"]) == ("reviewed", 2)


async def test_a_good_goal_sent_back_as_it_was_does_not_pass(world: World) -> None:
    goal = await world.submitted_goal()
    verdict = {"grade": "good", "reason": "请补充佐证资料"}
    improving = await world.step(world.officer, goal, "reviews", verdict)
    path = f"/goals/goals/{goal['id']}"
    same = await world.filler().patch(
        path, {"indicators": as_sent(improving)}, version=improving["version"]
    )
    answer = await world.approver().post(f"{path}/submissions", {}, version=same.json()["version"])
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_improved")
    assert (await world.officer.get(path)).json()["status"] == "improving"


async def test_a_rejected_goal_goes_nowhere_unless_the_conclusion_is_withdrawn(
    world: World,
) -> None:
    goal = await world.submitted_goal()
    verdict = {"grade": "poor", "reason": "与单位职责无关"}
    rejected = await world.step(world.officer, goal, "reviews", verdict)
    assert rejected["status"] == "rejected"
    path = f"/goals/goals/{goal['id']}"
    for person, step, body in (
        (world.approver(), "submissions", {}),
        (world.officer, "reviews", {"grade": "excellent"}),
    ):
        answer = await person.post(f"{path}/{step}", body, version=rejected["version"])
        assert (answer.status_code, answer.json()["code"]) == (409, "goal_state_forbids")
    batch = {"document_no": "x", "fiscal_year": 2023, "approved_on": "2023-01-31"}
    refused = await world.reviewer.post("/goals/approval-batches", batch)
    assert refused.json()["code"] == "nothing_to_approve"
    back = await world.step(
        world.reviewer, rejected, "review-withdrawals", {"reason": "评审依据有误"}
    )
    assert (back["status"], back["reviewed_by"]) == ("submitted", None)


async def test_remarks_name_rows_and_the_resubmission_shows_what_was_done_about_them(
    world: World,
) -> None:
    goal = await world.submitted_goal()
    lamps = goal["indicators"][0]
    remark = {"row_id": lamps["row_id"], "field": "target_value", "text": "应为 150 盏"}
    verdict = {"grade": "fair", "reason": "数量与资金不匹配", "remarks": [remark]}
    returned = await world.step(world.officer, goal, "reviews", verdict)
    path = f"/goals/goals/{goal['id']}"
    (review,) = (await world.filler().get(f"{path}/reviews")).json()["items"]
    assert review["remarks"] == [{**remark, "row_name": "改造路灯数量"}]
    rows = as_sent(returned)
    rows[0]["target_value"] = "150"
    rows.append(indicator(name="验收合格率", level2="quality", weight="0"))
    rows[-1]["weight"], rows[0]["weight"] = "10", "40"
    mended = await world.filler().patch(path, {"indicators": rows}, version=returned["version"])
    await world.step(world.approver(), mended.json(), "submissions", {})
    told = (await world.officer.get(f"{path}/changes")).json()
    assert (told["before_submission"], told["after_submission"]) == (1, 2)
    assert [(c["pointer"], c["before"], c["after"]) for c in told["changes"]] == [
        ("/indicators/0/target_value", "120", "150"),
        ("/indicators/0/weight", "50", "40"),
        ("/indicators/3", None, "质量指标 验收合格率 ≥ 120 盏（10 分）"),
    ]
    assert told["changes"][0]["row_id"] == lamps["row_id"]


async def test_a_remark_on_a_row_that_is_not_there_is_refused(world: World) -> None:
    goal = await world.submitted_goal()
    verdict = {
        "grade": "fair",
        "reason": "x",
        "remarks": [{"row_id": goal["id"], "text": "哪一行？"}],
    }
    answer = await world.officer.post(
        f"/goals/goals/{goal['id']}/reviews", verdict, version=goal["version"]
    )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown_row")


async def test_one_submission_has_nothing_to_be_compared_with(world: World) -> None:
    goal = await world.submitted_goal()
    answer = await world.officer.get(f"/goals/goals/{goal['id']}/changes")
    assert answer.status_code == 404


async def test_any_two_submissions_can_be_compared(world: World) -> None:
    goal = await world.submitted_goal()
    path = f"/goals/goals/{goal['id']}"
    for lamps in ("130", "140", "150"):
        verdict = {"grade": "fair", "reason": "数量偏低"}
        returned = await world.step(world.officer, goal, "reviews", verdict)
        rows = [{**row} for row in as_sent(returned)]
        rows[0]["target_value"] = lamps
        mended = await world.filler().patch(path, {"indicators": rows}, version=returned["version"])
        goal = await world.step(world.approver(), mended.json(), "submissions", {})
    for asked, numbers, values in (
        ({}, (3, 4), ("140", "150")),
        ({"after": 2}, (1, 2), ("120", "130")),
        ({"before": 1}, (1, 4), ("120", "150")),
        ({"before": 2, "after": 3}, (2, 3), ("130", "140")),
    ):
        told = (await world.officer.get(f"{path}/changes", **asked)).json()
        (change,) = told["changes"]
        assert (told["before_submission"], told["after_submission"]) == numbers
        assert (change["before"], change["after"]) == values
    assert (await world.officer.get(f"{path}/changes", after=1)).status_code == 404


async def test_a_submission_can_be_recalled_before_it_is_reviewed(world: World) -> None:
    goal = await world.submitted_goal()
    recalled = await world.step(world.approver(), goal, "recalls", {"reason": "漏填一项"})
    assert recalled["status"] == "draft"
    reviewed = await world.reviewed_goal()
    answer = await world.approver().post(
        f"/goals/goals/{reviewed['id']}/recalls", {"reason": "x"}, version=reviewed["version"]
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "goal_state_forbids")


async def test_of_two_reviews_at_once_one_counts(world: World) -> None:
    goal = await world.submitted_goal()
    path = f"/goals/goals/{goal['id']}/reviews"
    await world.officer.post(path, {"grade": "excellent"}, version=goal["version"])
    late = await world.officer.post(path, {"grade": "excellent"}, version=goal["version"])
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")


async def test_a_draft_is_saved_as_far_as_it_is_filled_in(world: World) -> None:
    project = await world.project()
    body = {"project_code": project, "fiscal_year": 2023, "indicators": [{"name": "路灯"}]}
    goal = created(await world.filler().post("/goals/goals", body))
    assert goal["annual_goal"] is None
    assert goal["indicators"][0]["weight"] is None
    full = goal_draft(project)
    path = f"/goals/goals/{goal['id']}"
    patched = await world.filler().patch(path, {"midterm_goal": "三年换完"}, version=1)
    assert (patched.json()["midterm_goal"], patched.json()["annual_goal"]) == ("三年换完", None)
    cleared = await world.filler().patch(
        path, {"midterm_goal": None, "annual_goal": full["annual_goal"]}, version=2
    )
    assert cleared.json()["midterm_goal"] is None
    assert cleared.json()["indicators"] == goal["indicators"]


async def test_the_same_row_cannot_stand_in_a_form_twice(world: World) -> None:
    goal = await world.goal()
    row = as_sent(goal)[0]
    answer = await world.filler().patch(
        f"/goals/goals/{goal['id']}", {"indicators": [row, row]}, version=1
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "row_twice")
    assert answer.json()["errors"][0]["pointer"] == "/indicators/1/row_id"


async def test_rows_keep_their_ids_when_they_are_moved(world: World) -> None:
    goal = await world.goal()
    rows = as_sent(goal)
    moved = await world.filler().patch(
        f"/goals/goals/{goal['id']}", {"indicators": rows[::-1]}, version=1
    )
    ids = [row["row_id"] for row in goal["indicators"]]
    assert [row["row_id"] for row in moved.json()["indicators"]] == ids[::-1]


def as_sent(goal: dict[str, Any]) -> list[dict[str, Any]]:
    """A goal's rows as a client would send them back."""
    computed = {"position", "level1_label", "level2_label"}
    return [{k: v for k, v in row.items() if k not in computed} for row in goal["indicators"]]
