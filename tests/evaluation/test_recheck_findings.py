"""复审 by the bureau itself, what re-reviews find, and the requests that name it."""

from shared.auth import Role
from tests.evaluation.builders import (
    FORMS,
    engagement,
    evaluator,
    finding,
    form_of,
    letter_order,
    refusal,
    review,
)
from tests.evaluation.reviewing import PLANS, check, items, planned, sent_forms, work
from tests.world import World, created


async def test_the_bureau_reviews_by_a_plan_made_by_someone_else(world: World) -> None:
    large, small, least = await sent_forms(world, "600000.00", "300000.00", "100000.00")
    pick = {"self_evaluation_id": least["id"], "reason": "执行率低"}
    plan = await planned(world, method="amount", share="60", picks=[pick])
    assert [(each["why"], each["reason"]) for each in plan["items"]] == [
        ("picked", "执行率低"),
        ("amount", None),
    ]
    assert [each["self_evaluation_id"] for each in plan["items"]] == [least["id"], large["id"]]
    await engagement(world)
    assert [form["id"] for form in await items(evaluator(world), FORMS)] == [small["id"]]
    assert await items(evaluator(world), PLANS) == []
    assert refusal(await check(world.officer, large)) == (409, "four_eyes", [])
    assert await work(world.officer) == []
    seconded = world.person(Role.FINANCE_OFFICER, unit=large["unit_code"], name="seconded")
    assert refusal(await check(seconded, large)) == (409, "reviewer_of_the_unit", [])
    assert await work(world.reviewer) == [("recheck_plan_to_carry_out", 2, plan["due_on"])]
    lower = {"position": 1, "review_score": "40.00", "note": "实地清点九十六盏"}
    body = review(None, lower, findings=[finding(row_position=1, code="data_wrong")])
    path = f"{FORMS}/{large['id']}/rechecks"
    done = created(await world.reviewer.post(path, body, version=large["version"]))
    found = done["recheck"]
    assert (found["reviewer"], found["engagement_id"], found["agency_name"]) == (
        "bureau",
        None,
        None,
    )
    assert (found["review_total"], found["grade"], found["grade_label"]) == ("77.00", "fair", "中")
    assert found["grade_receipt"]["arithmetic"] == "60 ≤ 77.00 < 80"
    assert found["findings"] == [
        {
            "number": 1,
            "code": "data_wrong",
            "label": "填报数据不实或有误",
            "row_position": 1,
            "text": "实施迟滞",
            "rectification_advised": True,
        }
    ]
    created(await check(world.reviewer, small))
    assert (await form_of(world, small["project_code"]))["recheck"]["plan_id"] is None


async def test_a_form_of_an_agencys_plan_is_not_the_bureaus_to_review(world: World) -> None:
    [form] = await sent_forms(world, "100000.00")
    contract = await engagement(world)
    await planned(world, contract["id"])
    assert refusal(await check(world.reviewer, form)) == (409, "planned_for_another", [])
    assert refusal(await check(world.reviewer, form, contract["id"])) == (
        422,
        "invalid_payload",
        [("engagement_not_yours", "/engagement_id")],
    )
    assert refusal(await check(evaluator(world), form)) == (
        422,
        "invalid_payload",
        [("engagement_needed", "/engagement_id")],
    )


async def test_a_request_to_rectify_names_the_finding_it_is_taken_from(world: World) -> None:
    form, other = await sent_forms(world, "100000.00", "200000.00")
    found = [finding(code="evidence_missing", rectification_advised=False), finding()]
    done = created(await check(world.officer, form, findings=found))
    assert done["rectification_advised"] is True
    ref = {"self_evaluation_id": form["id"], "number": 2}
    problem = {"project_code": form["project_code"], "text": "限期补装六盏", "finding": ref}
    wrong = [
        problem | {"finding": ref | {"number": 3}},
        problem | {"project_code": None},
        problem | {"finding": ref | {"self_evaluation_id": other["id"]}},
    ]
    answer = await world.officer.post(
        "/evaluation/rectification-requests", letter_order(form, problems=wrong)
    )
    assert refusal(answer) == (
        409,
        "not_rechecked",
        [("not_rechecked", f"/problems/{index}/finding") for index in range(3)],
    )
    plain = {"project_code": None, "text": "完善管理制度"}
    request = created(
        await world.officer.post(
            "/evaluation/rectification-requests", letter_order(form, problems=[problem, plain])
        )
    )
    assert [each["finding"] for each in request["problems"]] == [
        {**ref, "code": "implementation_late", "label": "实施迟滞"},
        None,
    ]
    [fact] = [
        event["data"]
        for event in await world.events("evaluation")
        if event["type"] == "cn.wenxiao.rectification.requested.v1"
    ]
    assert fact["problems"] == [
        {"project_code": form["project_code"], "text": "限期补装六盏"},
        plain,
    ]


async def test_findings_are_of_a_known_kind_and_about_rows_of_the_form(world: World) -> None:
    [form] = await sent_forms(world, "100000.00")
    answer = await check(
        world.officer, form, findings=[finding(code="bad_luck"), finding(row_position=4)]
    )
    assert refusal(answer) == (
        422,
        "invalid_payload",
        [
            ("finding_kind_unknown", "/findings/0/code"),
            ("row_unknown", "/findings/1/row_position"),
        ],
    )
    assert "佐证材料缺失或不足" in answer.json()["errors"][0]["mend"]
    offered = (await world.filler().get("/evaluation/recheck-finding-kinds")).json()
    assert offered["verified"] is False
    assert {"code": "execution_slow", "label": "支付进度慢"} in offered["kinds"]
    quiet = created(await check(world.officer, form, findings=[]))
    assert (quiet["rectification_advised"], quiet["recheck"]["findings"]) == (False, [])
