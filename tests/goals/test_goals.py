"""绩效目标: drafted by a unit, returned and passed by the bureau, approved with the budget, published."""

from uuid import uuid4

import pytest

from shared.auth import Role
from tests.world import World, batch_order, created, goal_draft, indicator

GOAL_ROUTES = [
    ("GET", "", None),
    ("GET", "/history", None),
    ("PATCH", "", {"annual_goal": "改"}),
    ("POST", "/submissions", {}),
    ("POST", "/reviews", {"grade": "good"}),
]


@pytest.mark.parametrize(("method", "path", "body"), GOAL_ROUTES)
async def test_another_regions_goal_does_not_exist(
    world: World, other_world: World, method: str, path: str, body: object
) -> None:
    goal = await other_world.goal()
    for person in (world.filler(), world.approver(), world.officer):
        answer = await person.send(
            method,
            f"/goals/goals/{goal['id']}{path}",
            json=body,
            headers={"if-match": '"1"', "idempotency-key": uuid4().hex},
        )
        assert answer.status_code in (403, 404)
    path = f"/goals/goals/{goal['id']}"
    assert (await other_world.filler().get(path)).json() == goal


@pytest.mark.parametrize(("method", "path", "body"), GOAL_ROUTES[:4])
async def test_another_units_goal_does_not_exist(
    world: World, method: str, path: str, body: object
) -> None:
    goal = await world.goal(unit="219001")
    for person in (world.filler("219002"), world.approver("219002")):
        answer = await person.send(
            method,
            f"/goals/goals/{goal['id']}{path}",
            json=body,
            headers={"if-match": '"1"', "idempotency-key": uuid4().hex},
        )
        assert answer.status_code in (403, 404)


async def test_a_unit_cannot_draft_for_another_units_project(world: World) -> None:
    project = await world.project(unit="219002")
    answer = await world.filler("219001").post("/goals/goals", goal_draft(project))
    assert answer.status_code == 404


async def test_lists_show_a_unit_only_its_own_and_the_bureau_all(world: World) -> None:
    await world.goal(unit="219001")
    await world.goal(unit="219002")
    mine = (await world.filler("219001").get("/goals/goals")).json()["items"]
    assert [goal["unit_code"] for goal in mine] == ["219001"]
    assert len((await world.officer.get("/goals/goals")).json()["items"]) == 2


async def test_a_project_has_one_goal_a_year(world: World) -> None:
    project = await world.project()
    created(await world.filler().post("/goals/goals", goal_draft(project)))
    answer = await world.filler().post("/goals/goals", goal_draft(project))
    assert (answer.status_code, answer.json()["code"]) == (409, "goal_exists")


async def test_checks_say_what_to_mend_and_save_nothing(world: World) -> None:
    draft = goal_draft(await world.project(), indicators=[indicator(weight="50")])
    answer = await world.filler().post("/goals/goal-checks", draft)
    assert answer.json()["submittable"] is False
    assert {f["rule_id"] for f in answer.json()["findings"]} == {"G1", "G2", "G9"}
    assert (await world.filler().get("/goals/goals")).json()["items"] == []


async def test_a_goal_with_blocking_findings_is_not_submitted(world: World) -> None:
    goal = await world.goal(indicators=[indicator(weight="50")])
    answer = await world.approver().post(
        f"/goals/goals/{goal['id']}/submissions", {}, version=goal["version"]
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "goal_not_submittable")
    assert answer.json()["rule"]["rule_id"] == "goal-form@2015-05-21"
    assert {error["code"] for error in answer.json()["errors"]} == {"G1", "G2"}


async def test_who_filled_the_goal_in_cannot_submit_it(world: World) -> None:
    goal = await world.goal()
    same = world.person(Role.UNIT_APPROVER, unit="219001", name="unit_filler-219001")
    answer = await same.post(f"/goals/goals/{goal['id']}/submissions", {}, version=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "four_eyes")


