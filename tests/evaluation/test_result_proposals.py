"""结果应用: results propose, a person decides with a reason, the next goal is told."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.evaluation.domain.result_policy import ResultPolicy, result_policy
from services.evaluation.domain.rules import load_rules
from services.evaluation.domain.year_rules import policy_of
from shared.auth import Role
from shared.rulebook import UnsoundRule, load_all
from tests.conftest import eventually
from tests.evaluation.builders import (
    UNIT,
    YEAR,
    approved_project,
    engagement,
    expect_404,
    finalized,
    group,
    planned,
    recheck,
    review,
    sheet,
    submitted_form,
)
from tests.world import Person, World, created

PROPOSALS = "/evaluation/result-proposals"
RULES = Path(__file__).parents[2] / "services" / "evaluation" / "rules"


async def evaluated(world: World) -> list[str]:
    """Two projects under one good score and one project with an excellent one."""
    codes = [await approved_project(world) for _ in range(3)]
    groups = (group(1, (codes[0], UNIT), (codes[1], UNIT)), group(2, (codes[2], UNIT)))
    await finalized(world, await planned(world, *groups), sheet(met=2), sheet(met=4))
    return codes


async def proposed(world: World) -> dict[str, dict[str, Any]]:
    """What the year's results propose, by project."""
    created(await world.officer.post(PROPOSALS, {"fiscal_year": YEAR}))
    rows = (await world.officer.get(PROPOSALS, fiscal_year=YEAR)).json()["items"]
    return {row["project_code"]: row for row in rows}


async def decide(
    person: Person, proposal: dict[str, Any], action: str, **changes: Any
) -> dict[str, Any]:
    """The proposal as decided."""
    body = {"action": action, "reason": "按办法执行"} | changes
    path = f"{PROPOSALS}/{proposal['id']}/decisions"
    return created(await person.post(path, body, version=proposal["version"]))


async def test_another_regions_proposals_do_not_exist(world: World, other_world: World) -> None:
    await evaluated(other_world)
    [one, *_] = (await proposed(other_world)).values()
    await expect_404(world.officer, "GET", f"{PROPOSALS}/{one['id']}")
    body = {"action": "keep", "reason": "甲"}
    await expect_404(world.reviewer, "POST", f"{PROPOSALS}/{one['id']}/decisions", body)
    assert (await world.officer.get(PROPOSALS)).json()["items"] == []
    assert (await other_world.filler("219002").get(PROPOSALS)).json()["items"] == []


async def test_each_subject_of_a_final_result_is_proposed_for_once(world: World) -> None:
    codes = await evaluated(world)
    first = await world.officer.post(PROPOSALS, {"fiscal_year": YEAR})
    assert created(first) == {"fiscal_year": YEAR, "created": 3, "kept": 0}
    again = await world.officer.post(PROPOSALS, {"fiscal_year": YEAR})
    assert created(again) == {"fiscal_year": YEAR, "created": 0, "kept": 3}
    rows = await proposed(world)
    assert {code: rows[code]["action"] for code in codes} == {
        codes[0]: "keep", codes[1]: "keep", codes[2]: "priority",
    }  # fmt: skip
    receipt = rows[codes[0]]["receipt"]
    assert (receipt["rule_id"], receipt["pct_min"]) == ("result-policy", None)
    assert receipt["source"]["verified"] is False
    assert (await world.filler().post(PROPOSALS, {"fiscal_year": YEAR})).status_code == 403


