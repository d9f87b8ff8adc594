"""培训: recorded, put right, seen by units with their own people only, and told in the summary."""

from typing import Any

from tests.conftest import eventually
from tests.evaluation.builders import YEAR, expect_404
from tests.evaluation.test_summary_issues import section_of, summary_of
from tests.world import World, created

TRAININGS = "/evaluation/trainings"


def order(*attendance: tuple[str, str, int], **changes: Any) -> dict[str, Any]:
    """A training of the year."""
    return {
        "fiscal_year": YEAR,
        "title": "绩效目标编报培训（示例）",
        "held_on": "2023-06-15",
        "hours": "3.5",
        "audience": "财务人员",
        "participant_count": 12,
        "speakers": ["财政业务室工作人员", "第三方领域专家"],
        "topics": ["绩效目标怎么写"],
        "materials": [{"name": "课件（示例）"}],
        "attendance": [
            {"unit_code": unit, "duty": duty, "headcount": count}
            for unit, duty, count in attendance
        ],
        "synthetic": True,
    } | changes


async def known_units(world: World, *codes: str) -> None:
    """Units that evaluation has learnt of."""
    for code in codes:
        await world.unit(code)

    async def learnt() -> bool:
        answer = await world.officer.post(
            TRAININGS, order(*((code, "leader", 1) for code in codes))
        )
        return answer.status_code == 201

    await eventually(learnt)


async def test_another_regions_training_does_not_exist(world: World, other_world: World) -> None:
    training = created(await other_world.officer.post(TRAININGS, order()))
    await expect_404(world.officer, "GET", f"{TRAININGS}/{training['id']}")
    await expect_404(world.officer, "PUT", f"{TRAININGS}/{training['id']}", order())
    assert (await world.officer.get(TRAININGS)).json()["items"] == []
    assert (await world.filler().post(TRAININGS, order())).status_code == 403


async def test_a_training_is_recorded_put_right_and_told_in_the_summary(world: World) -> None:
    assert section_of(await summary_of(world.officer), "highlights")["paragraphs"] == []
    await known_units(world, "219001", "219002")
    unknown = await world.officer.post(TRAININGS, order(("999", "leader", 1)))
    assert [error["code"] for error in unknown.json()["errors"]] == ["unit_unknown"]
    twice = await world.officer.post(
        TRAININGS, order(("219001", "leader", 1), ("219001", "leader", 2))
    )
    assert twice.status_code == 422
    [first] = (await world.officer.get(TRAININGS, fiscal_year=YEAR)).json()["items"]
    path = f"{TRAININGS}/{first['id']}"
    people = order(("219001", "leader", 1), ("219001", "accountant", 2), ("219002", "leader", 1))
    answer = await world.officer.send("PUT", path, json=people, headers={"if-match": '"1"'})
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    stale = await world.officer.send("PUT", path, json=people, headers={"if-match": '"1"'})
    assert stale.status_code == 412

    own = (await world.filler("219002").get(path)).json()
    assert [(one["duty_label"], one["headcount"]) for one in own["attendance"]] == [("分管领导", 1)]
    assert (own["allowed_actions"], own["hours"]) == ([], "3.5")
    units = (await world.officer.get("/evaluation/trained-units", fiscal_year=YEAR)).json()["items"]
    assert [(u["unit_code"], u["training_count"], u["headcount"]) for u in units] == [
        ("219001", 1, 3), ("219002", 1, 1),
    ]  # fmt: skip
    summary = await summary_of(world.officer)
    assert section_of(summary, "highlights")["paragraphs"] == [
        f"{YEAR}年组织预算绩效管理培训 1 次，登记参加的部门（单位） 2 个。"
    ]
