"""复审方案: who looks at which forms, drawn so that anybody can repeat it; agency and bureau."""

from hashlib import sha256
from typing import Any

import asyncpg
import pytest

from deploy.local import Stack
from shared.auth import Role
from tests.conftest import execute
from tests.evaluation.builders import (
    FORMS,
    RIVAL,
    YEAR,
    agency,
    approved_project,
    engagement,
    evaluator,
    expect_404,
    opened_forms,
    recheck,
    refusal,
    review,
)
from tests.evaluation.reviewing import (
    PLANS,
    TODAY,
    check,
    items,
    plan_order,
    planned,
    sent_forms,
    work,
)
from tests.world import World, created

CANDIDATES = "/evaluation/recheck-plan-candidates"


async def test_a_random_plan_can_be_repeated_and_opens_just_what_it_drew(world: World) -> None:
    forms = await sent_forms(world, "300000.00", "200000.00", "100000.00")
    contract, rival = await engagement(world), await engagement(world, uscc=RIVAL)
    agent, other = evaluator(world), evaluator(world, RIVAL)
    assert len(await items(agent, FORMS)) == len(await items(other, FORMS)) == 3
    plan = await planned(world, contract["id"], method="random", share="33.34")
    assert (plan["candidate_count"], plan["drawn_count"], plan["waiting_count"]) == (3, 2, 2)
    assert (plan["candidate_budget"], plan["reviewer"]) == ("600000.00", "agency")
    await anybody_draws_the_same(world, plan)
    drawn = [item["self_evaluation_id"] for item in plan["items"]]
    assert sorted(drawn) == [form["id"] for form in await items(agent, FORMS)]
    [left] = await items(other, FORMS)
    assert {left["id"], *drawn} == {form["id"] for form in forms}
    await expect_404(agent, "GET", f"{FORMS}/{left['id']}")
    await expect_404(agent, "POST", f"{FORMS}/{left['id']}/rechecks", review(contract["id"]))
    await expect_404(other, "POST", f"{FORMS}/{drawn[0]}/rechecks", review(rival["id"]))
    assert await work(agent) == [("recheck_plan_to_carry_out", 2, plan["due_on"])]
    assert [kind for kind, _, _ in await work(other)] == ["self_evaluation_to_recheck"]
    by_id = {form["id"]: form for form in forms}
    done = created(await recheck(world, by_id[drawn[0]], review(contract["id"])))
    assert done["recheck"]["plan_id"] == plan["id"]
    plan = (await agent.get(f"{PLANS}/{plan['id']}")).json()
    assert (plan["done_count"], plan["waiting_count"]) == (1, 1)
    assert {each["self_evaluation_id"]: each["status"] for each in plan["items"]} == {
        drawn[0]: "done",
        drawn[1]: "waiting",
    }
    assert await work(agent) == [("recheck_plan_to_carry_out", 1, plan["due_on"])]


async def anybody_draws_the_same(world: World, plan: dict[str, Any]) -> None:
    """By the list of candidates, the seed and nothing of ours."""
    rows = await items(world.person(Role.AUDITOR), CANDIDATES, plan_id=plan["id"])
    lines = sorted(f"{row['self_evaluation_id']} {row['budget_full_year']}" for row in rows)
    proof = plan["proof"]
    assert proof["candidates_digest"] == sha256("\n".join(lines).encode()).hexdigest()
    keys = {
        row["self_evaluation_id"]: sha256(
            f"{proof['seed']}|{row['self_evaluation_id']}".encode()
        ).hexdigest()
        for row in rows
    }
    assert [row["self_evaluation_id"] for row in rows] == sorted(keys, key=lambda each: keys[each])
    assert [row["rank_key"] for row in rows] == sorted(keys.values())
    assert [row["why"] for row in rows] == ["random", "random", "not_drawn"]
    assert "SHA-256" in proof["how"]


