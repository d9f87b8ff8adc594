"""自评表 beside a goal that is adjusted and an office that sends forms back."""

from typing import Any

from tests.conftest import eventually
from tests.evaluation.builders import (
    FORMS,
    approved_project,
    engagement,
    expect_404,
    filled_form,
    filled_in,
    form_of,
    open_form,
    opened_forms,
    recheck,
    refusal,
    review,
    submit,
    submitted_form,
)
from tests.goals.adjusted import approve, line, opened, pending_change, rereviewed
from tests.world import World, created, indicator

WHY = {"reason": "附件与填报的数不一致，请核对（示例）"}


async def adjusted(world: World, project: str, **patch: Any) -> None:
    """The project's goal adjusted with 20 万元 carried over from last year."""
    listed = (await world.officer.get("/goals/goals", project_code=project)).json()["items"]
    goal = (await world.officer.get(f"/goals/goals/{listed[0]['id']}")).json()
    change = await pending_change(world, project, lines=[line("200000.00", source="carry_over")])
    await approve(world, await rereviewed(world, await opened(world, goal, change), **patch))


async def known(world: World, project: str, budget: str) -> dict[str, Any]:
    """The form once evaluation has learnt of the budget."""

    async def learnt() -> bool:
        return bool((await form_of(world, project))["budget_full_year"] == budget)

    await eventually(learnt)
    return await form_of(world, project)


async def test_an_open_form_asks_for_what_only_the_unit_knows_and_says_what_it_comes_to(
    world: World,
) -> None:
    """The money is known, and so is the goal: six cells are typed, and the reasons they call for."""
    form = await open_form(world)
    assert [each["pointer"] for each in form["asked"]] == [
        "/goal_actual",
        "/exec_reason",
        "/rows/0/actual_value",
        "/rows/1/band",
        "/rows/1/self_score",
        "/rows/2/actual_value",
    ]
    assert form["asked"][2]["title"] == "“改造路灯数量”的实际完成值"
    half = await filled_form(world, form, {"position": 1, "reason": None}, exec_reason=None)
    assert [each["pointer"] for each in half["asked"]] == ["/exec_reason", "/rows/0/reason"]
    assert {each["code"] for each in half["findings"] if each["severity"] == "blocking"} == {
        "low_exec_reason_missing",
        "deviation_reason_missing",
    }
    assert [row["rule_score"] for row in half["rows"]] == ["47.50", "27.00", "10.00"]
    assert (half["preview_total"], half["total"], half["rows"][0]["score"]) == ("84.50", None, None)
    whole = await filled_form(world, half)
    assert (whole["asked"], whole["preview_total"]) == ([], "84.50")
    sent = created(await submit(world, whole))
    assert (sent["total"], sent["asked"], sent["findings"]) == ("84.50", [], [])


async def test_a_goal_adjusted_meanwhile_is_taken_over_before_the_form_goes_out(
    world: World,
) -> None:
    """What was typed for rows that are still there stays; the initial budget is the first one."""
    project = await approved_project(world)
    [form] = await opened_forms(world, project)
    form = await filled_form(world, form)
    rows = [
        indicator(target_value="144"),
        indicator(level1="benefit", level2="social", name="群众出行", operator="qualitative",
                  target_value=None, target_text="四条支路夜间通行无照明盲区",
                  unit_of_measure=None, weight="30"),
        indicator(level1="satisfaction", level2="satisfaction", name="居民满意度",
                  target_value="90", unit_of_measure="%", weight="10"),
    ]  # fmt: skip
    await adjusted(world, project, indicators=rows)
    form = await known(world, project, "1200000.00")
    assert form["budget_initial"] == "1000000.00"
    refused = await submit(world, form)
    assert ("goal_outdated", "/goal_version") in refusal(refused)[2]
    path = f"{FORMS}/{form['id']}"
    await expect_404(world.filler("219002"), "POST", f"{path}/refreshes", {})
    fresh = created(await world.filler().post(f"{path}/refreshes", {}, version=form["version"]))
    assert [row["target_value"] for row in fresh["rows"]] == ["144", None, "90"]
    assert [row["actual_value"] for row in fresh["rows"]] == ["114", None, "90"]
    assert (fresh["rows"][0]["reason"], fresh["rows"][1]["band"]) == ("冬季停工，六盏未装", None)
    kinds = {each["kind"]: each["budget_full_year"] for each in fresh["fund_kinds"]}
    assert kinds == {"current_appropriation": "1000000.00", "carry_over": "200000.00"}
    paid = [{"kind": kind, "executed": "0"} for kind in kinds]
    done = await filled_form(world, fresh, fund_kinds=paid)
    sent = created(await submit(world, done))
    assert [each["budget_initial"] for each in sent["funds"]] == ["1000000.00"]
    assert [each["executed"] for each in sent["fund_kinds"]] == ["0.00", "0.00"]


