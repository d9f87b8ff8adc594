"""政策评价: a policy is evaluated like a project, and its score is no project's."""

from typing import Any

from tests.conftest import eventually
from tests.evaluation.builders import (
    EVALUATIONS,
    UNIT,
    YEAR,
    approved_project,
    evaluation_order,
    finalized,
    group,
    planned,
    refusal,
    sheet,
)
from tests.world import World

POLICY = "（示例）农村客运补助政策"


def policy(group_no: int, *subjects: tuple[str | None, str]) -> dict[str, Any]:
    """A policy and who carries it out."""
    return group(group_no, *subjects) | {"policy_title": POLICY}


async def test_a_policy_is_scored_and_its_score_is_no_projects(world: World) -> None:
    """The policy 92.5, then the project it pays for 98.5: the summary counts one project."""
    project = await approved_project(world)
    evaluation = await planned(world, policy(1, (None, UNIT), (project, UNIT)), kind="policy")
    assert (evaluation["kind_label"], evaluation["groups"][0]["policy_title"]) == (
        "政策绩效评价",
        POLICY,
    )
    await finalized(world, evaluation, sheet())
    [result] = (await world.approver().get("/evaluation/results", kind="policy")).json()["items"]
    assert (result["policy_title"], result["score"], result["grade"]) == (
        POLICY,
        "92.50",
        "excellent",
    )
    await finalized(world, await planned(world, group(1, (project, UNIT))), sheet(met=5))

    async def known_to_goals() -> bool:
        kept = (await world.officer.get(f"/goals/projects/{project}")).json()["results"]
        return [each["score"] for each in kept] == ["98.50"]

    await eventually(known_to_goals)
    summary = (await world.officer.get(f"/evaluation/annual-summaries/{YEAR}")).json()
    figures = {each["code"]: each["value"] for each in summary["figures"]}
    assert figures["key_evaluation_projects"] == "1"
    assert [row["score"] for row in summary["tables"]["key_projects"]] == ["98.5"]
    proposals = f"/evaluation/result-proposals?fiscal_year={YEAR}"
    made = await world.officer.post("/evaluation/result-proposals", {"fiscal_year": YEAR})
    assert made.status_code == 201, made.text
    scopes = [each["scope"] for each in (await world.officer.get(proposals)).json()["items"]]
    assert scopes == ["project"]


async def test_a_policy_has_a_title_and_only_projects_that_were_approved(world: World) -> None:
    project = await approved_project(world)
    await planned(world, group(1, (project, UNIT)))
    for wrong, kind in (
        (group(1, (None, UNIT)), "policy"),
        (policy(1, (project, UNIT)), "project"),
    ):
        order = await evaluation_order(world, wrong, kind=kind)
        assert (await world.officer.post(EVALUATIONS, order)).status_code == 422
    order = await evaluation_order(world, policy(1, (project[:9] + "9" * 12, UNIT)), kind="policy")
    answer = await world.officer.post(EVALUATIONS, order)
    assert refusal(answer)[2] == [("subject_not_eligible", "/groups/0/subjects/0/project_code")]