async def test_a_plan_is_its_own_agencys_in_its_region_and_on_its_contracts_days(
    world: World, other_world: World, stack: Stack
) -> None:
    _, form = await sent_forms(world, "100000.00", "200000.00")
    contract = await engagement(world, ends_on=TODAY.isoformat())
    await engagement(world, uscc=RIVAL)
    plan = await planned(world, contract["id"], due_on=TODAY.isoformat())
    path = f"{PLANS}/{plan['id']}"
    for person in (evaluator(world, RIVAL), evaluator(other_world), other_world.officer):
        await expect_404(person, "GET", path)
        assert await items(person, PLANS) == await items(person, CANDIDATES) == []
    assert (await evaluator(world).get(path)).status_code == 200
    assert (await world.filler().get(path)).status_code == 403
    theirs = plan_order(contract["id"])
    await expect_404(other_world.officer, "POST", PLANS, theirs)
    created(
        await world.officer.post(
            f"/evaluation/engagements/{contract['id']}/terminations",
            {"reason": "机构放弃（示例）"},
            version=contract["version"],
        )
    )
    await expect_404(evaluator(world), "GET", path)
    assert await items(evaluator(world), CANDIDATES) == []
    created(await check(world.reviewer, form))
    again = await planned(world)
    assert again["drawn_count"] == 1
    ended = (await world.officer.get(path)).json()
    assert (ended["drawn_count"], ended["passed_on_count"]) == (2, 2)
    login = await asyncpg.connect(stack.database_url("evaluation"))
    for table in ("recheck_plan", "recheck_plan_candidate", "recheck_finding"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await login.execute(f"delete from evaluation.{table}")
    await login.close()


async def test_only_what_was_sent_in_and_is_in_no_other_plan_is_planned(world: World) -> None:
    one, two = await sent_forms(world, "100000.00", "200000.00")
    opened = (await opened_forms(world, await approved_project(world, unit="219003")))[0]
    strange = [
        {"self_evaluation_id": each, "reason": "执行率低"}
        for each in (one["id"], opened["id"], opened["goal_id"])
    ]
    answer = await world.officer.post(PLANS, plan_order(method="picks", picks=strange))
    assert refusal(answer) == (
        409,
        "pick_not_eligible",
        [
            ("pick_not_eligible", "/picks/1/self_evaluation_id"),
            ("pick_not_eligible", "/picks/2/self_evaluation_id"),
        ],
    )
    await planned(world, method="picks", picks=strange[:1])
    answer = await world.officer.post(PLANS, plan_order(method="picks", picks=strange[:1]))
    assert refusal(answer)[1] == "pick_not_eligible"
    rest = await planned(world)
    assert [each["self_evaluation_id"] for each in rest["items"]] == [two["id"]]
    assert refusal(await world.officer.post(PLANS, plan_order())) == (
        409,
        "nothing_to_recheck",
        [],
    )
    assert len(await items(world.officer, PLANS, fiscal_year=YEAR)) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"reviewer": "agency"},
        {"method": "amount"},
        {"method": "random", "share": "0"},
        {"method": "all", "share": "50"},
        {"method": "picks"},
        {"picks": [{"self_evaluation_id": "0" * 32, "reason": "同一张"}] * 2},
    ],
)
async def test_a_plan_says_who_and_how(world: World, changes: dict[str, Any]) -> None:
    answer = await world.officer.post(PLANS, plan_order(**changes))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_payload")


async def test_a_plan_keeps_to_the_contract_and_to_the_agencys_recusals(world: World) -> None:
    one, two = await sent_forms(world, "100000.00", "200000.00")
    other_work = await engagement(world, scope="evaluation")
    assert refusal(await world.officer.post(PLANS, plan_order(other_work["id"])))[1] == (
        "engagement_unsuited"
    )
    contract = await engagement(world, ends_on=TODAY.isoformat())
    late = await world.officer.post(PLANS, plan_order(contract["id"]))
    assert (refusal(late)[1], "不在合同期内" in late.json()["detail"]) == (
        "engagement_unsuited",
        True,
    )
    recusal = {
        "agency_id": (await agency(world))["id"],
        "unit_code": one["unit_code"],
        "reason": "近三年为其记账",
        "declared_on": "2024-01-01",
    }
    created(await world.officer.post("/evaluation/recusals", recusal))
    assert refusal(await recheck(world, one, review(contract["id"])))[1] == "recusal_forbids"
    plan = await planned(world, contract["id"], due_on=TODAY.isoformat())
    assert (plan["candidate_count"], plan["drawn_count"]) == (1, 1)
    rows = await items(world.officer, CANDIDATES, plan_id=plan["id"])
    assert [(row["self_evaluation_id"], row["why"]) for row in rows] == [
        (two["id"], "all"),
        (one["id"], "recused"),
    ]
    assert "近三年为其记账" in rows[1]["reason"]


async def test_a_form_no_longer_as_it_was_drawn_is_shown_so(world: World, stack: Stack) -> None:
    [form] = await sent_forms(world, "100000.00")
    plan = await planned(world)
    await execute(
        stack.admin_url,
        "update evaluation.self_evaluation set status = 'open', submitted_by = null, "
        f"submitted_at = null, total = null, row_version = row_version + 1 where id = '{form['id']}'",
    )
    path = f"{PLANS}/{plan['id']}"
    [item] = (await world.officer.get(path)).json()["items"]
    assert (item["status"], item["form_changed"], item["allowed_actions"]) == ("returned", True, [])
    assert await work(world.reviewer) == []
    stale = await check(world.reviewer, form)
    assert stale.status_code == 412
    back = form | {"version": form["version"] + 1}
    assert refusal(await check(world.reviewer, back))[1] == "self_evaluation_state_forbids"