async def test_a_returned_goal_is_amended_and_passes(world: World) -> None:
    goal = await world.submitted_goal()
    returned = await world.step(
        world.officer, goal, "reviews", {"grade": "fair", "reason": "路灯数量与资金不匹配"}
    )
    assert returned["status"] == "returned"
    rows = goal_draft("x")["indicators"]
    rows[0] = rows[0] | {"target_value": "150"}
    path = f"/goals/goals/{goal['id']}"
    amended = await world.filler().patch(path, {"indicators": rows}, version=returned["version"])
    assert amended.json()["indicators"][0]["target_value"] == "150"
    again = await world.step(world.approver(), amended.json(), "submissions", {})
    passed = await world.step(world.officer, again, "reviews", {"grade": "excellent"})
    assert passed["status"] == "reviewed"
    history = (await world.officer.get(f"{path}/history")).json()["items"]
    assert [(step["step"], step["reason"]) for step in history] == [
        ("draft", None),
        ("submit", None),
        ("review", "路灯数量与资金不匹配"),
        ("revise", None),
        ("submit", None),
        ("review", None),
    ]


async def test_a_return_needs_a_reason(world: World) -> None:
    goal = await world.submitted_goal()
    answer = await world.officer.post(
        f"/goals/goals/{goal['id']}/reviews", {"grade": "fair"}, version=goal["version"]
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "reason_required")
    assert answer.json()["errors"][0]["pointer"] == "/reason"


@pytest.mark.parametrize(("step", "body"), [("submissions", {}), ("reviews", {"grade": "good"})])
async def test_a_step_out_of_turn_is_a_conflict(
    world: World, step: str, body: dict[str, str]
) -> None:
    goal = await world.reviewed_goal()
    person = world.approver() if step == "submissions" else world.officer
    answer = await person.post(f"/goals/goals/{goal['id']}/{step}", body, version=goal["version"])
    assert (answer.status_code, answer.json()["code"]) == (409, "goal_state_forbids")


async def test_a_submitted_goal_is_not_edited_any_more(world: World) -> None:
    goal = await world.submitted_goal()
    path = f"/goals/goals/{goal['id']}"
    answer = await world.filler().patch(path, {"annual_goal": "改"}, version=goal["version"])
    assert answer.status_code == 409


async def test_a_change_must_name_the_version_it_read(world: World) -> None:
    goal = await world.goal()
    path = f"/goals/goals/{goal['id']}"
    none = await world.filler().patch(path, {"annual_goal": "改"}, version=None)
    assert (none.status_code, none.json()["code"]) == (428, "precondition_required")
    stale = await world.filler().patch(path, {"annual_goal": "改"}, version=7)
    assert (stale.status_code, stale.headers["etag"]) == (412, '"1"')
    fresh = await world.filler().patch(path, {"annual_goal": "改过"}, version=1)
    assert (fresh.status_code, fresh.headers["etag"]) == (200, '"2"')
    unchanged = await world.filler().send("GET", path, headers={"if-none-match": '"2"'})
    assert unchanged.status_code == 304


async def test_fields_that_are_not_the_callers_to_set_are_refused(world: World) -> None:
    goal = await world.goal()
    for field in ("status", "unit_code", "region_code", "version", "drafted_by", "approved_by"):
        answer = await world.filler().patch(
            f"/goals/goals/{goal['id']}", {field: "approved"}, version=1
        )
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == f"/{field}"


async def test_goals_are_approved_together_with_the_budget_or_not_at_all(world: World) -> None:
    ready, other = await world.reviewed_goal(), await world.goal()
    order = batch_order(goal_ids=[ready["id"], other["id"]])
    answer = await world.reviewer.post("/goals/approval-batches", order)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_approve")
    again = (await world.officer.get(f"/goals/goals/{ready['id']}")).json()
    assert again["status"] == "reviewed"
    batch = created(await world.reviewer.post("/goals/approval-batches", batch_order()))
    assert (batch["goal_count"], batch["amount"]) == (1, "1000000.00")
    approved = (await world.officer.get(f"/goals/goals/{ready['id']}")).json()
    assert approved["document_no"] == batch["document_no"]
    assert approved["disclosure_due"] == "2023-02-20"


async def test_a_document_number_is_used_once(world: World) -> None:
    await world.reviewed_goal()
    order = batch_order()
    created(await world.reviewer.post("/goals/approval-batches", order))
    await world.reviewed_goal()
    answer = await world.reviewer.post("/goals/approval-batches", order)
    assert (answer.status_code, answer.json()["code"]) == (409, "document_no_taken")


async def test_who_reviewed_a_goal_cannot_approve_it(world: World) -> None:
    await world.reviewed_goal()
    same = world.person(Role.FINANCE_REVIEWER, name="finance_officer-bureau")
    answer = await same.post("/goals/approval-batches", batch_order())
    assert (answer.status_code, answer.json()["code"]) == (409, "four_eyes")


