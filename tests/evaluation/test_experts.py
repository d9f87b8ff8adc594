"""专家库: the pool, who keeps away from what, and experts drawn and asked."""

from typing import Any

from services.evaluation.domain.draws import digest, rank_key, ranking
from shared.auth import Role
from tests.evaluation.builders import (
    EVALUATIONS,
    agency,
    engagement,
    evaluation_order,
    expect_404,
    group,
    planned,
    refusal,
)
from tests.evaluation.experts import EXPERTS, expert_of_pool
from tests.world import World, created

RECUSALS = "/evaluation/recusals"
DRAWS = "/evaluation/expert-draws"
INVITATIONS = "/evaluation/expert-invitations"
PROJECT = "64010423T000000000001"


def draw_order(**changes: Any) -> dict[str, Any]:
    """Two experts in education for one project of 219001."""
    return {
        "purpose": "2023 年校舍维修项目评价（示例）",
        "fields": ["education"],
        "wanted_count": 2,
        "project_codes": [PROJECT],
        "unit_codes": ["219001"],
    } | changes


async def test_another_regions_experts_recusals_and_draws_do_not_exist(
    world: World, other_world: World
) -> None:
    theirs = await expert_of_pool(other_world, "zhang")
    recusal_order = {"expert_id": theirs["id"], "unit_code": "219001", "reason": "亲属任职",
                     "declared_on": "2024-01-01"}  # fmt: skip
    recusal = created(await other_world.officer.post(RECUSALS, recusal_order))
    order = draw_order(wanted_count=1, unit_codes=[])
    drawn = created(await other_world.officer.post(DRAWS, order))
    await expect_404(world.officer, "GET", f"{EXPERTS}/{theirs['id']}")
    await expect_404(
        world.officer, "POST", f"{EXPERTS}/{theirs['id']}/retirements", {"reason": "x"}
    )
    await expect_404(world.officer, "GET", f"{RECUSALS}/{recusal['id']}")
    end = {"ended_on": "2024-02-01"}
    await expect_404(world.officer, "POST", f"{RECUSALS}/{recusal['id']}/endings", end)
    await expect_404(world.officer, "POST", RECUSALS, recusal_order)
    await expect_404(world.officer, "GET", f"{DRAWS}/{drawn['id']}")
    zhang = world.person(Role.EXPERT, name="zhang")
    answer = {"answer": "accepted"}
    await expect_404(zhang, "POST", f"{INVITATIONS}/{drawn['id']}/answers", answer)
    assert (await zhang.get(INVITATIONS)).json()["items"] == []


async def test_experts_are_drawn_by_a_seed_that_anybody_can_check(world: World) -> None:
    free = [await expert_of_pool(world, name) for name in ("an", "bo", "chen")]
    inside = await expert_of_pool(world, "ding", employer_unit_code="219001")
    kept_away = await expert_of_pool(world, "e")
    retired = await expert_of_pool(world, "feng")
    await expert_of_pool(world, "guo", fields=["health"])
    created(
        await world.officer.post(
            RECUSALS,
            {"expert_id": kept_away["id"], "project_code": PROJECT, "reason": "曾任项目顾问",
             "declared_on": "2024-01-01"},
        )
    )  # fmt: skip
    path = f"{EXPERTS}/{retired['id']}/retirements"
    created(await world.officer.post(path, {"reason": "本人申请"}, version=1))
    answer = await world.officer.post(path, {"reason": "本人申请"}, version=2)
    assert refusal(answer) == (409, "already_ended", [])

    answer = await world.officer.post(DRAWS, draw_order(wanted_count=4))
    assert refusal(answer) == (409, "too_few_experts", [])
    drawn = created(await world.officer.post(DRAWS, draw_order()))
    ranked = [each for each in drawn["candidates"] if each["rank"] is not None]
    assert {each["expert_id"] for each in ranked} == {each["id"] for each in free}
    order = list(ranking([each["id"] for each in free], drawn["seed"]))
    assert [each["expert_id"] for each in ranked] == order
    assert [each["rank_key"] for each in ranked] == [rank_key(drawn["seed"], i) for i in order]
    assert drawn["candidates_digest"] == digest(order)
    assert [each["status"] for each in ranked] == ["invited", "invited", None]
    over = {each["expert_id"]: each["passed_over"] for each in drawn["candidates"][3:]}
    assert over.keys() == {inside["id"], kept_away["id"]}
    assert "曾任项目顾问" in over[kept_away["id"]]
    answer = await world.officer.post(DRAWS, draw_order())
    assert refusal(answer) == (409, "draw_exists", [])

    login = {each["id"]: each["subject"] for each in free}
    first, second, third = (world.person(Role.EXPERT, name=login[each]) for each in order)
    asked = f"{INVITATIONS}/{drawn['id']}/answers"
    no = {"answer": "declined", "reason": "时间冲突"}
    await expect_404(third, "POST", asked, no)
    assert (await first.post(asked, {"answer": "declined"}, version=1)).status_code == 422
    items = (await first.get(INVITATIONS)).json()["items"]
    assert [item["status"] for item in items] == ["invited"]
    (work,) = (await first.get("/evaluation/work-items")).json()["items"]
    assert (work["kind"], work["count"]) == ("expert_invitation_to_answer", 1)
    assert created(await first.post(asked, no, version=1))["status"] == "declined"
    assert refusal(await first.post(asked, no, version=2)) == (409, "invitation_answered", [])
    yes = {"answer": "accepted"}
    for person in (second, third):
        assert created(await person.post(asked, yes, version=1))["status_label"] == "已接受"
    after = (await world.officer.get(f"{DRAWS}/{drawn['id']}")).json()
    assert [each["status"] for each in after["candidates"][:3]] == [
        "declined",
        "accepted",
        "accepted",
    ]
    assert after["seed"] == drawn["seed"]