async def test_somebody_else_decides_and_the_next_goal_is_told(world: World) -> None:
    codes = await evaluated(world)
    rows = await proposed(world)
    path = f"{PROPOSALS}/{rows[codes[0]]['id']}/decisions"
    body = {"action": "keep", "reason": "甲"}
    own = await world.officer.post(path, body, version=1)
    assert (own.status_code, own.json()["code"]) == (409, "four_eyes")
    for wrong, code in (
        ({"action": "fire"}, "action_unknown"),
        ({"amount": "100.00"}, "fund_level_missing"),
    ):
        refused = await world.reviewer.post(path, body | wrong, version=1)
        assert [error["code"] for error in refused.json()["errors"]] == [code]
    assert (await world.reviewer.post(path, body | {"reason": " "}, version=1)).status_code == 422

    adopted = await decide(world.reviewer, rows[codes[0]], "keep")
    cut = {"amount": "30000.00", "fund_level": "county", "reason": "支付迟缓，次年核减"}
    departed = await decide(world.reviewer, rows[codes[1]], "reduce", **cut)
    assert (adopted["status_label"], departed["status_label"]) == ("已采纳", "已偏离")
    again = await decide(world.reviewer, departed, "keep", reason="复核后维持")
    assert [one["action"] for one in again["decisions"]] == ["keep", "reduce"]
    assert again["status"] == "adopted"

    async def background(project: str) -> list[dict[str, Any]]:
        path = f"/goals/projects/{project}/background"
        answer = await world.filler().get(path, fiscal_year=YEAR + 1)
        return list(answer.json()["applied"])

    async def told() -> bool:
        found = await background(codes[1])
        return [one["reason"] for one in found] == ["复核后维持"]

    await eventually(told)
    [kept] = await background(codes[0])
    assert (kept["result_year"], kept["action_label"], kept["whole_unit"]) == (
        YEAR, "合理保障", False,
    )  # fmt: skip
    assert await background(codes[2]) == []

    auditor = world.person(Role.AUDITOR)
    counted = await auditor.get("/evaluation/result-application-statistics", fiscal_year=YEAR)
    assert [
        (one["grade"], one["action"], one["proposed"], one["adopted"], one["departed"])
        for one in counted.json()["items"]
    ] == [("excellent", "priority", 1, 0, 0), ("good", "keep", 0, 2, 0)]


async def test_a_poor_self_evaluation_is_proposed_on_by_the_grade_that_stands(
    world: World,
) -> None:
    """自评 84.5 良，复审行得分 20 + 10 + 0，加执行 0 为 30：差，按复审提出；未复审的良不提。"""
    form = await submitted_form(world)
    await submitted_form(world)
    contract = await engagement(world)
    low = [
        {"position": at, "review_score": score, "note": "佐证不足（示例）"}
        for at, score in ((1, "20.00"), (2, "10.00"), (3, "0.00"))
    ]
    created(await recheck(world, form, review(contract["id"], *low)))
    assert await proposed(world) == {}
    order = {"fiscal_year": YEAR, "self_evaluations": True}
    assert created(await world.officer.post(PROPOSALS, order))["created"] == 1
    assert created(await world.officer.post(PROPOSALS, order)) == {
        "fiscal_year": YEAR, "created": 0, "kept": 1,
    }  # fmt: skip
    [one] = (await world.officer.get(PROPOSALS, fiscal_year=YEAR)).json()["items"]
    assert (one["scope"], one["project_code"], one["score"], one["grade"], one["action"]) == (
        "self_evaluation", form["project_code"], "30.00", "poor", "reduce",
    )  # fmt: skip
    opened = await world.officer.get(one["receipt_href"].removeprefix("/api/v1"))
    assert opened.json()["id"] == form["id"]
    waiting = (await world.reviewer.get("/evaluation/work-items")).json()["items"]
    assert [each["count"] for each in waiting if each["kind"] == "result_proposal_to_decide"] == [1]
    await decide(world.reviewer, one, "reduce", pct="10")

    async def early() -> bool:
        path = f"/goals/projects/{form['project_code']}/background"
        told = (await world.officer.get(path, fiscal_year=YEAR + 1)).json()["attention"]
        return bool(told["level"] == 1 and "核减预算" in told["reasons"][0])

    await eventually(early)


def test_every_grade_proposes_something_and_no_percentage_is_made_up() -> None:
    policy = policy_of(load_rules(RULES, RULES / "profiles"), 2023)
    assert len(policy.proposals) == 10
    assert {(one.pct_min, one.pct_max) for one in policy.proposals.values()} == {(None, None)}


def policy(change: dict[str, Any]) -> ResultPolicy:
    """The shipped policy with some of its values replaced."""
    [version] = load_all(RULES)["result-policy"].versions
    return result_policy(replace(version, values={**(version.values or {}), **change}))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"proposals": [{"scope": "project", "grade": "good", "action": "keep"}]}, "nothing for"),
        ({"actions": [{"code": "keep", "label": "合理保障"}]}, "action"),
        (
            {"proposals": [{"scope": "project", "grade": "good", "action": "keep", "pct_min": 5,
                            "pct_max": 3}]},
            "above pct_max",
        ),
    ],
)  # fmt: skip
def test_a_policy_with_a_gap_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(UnsoundRule, match=said):
        policy(change)