async def test_a_unit_discloses_its_own_approved_goals(world: World) -> None:
    goal = await world.approved_goal()
    order = {
        "fiscal_year": 2023,
        "unit_code": "219001",
        "url": "https://example.invalid/2023/goals",
        "disclosed_on": "2023-02-15",
    }
    foreign = await world.approver("219002").post("/goals/disclosures", order)
    assert foreign.status_code == 404
    disclosure = created(await world.approver().post("/goals/disclosures", order))
    assert disclosure["goal_count"] == 1
    public = await world.stranger.get(
        "/goals/published-goals", fiscal_year=2023, region_code=world.region_code
    )
    assert [g["project_name"] for g in public.json()["items"]] == [goal["project_name"]]
    assert "drafted_by" not in public.json()["items"][0]
    elsewhere = await world.officer.get(
        "/goals/published-goals", fiscal_year=2023, region_code="640000000"
    )
    assert elsewhere.status_code == 404
    again = await world.approver().post("/goals/disclosures", order)
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_disclose")


async def test_coverage_counts_and_lists_the_same_projects(world: World) -> None:
    await world.approved_goal()
    await world.goal()
    await world.project(category="personnel", code="64010423R000000000001")
    coverage = (await world.officer.get("/goals/coverage", fiscal_year=2023)).json()
    assert coverage["goal_coverage"]["numerator"] == 1
    assert coverage["goal_coverage"]["denominator"] == 2
    assert coverage["goal_coverage"]["rate"] == "50.00"
    assert coverage["disclosure"]["rate"] == "0.00"
    for metric in ("goal_coverage", "disclosure"):
        for part in ("numerator", "denominator"):
            href = coverage[metric][f"{part}_href"].removeprefix("/api/v1")
            listed = (await world.officer.send("GET", href)).json()["items"]
            assert len(listed) == coverage[metric][part]
    missing = coverage["goal_coverage"]["missing_href"].removeprefix("/api/v1")
    assert len((await world.officer.send("GET", missing)).json()["items"]) == 1


async def test_pages_follow_one_another_without_gap_or_repeat(world: World) -> None:
    for _ in range(5):
        await world.goal()
    seen, cursor = [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = await world.officer.get("/goals/goals", **params)
        seen += [goal["id"] for goal in answer.json()["items"]]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            break
        path = answer.links["next"]["url"].removeprefix("/api/v1")
        linked = await world.officer.send("GET", path)
        asked = await world.officer.get("/goals/goals", limit=2, cursor=cursor)
        assert linked.json() == asked.json()
    assert len(seen) == len(set(seen)) == 5


async def test_the_queue_holds_what_waits_for_a_review_and_nothing_else(world: World) -> None:
    waiting = await world.submitted_goal()
    await world.goal()
    await world.reviewed_goal()
    for params in ({}, {"status": "submitted"}):
        answer = await world.officer.get("/goals/goals", order="queue", **params)
        assert [goal["id"] for goal in answer.json()["items"]] == [waiting["id"]]
    answer = await world.officer.get("/goals/goals", order="queue", status="draft")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")


async def test_a_refusal_names_the_address_that_was_asked(world: World) -> None:
    path = f"/goals/goals/{uuid4()}"
    answer = await world.officer.get(path)
    assert (answer.status_code, answer.json()["instance"]) == (404, f"/api/v1{path}")


async def test_each_one_sees_what_waits_for_him(world: World) -> None:
    await world.goal()
    await world.submitted_goal()
    await world.reviewed_goal()
    waits = []
    for person in (world.filler(), world.approver(), world.officer, world.reviewer):
        items = (await person.get("/goals/work-items")).json()["items"]
        waits.append({item["kind"]: item["count"] for item in items})
    assert waits == [
        {"goal_draft": 1},
        {"goal_to_submit": 1},
        {"goal_to_review": 1},
        {"goal_to_approve": 1},
    ]


async def test_allowed_actions_follow_role_and_state(world: World) -> None:
    goal = await world.goal()
    path = f"/goals/goals/{goal['id']}"
    assert goal["allowed_actions"] == ["goal.revise"]
    assert (await world.approver().get(path)).json()["allowed_actions"] == ["goal.submit"]
    assert (await world.officer.get(path)).json()["allowed_actions"] == []