async def test_a_recusal_names_one_party_and_one_object_and_holds_until_it_is_ended(
    world: World,
) -> None:
    someone = await expert_of_pool(world, "han")
    body = {"expert_id": someone["id"], "unit_code": "219001", "reason": "亲属任职",
            "declared_on": "2024-01-01"}  # fmt: skip
    both = body | {"agency_id": (await agency(world))["id"]}
    assert (await world.officer.post(RECUSALS, both)).status_code == 422
    assert (await world.officer.post(RECUSALS, body | {"unit_code": None})).status_code == 422
    recusal = created(await world.officer.post(RECUSALS, body))
    order = draw_order(wanted_count=1)
    answer = await world.officer.post(DRAWS, order)
    assert refusal(answer) == (409, "too_few_experts", [])
    path = f"{RECUSALS}/{recusal['id']}/endings"
    answer = await world.officer.post(path, {"ended_on": "2023-12-31"}, version=1)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "before_declared")
    ended = created(await world.officer.post(path, {"ended_on": "2024-06-30"}, version=1))
    assert (ended["ended_on"], ended["allowed_actions"]) == ("2024-06-30", [])
    answer = await world.officer.post(path, {"ended_on": "2024-07-01"}, version=2)
    assert refusal(answer) == (409, "already_ended", [])
    created(await world.officer.post(DRAWS, order))
    assert [row["id"] for row in (await world.officer.get(RECUSALS)).json()["items"]] == [
        recusal["id"]
    ]


async def test_a_login_is_one_experts_until_that_expert_retires(world: World) -> None:
    first = await expert_of_pool(world, "jiang")
    body = {"name": "另一人（示例）", "fields": ["health"], "employer": "某医院（示例）",
            "subject": "jiang", "synthetic": True}  # fmt: skip
    answer = await world.officer.post(EXPERTS, body)
    assert refusal(answer) == (409, "expert_login_taken", [])
    path = f"{EXPERTS}/{first['id']}/retirements"
    created(await world.officer.post(path, {"reason": "调离"}, version=1))
    created(await world.officer.post(EXPERTS, body))
    listed = (await world.officer.get(EXPERTS, field="health")).json()["items"]
    assert [each["name"] for each in listed] == ["另一人（示例）"]


async def test_an_agency_is_not_given_what_it_keeps_away_from(world: World) -> None:
    unit, colleague = await world.unit(), await world.unit("219002")
    contract = await engagement(world, scope="evaluation")
    body = {"agency_id": contract["agency_id"], "unit_code": unit, "reason": "两年内为其代理记账",
            "declared_on": "2024-01-01"}  # fmt: skip
    recusal = created(await world.officer.post(RECUSALS, body))
    order = await evaluation_order(
        world, group(1, (None, unit)), kind="department", engagement_id=contract["id"]
    )
    answer = await world.officer.post(EVALUATIONS, order)
    assert refusal(answer) == (409, "recusal_forbids", [])
    assert "两年内为其代理记账" in answer.json()["detail"]
    await planned(
        world, group(1, (None, colleague)), kind="department", engagement_id=contract["id"]
    )
    path = f"{RECUSALS}/{recusal['id']}/endings"
    created(await world.officer.post(path, {"ended_on": "2024-06-30"}, version=1))
    await planned(world, group(1, (None, unit)), kind="department", engagement_id=contract["id"])