async def test_what_was_paid_is_told_apart_by_the_kinds_the_budget_has(world: World) -> None:
    project = await approved_project(world)
    [form] = await opened_forms(world, project)
    assert [each["kind"] for each in form["fund_kinds"]] == ["current_appropriation"]
    wrong = filled_in(fund_kinds=[{"kind": "carry_over", "executed": "1"}])
    answer = await world.filler().patch(f"{FORMS}/{form['id']}", wrong, version=form["version"])
    assert refusal(answer)[2] == [("fund_kind_unknown", "/fund_kinds/0/kind")]


async def test_a_form_sent_back_is_filled_in_again_and_what_it_said_is_kept(world: World) -> None:
    form = await submitted_form(world)
    path = f"{FORMS}/{form['id']}"
    project, year = form["project_code"], form["fiscal_year"]

    async def told() -> Any:
        answer = await world.officer.get(
            f"/goals/projects/{project}/background", fiscal_year=year + 1
        )
        return [each["total"] for each in answer.json()["self_evaluations"]]

    async def learnt() -> bool:
        return bool(await told() == ["84.50"])

    await eventually(learnt)
    assert (
        await world.filler().post(f"{path}/returns", WHY, version=form["version"])
    ).status_code == 403
    back = created(await world.officer.post(f"{path}/returns", WHY, version=form["version"]))
    assert (back["status"], back["total"], back["grade"]) == ("open", None, None)
    assert (back["preview_total"], back["asked"]) == ("84.50", [])

    async def forgotten() -> bool:
        return bool(await told() == [])

    await eventually(forgotten)
    changed = await filled_form(world, back, {"position": 1, "actual_value": "120", "reason": None})
    again = created(await submit(world, changed))
    assert (again["total"], again["grade"]) == ("87.00", "good")
    history = (await world.filler().get(f"{path}/returns")).json()["items"]
    assert [(each["total"], each["reason"]) for each in history] == [("84.50", WHY["reason"])]
    await expect_404(world.filler("219002"), "GET", f"{path}/returns")
    contract = await engagement(world)
    scores = {"position": 1, "review_score": "50.00"}
    done = created(await recheck(world, again, review(contract["id"], scores)))
    late = await world.officer.post(f"{path}/returns", WHY, version=done["version"])
    assert refusal(late)[:2] == (409, "self_evaluation_state_forbids")


async def test_another_regions_form_is_neither_sent_back_nor_refreshed(
    world: World, other_world: World
) -> None:
    theirs = await submitted_form(other_world)
    path = f"{FORMS}/{theirs['id']}"
    await expect_404(world.officer, "POST", f"{path}/returns", WHY)
    await expect_404(world.officer, "GET", f"{path}/returns")
    await expect_404(world.filler(), "POST", f"{path}/refreshes", {})


async def test_several_forms_go_out_at_once_and_each_that_stays_says_why(world: World) -> None:
    """One goes; one lacks cells, one is another unit's, one was changed since, one is gone already."""
    await world.unit("219002")
    projects = [await approved_project(world) for _ in range(4)]
    foreign = await approved_project(world, unit="219002")
    *own, other = await opened_forms(world, *projects, foreign)
    fit, empty, stale, sent = [
        form if at == 1 else await filled_form(world, form) for at, form in enumerate(own)
    ]
    created(await submit(world, sent))
    asked = [
        {"id": fit["id"], "version": fit["version"]},
        {"id": empty["id"], "version": empty["version"]},
        {"id": other["id"], "version": other["version"]},
        {"id": stale["id"], "version": stale["version"] - 1},
        {"id": sent["id"], "version": sent["version"] + 1},
    ]
    path = "/evaluation/self-evaluation-submissions"
    assert (await world.filler().post(path, {"forms": asked})).status_code == 403
    twice = await world.approver().post(path, {"forms": [asked[0], asked[0]]})
    assert twice.status_code == 422
    answer = await world.approver().post(path, {"forms": asked})
    told = answer.json()
    assert (answer.status_code, told["submitted"], told["refused"]) == (200, 1, 4), told
    assert [(each["status"], each["code"]) for each in told["results"]] == [
        ("submitted", None),
        ("refused", "self_evaluation_not_submittable"),
        ("refused", "not_found"),
        ("refused", "precondition_failed"),
        ("refused", "self_evaluation_state_forbids"),
    ]
    assert (told["results"][0]["total"], told["results"][0]["grade"]) == ("84.50", "good")
    assert "/rows/0/actual_value" in {each["pointer"] for each in told["results"][1]["errors"]}
    states = [(await form_of(world, each))["status"] for each in (*projects, foreign)]
    assert states == ["submitted", "open", "open", "submitted", "open"]
    alone, together = [await form_of(world, projects[at]) for at in (3, 0)]
    for form in (alone, together):
        assert [row["score"] for row in form["rows"]] == ["47.50", "27.00", "10.00"]
        assert form["rows"][0]["receipt"]["arithmetic"] == alone["rows"][0]["receipt"]["arithmetic"]
    kind = "cn.wenxiao.self_evaluation.submitted.v1"
    facts = [event for event in await world.events("evaluation") if event["type"] == kind]
    assert {fact["data"]["project_code"] for fact in facts} == {projects[0], projects[3]}
